#include "chaos.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

namespace peerlab::consensus {
namespace {

using namespace std::chrono_literals;

class Chaos {
 public:
  Chaos(std::uint64_t seed, Mutants mutants)
      : random_(Random(seed).fork("chaos")), cluster_(options(seed, mutants)) {}

  ChaosReport run() {
    while (rounds_-- > 0 && !cluster_.safety().breach()) {
      act();
      cluster_.run_for(Duration(1ms) * static_cast<std::int64_t>(random_.below(pause_)));
    }
    ChaosReport report;
    report.breach = cluster_.safety().breach();
    if (!report.breach) report.breach = recover();
    report.digest = cluster_.digest();
    report.events = cluster_.events();
    report.committed = cluster_.safety().committed();
    report.elections = cluster_.safety().elections();
    report.restores = cluster_.seen<Restore>().size();
    report.configurations = cluster_.seen<ConfigurationChanged>().size();
    return report;
  }

 private:
  Cluster::Options options(std::uint64_t seed, Mutants mutants) {
    Cluster::Options options;
    options.seed = seed;
    options.servers = random_.below(5) < 3 ? 3 : 5;
    options.timings = *Timings::with_multiplier(1);
    options.timings.snapshot_threshold = 4 + random_.below(12);
    options.timings.trailing_logs = 1 + random_.below(8);
    options.mutants = mutants;
    options.latency = pick(1ms, 20ms, 150ms);
    options.disk = pick(1ms, 20ms, 300ms);
    options.loss_in_1000 = pick<std::uint64_t>(0, 0, 60);
    pause_ = pick<std::uint64_t>(200, 700, 2000);
    return options;
  }

  template <class T>
  T pick(T one, T two, T three) {
    return std::array{one, two, three}.at(random_.below(3));
  }

  ServerId any() {
    const std::vector<ServerId> all = cluster_.all();
    return all[random_.below(all.size())];
  }

  /// Mostly the leader, if there is one.
  std::optional<ServerId> addressee() {
    const auto leader = cluster_.leader();
    const ServerId other = any();
    if (leader && random_.below(8) != 0) return leader;
    if (!cluster_.up(other)) return std::nullopt;
    return other;
  }

  template <class Request, class... Fields>
  void ask(Fields... fields) {
    if (const auto server = addressee()) {
      cluster_.feed(*server, Request{cluster_.next_id(), std::move(fields)...});
    }
  }

  void act() {
    switch (random_.below(20)) {
      case 0:
      case 1:
        return crash();
      case 2:
      case 3:
        return restart(any());
      case 4:
        return cluster_.cut(any(), any());
      case 5:
        return cluster_.isolate(any());
      case 6:
      case 7:
        return cluster_.heal();
      case 8:
        return ask<TransferLeadership>(std::optional(any()));
      case 9:
        return change_members();
      case 10:
        return cluster_.set_disk(any(), pick(1ms, 50ms, 700ms));
      case 11:
        return ask<VerifyLeader>();
      case 12:
        return ask<Barrier>();
      default:
        for (std::uint64_t left = random_.below(4); left > 0; --left) {
          ask<Propose>(fmt::format("p{}", ++proposed_));
        }
    }
  }

  /// Rather a server that has something to lose: leadership, or writes that are not durable.
  void crash() {
    ServerId server = any();
    if (const auto leader = cluster_.leader(); leader && random_.below(3) == 0) server = *leader;
    if (random_.below(2) == 0) {
      for (const ServerId writer : cluster_.all()) {
        if (cluster_.up(writer) && cluster_.log(writer).waiting() > 0) server = writer;
      }
    }
    if (cluster_.up(server)) cluster_.crash(server, random_.below(3));
  }

  void restart(ServerId server) {
    if (!cluster_.up(server)) cluster_.restart(server);
  }

  void change_members() {
    switch (random_.below(5)) {
      case 0:
        if (cluster_.all().size() < 7) cluster_.add_host();
        [[fallthrough]];
      case 1: {
        const ServerId server = any();
        return ask<AddServer>(server, fmt::format("s{}", server.value()));
      }
      case 2:
        return ask<Promote>(any());
      case 3:
        return demote<Demote>();
      default:
        return demote<RemoveServer>();
    }
  }

  /// A leader that takes its own vote and crashes may leave a cluster in which nobody can be
  /// elected: it alone has the longest log, and no vote. So it is in hashicorp/raft.
  template <class Request>
  void demote() {
    const auto leader = cluster_.leader();
    const ServerId server = any();
    if (leader && server != leader) {
      cluster_.feed(*leader, Request{cluster_.next_id(), server});
    }
  }

  std::optional<std::string> recover() {
    cluster_.heal();
    cluster_.set_latency(1ms);
    cluster_.set_loss(0);
    for (const ServerId server : cluster_.all()) {
      cluster_.set_disk(server, 1ms);
      restart(server);
    }
    std::optional<ProposalId> last;
    const bool alive = cluster_.run_until(
        [&] {
          if (last && cluster_.outcome(*last)) {
            if (std::holds_alternative<Index>(*cluster_.outcome(*last))) return true;
            last.reset();
          }
          const auto leader = cluster_.leader();
          if (!last && leader) last = cluster_.propose(*leader, "all is well");
          return false;
        },
        40s);
    if (cluster_.safety().breach()) return cluster_.safety().breach();
    if (!alive) return "liveness: nothing is committed although all is well";
    cluster_.run_for(12s);
    if (cluster_.safety().breach()) return cluster_.safety().breach();
    return compare();
  }

  std::optional<std::string> compare() {
    const auto leader = cluster_.leader();
    if (!leader) return "liveness: the leader was lost although all is well";
    for (const Server& server : cluster_.state(*leader).configuration) {
      if (cluster_.applied(server.id) != cluster_.applied(*leader)) {
        return fmt::format("liveness: server {} has not caught up with leader {}",
                           server.id.value(), leader->value());
      }
    }
    return std::nullopt;
  }

  Random random_;
  std::uint64_t pause_ = 0;
  int rounds_ = 60;
  int proposed_ = 0;
  Cluster cluster_;  // last: made from what the others hold
};

}  // namespace

ChaosReport chaos(std::uint64_t seed, Mutants mutants) { return Chaos(seed, mutants).run(); }

}  // namespace peerlab::consensus
