// What the conductor does for each kind of step.

#include <fmt/format.h>

#include <type_traits>

#include "actors/call.hpp"
#include "actors/conductor.hpp"
#include "actors/datacenter_role.hpp"
#include "actors/operator_role.hpp"
#include "actors/partition_role.hpp"
#include "actors/server/frames.hpp"
#include "actors/server/server_role.hpp"
#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/scenario/names.hpp"

namespace peerlab::actors {
namespace {

/// The hosts whose power or processes a fault is about; null for any other fault.
const net::HostGroup* powered(const net::Fault& fault) {
  return std::visit(
      [](const auto& each) -> const net::HostGroup* {
        using Kind = std::decay_t<decltype(each)>;
        constexpr bool is_power =
            std::is_same_v<Kind, net::Crash> || std::is_same_v<Kind, net::Kill> ||
            std::is_same_v<Kind, net::Stop> || std::is_same_v<Kind, net::Start> ||
            std::is_same_v<Kind, net::Pause> || std::is_same_v<Kind, net::Resume>;
        if constexpr (is_power) {
          return &each.hosts;
        } else {
          return nullptr;
        }
      },
      fault);
}

/// `dc1` of `dc1/server/0` and of `dc1@web/agent/0`.
std::string cluster_of(const net::HostGroup& hosts) {
  return hosts.value().substr(0, hosts.value().find_first_of("/@"));
}

}  // namespace

bool Conductor::play(const std::vector<scenario::Step>& steps, std::size_t number) {
  Track root{&steps, number, 0, steps.size()};
  root_ = &root;
  while (!over_) {
    begin_steps(root);
    if (root.is_over() || over_) break;
    if (!read_record() && !advance(root)) break;
  }
  root_ = nullptr;
  return !over_;
}

/// Begins the next step of each list that has none under way. Steps that take no time end at once.
void Conductor::begin_steps(Track& track) {
  for (Track& branch : track.branches) begin_steps(branch);
  end_branches(track);
  while (!over_ && track.act == nullptr && track.branches.empty() && track.next < track.end) {
    while (!over_ && read_record()) {
    }
    if (over_) return;
    track.current = track.next++;
    const scenario::Step& step = (*track.steps)[track.current];
    engine_.record(scenario_name, trace::StepBegan{track.number + track.current, step.title});
    while (read_record()) {
    }
    std::visit([&](const auto& action) { start(track, action); }, step.action);
    end_branches(track);
  }
}

/// A `parallel` is over when each of its branches is.
void Conductor::end_branches(Track& track) {
  if (track.branches.empty() || over_) return;
  for (const Track& branch : track.branches) {
    if (!branch.is_over()) return;
  }
  track.branches.clear();
  end_step(track, checks::Settled{true, 0, {}, {}});
}

void Conductor::start(Track& track, const scenario::Inject& inject) {
  // What happens to hosts is up to their datacenter, what happens to links to nobody.
  std::map<std::string, PowerOrder> orders;
  for (const net::Fault& unbound : inject.faults) {
    const net::Fault fault = bound(unbound);
    if (const net::HostGroup* hosts = powered(fault)) {
      orders[cluster_of(*hosts)].faults.push_back(fault);
    } else {
      engine_.apply(fault);
    }
  }
  for (const net::Fault& unbound : inject.ends) {
    const net::Fault fault = bound(unbound);
    undo_.push_back(fault);
    if (!inject.lasts) continue;
    if (const net::HostGroup* hosts = powered(fault)) {
      orders[cluster_of(*hosts)].ends.push_back(fault);
    } else {
      engine_.apply_at(engine_.now() + *inject.lasts, fault);
    }
  }
  std::size_t sent = 0;
  for (auto& [cluster, order] : orders) {
    const net::HostName site(site_name(cluster));
    if (!engine_.has_host(site)) continue;  // of a leader that is nobody
    order.lasts = inject.lasts;
    engine_.command(site, std::move(order));
    ++sent;
  }
  if (sent == 0) return end_step(track, checks::Settled{true, 0, {}, {}});
  track.act = orders_carried_out(PowerOrder::frame_name, sent);
}

void Conductor::start(Track& track, const scenario::TransferLeader& transfer) {
  const std::optional<std::string> leader = stage_.observed.leader(transfer.cluster);
  if (leader) engine_.command(net::HostName(*leader), TransferLeadership{});
  end_step(track, leader ? checks::Settled{true, 0, {}, {}}
                         : checks::Settled{false, 0, "nobody leads " + transfer.cluster, {}});
}

void Conductor::start(Track& track, const scenario::Parallel& parallel) {
  for (std::size_t index = 0; index < parallel.branches.size(); ++index) {
    const std::size_t begin = parallel.branches[index];
    const bool is_last = index + 1 == parallel.branches.size();
    track.branches.push_back(
        {track.steps, track.number, begin, is_last ? parallel.end : parallel.branches[index + 1]});
  }
  track.next = parallel.end;
  for (Track& branch : track.branches) begin_steps(branch);
}

template <class Longer>
void Conductor::start(Track& track, const Longer& action) {
  if constexpr (requires { act_of(action, stage_); }) {
    track.act = act_of(action, stage_);
  } else {
    track.act = act_of(action);
  }
  carry_out(track, track.act->begin(engine_.now()));
}

void Conductor::carry_out(Track& track, const std::vector<checks::Output>& outputs) {
  for (const checks::Output& output : outputs) {
    std::visit(Overloaded{
                   [&](const checks::Probe& probe) {
                     std::visit([&](const auto& check) { make(probe.call, check); }, probe.check);
                   },
                   [&](const checks::WakeAt& wake) { track.wakes.insert(wake.due); },
                   [&](const checks::Settled& end) { end_step(track, end); },
               },
               output);
  }
}

void Conductor::end_step(Track& track, const checks::Settled& settled) {
  track.act.reset();
  track.wakes.clear();
  record_end(track.number + track.current, settled);
  if (!settled.passed) end_run(trace::RunEnded::How::finished, {});
}

void Conductor::make(std::uint64_t call, const checks::CallCheck& check) {
  const net::HostName caller(check.from);
  if (!engine_.is_running(caller)) {
    engine_.record(caller.value(), trace::CallEnded{call, check.to, "the caller is down", {}});
    return;
  }
  net::Address to{scenario::sidecar_of(check.from), check.port};
  if (check.direct) {
    const std::vector<std::string> hosts = scenario::instances(check.to, plan_.topology);
    // Nobody has the name of a service without instances: the call is unreachable.
    to = {hosts.empty() ? check.to : hosts[turns_[check.to]++ % hosts.size()], service_port};
  }
  calls_.emplace(call, check);
  const std::string& name = check.direct ? to.host : check.to;
  engine_.command(caller, MakeCall{call, to, name, check.http, check.timeout});
}

void Conductor::make(std::uint64_t call, const checks::HttpCheck& check) {
  MakeRequest order{call,
                    {host_of(check.server), http_port},
                    server::api::request(check.method, check.target, check.request_body),
                    check.timeout};
  const std::string who =
      check.by ? tenant_name(checks::text(*check.by)) : std::string(operator_name);
  engine_.command(net::HostName(who), std::move(order));
}

template <class Passive>
void Conductor::make(std::uint64_t, const Passive&) {
  PEERLAB_ASSERT(!"a check without action asks for none");
}

std::string Conductor::host_of(const std::string& path) const {
  constexpr std::string_view leader = "/server/leader";
  if (!path.ends_with(leader)) return path;
  const std::string cluster = path.substr(0, path.size() - leader.size());
  // Nobody has the name that is left where nobody leads: what is done to it has no effect, and
  // what is sent to it is unreachable.
  return stage_.observed.leader(cluster).value_or(path);
}

net::Fault Conductor::bound(net::Fault fault) const {
  const auto bind = [&](net::HostGroup& group) { group = net::HostGroup(host_of(group.value())); };
  std::visit(
      [&](auto& each) {
        if constexpr (requires { each.hosts; }) bind(each.hosts);
        if constexpr (requires { each.from; }) {
          bind(each.from);
          bind(each.to);
        }
        if constexpr (requires { each.one; }) {
          bind(each.one);
          bind(each.other);
        }
      },
      fault);
  return fault;
}

}  // namespace peerlab::actors
