#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "peerlab/base/hash.hpp"
#include "peerlab/base/random.hpp"
#include "peerlab/consensus/log.hpp"
#include "safety.hpp"

namespace peerlab::consensus {

/// A cluster of cores with clocks, links, disks and state machines of its own: an event queue, and
/// no more.
class Cluster {
 public:
  struct Options {
    std::uint64_t seed = 1;
    int servers = 3;
    Timings timings = {};
    Mutants mutants = {};
    Duration latency = std::chrono::milliseconds(1);  ///< of a message: this to twice this
    Duration disk = std::chrono::milliseconds(2);     ///< of a sync: this to twice this
    std::uint64_t loss_in_1000 = 0;
  };

  explicit Cluster(const Options& options);

  // --- Time ---
  Instant now() const { return now_; }
  void run_for(Duration duration);
  /// Runs until `done`, or gives up after `limit` and says so.
  bool run_until(const std::function<bool()>& done, Duration limit = std::chrono::seconds(60));
  /// Wake-ups, messages and syncs handled so far.
  std::uint64_t events() const { return events_; }

  // --- Servers ---
  /// A server that waits to be added, with an empty disk.
  ServerId add_host();
  void crash(ServerId server, std::size_t surviving_writes = 0);
  void restart(ServerId server);
  bool up(ServerId server) const { return host(server).raft != nullptr; }
  std::vector<ServerId> all() const;
  State state(ServerId server) const { return host(server).raft->state(); }
  const Log& log(ServerId server) const { return host(server).log; }
  /// What the server has applied, in order; what a snapshot brought included.
  const std::vector<std::string>& applied(ServerId server) const { return host(server).machine; }
  void set_disk(ServerId server, Duration sync) { host(server).disk = sync; }
  /// The server with the highest term of those that lead.
  std::optional<ServerId> leader() const;

  // --- Links ---
  /// Nothing passes from one to the other.
  void cut(ServerId from, ServerId to) { cuts_.insert({from, to}); }
  void isolate(ServerId server);
  void heal() { cuts_.clear(); }
  void set_latency(Duration latency) { options_.latency = latency; }
  void set_loss(std::uint64_t in_1000) { options_.loss_in_1000 = in_1000; }

  // --- Requests ---
  void feed(ServerId server, const Input& input);
  ProposalId next_id() { return ProposalId(++last_id_); }
  ProposalId propose(ServerId server, std::string bytes);
  /// What became of a request, if it has ended: the index, or why not.
  using Outcome = std::variant<Index, Refusal>;
  std::optional<Outcome> outcome(ProposalId id) const;

  // --- What was seen ---
  const Safety& safety() const { return safety_; }
  std::uint64_t digest() const;
  /// When and where outputs of one kind were seen (not the kinds that the cluster carries out).
  template <class T>
  std::vector<std::pair<Instant, ServerId>> seen() const;

 private:
  struct Deliver {
    ServerId from;
    Message message;
  };
  struct Wake {};
  struct Sync {
    Ticket upto;
  };
  using What = std::variant<Deliver, Wake, Sync>;
  struct Event {
    ServerId server;
    std::uint64_t life = 0;  ///< a wake-up or sync of an earlier life is void
    What what;
  };
  struct Host {
    std::unique_ptr<Raft> raft;
    Log log;
    std::uint64_t life = 0;
    std::uint64_t wake = 0;  ///< sequence number of the only wake-up that counts
    bool syncing = false;
    Duration disk{};
    std::vector<std::string> machine;
    std::optional<std::string> to_take;  ///< the state as it was when a snapshot was asked for
  };
  struct Seen {
    Instant at;
    ServerId server;
    Output output;
  };

  Host& host(ServerId server) { return hosts_.at(server); }
  const Host& host(ServerId server) const { return hosts_.at(server); }
  std::uint64_t schedule(Instant at, ServerId server, What what);
  Duration spread(Duration base);
  bool handle_next(Instant horizon);
  void carry_out(ServerId server, const std::vector<Output>& outputs);
  void carry_out(ServerId server, const Output& output);
  void send(ServerId from, const Send& send);
  void sync(ServerId server);

  Options options_;
  Random random_;
  Instant now_{};
  std::uint64_t events_ = 0;
  std::uint64_t sequence_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, Event> queue_;
  std::map<ServerId, Host> hosts_;
  std::set<std::pair<ServerId, ServerId>> cuts_;
  std::map<std::pair<ServerId, ServerId>, Instant> last_arrival_;
  std::map<ProposalId, Outcome> outcomes_;
  std::uint64_t last_id_ = 0;
  std::vector<Seen> seen_;
  Safety safety_;
  Hasher hasher_;
};

template <class T>
std::vector<std::pair<Instant, ServerId>> Cluster::seen() const {
  std::vector<std::pair<Instant, ServerId>> found;
  for (const Seen& seen : seen_) {
    if (std::holds_alternative<T>(seen.output)) found.emplace_back(seen.at, seen.server);
  }
  return found;
}

/// The state machine of these tests is the list of what was applied; this is its snapshot.
std::string pack(const std::vector<std::string>& machine);
std::vector<std::string> unpack(const std::string& bytes);

}  // namespace peerlab::consensus
