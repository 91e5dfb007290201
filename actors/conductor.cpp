#include "actors/conductor.hpp"

#include <fmt/format.h>

#include <type_traits>

#include "actors/call.hpp"
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

/// Under this name the scenario itself stands in the trace.
constexpr std::string_view scenario_name = "scenario";

/// How long `finally` waits for its checks once everything is healed: longer than the longest
/// pause of any retry in the protocol (64 s between two dials of a peer, C-210).
constexpr Duration quiet_within = std::chrono::minutes(2);

/// The same, and as long again as a check looks back.
Duration quiet_time(const std::vector<checks::Check>& checks) {
  Duration longest{0};
  for (const checks::Check& check : checks) {
    const auto* work = std::get_if<checks::WorkCheck>(&check);
    if (work != nullptr && work->last) longest = std::max(longest, *work->last);
  }
  return quiet_within + longest;
}

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

bool Conductor::boot() {
  if (plan_.cold) return true;
  // The world has begun before 0 s. The first step begins at 0 s, with every server ready and the
  // entries of `config` written.
  while (!not_ready_.empty()) {
    const std::optional<Instant> next = engine_.next_due();
    if (!next || *next > Instant{} || !take_event(*next)) break;
    while (read_record()) {
    }
  }
  if (is_over()) return false;
  if (!not_ready_.empty()) {
    end_run(trace::RunEnded::How::limit,
            fmt::format("{} is not ready a minute after it was started", *not_ready_.begin()));
    return false;
  }
  if (!play(plan_.config, plan_.config_step())) return false;
  return engine_.now() > Instant{} || run_until(Instant{});
}

void Conductor::conduct() {
  if (!boot()) return;
  while (read_record()) {
  }
  watch(checks::Expectation::Mode::hold, plan_.always, plan_.always_step());
  watch(checks::Expectation::Mode::never, plan_.never, plan_.never_step());
  if (!play(plan_.steps, 0)) return;
  if (!plan_.finally.empty()) {
    heal_everything();
    checks::Expectation last{
        checks::Expectation::Mode::eventually, {}, quiet_time(plan_.finally), plan_.finally};
    if (!play({{{}, "finally", std::move(last)}}, plan_.finally_step())) return;
  }
  end_run(trace::RunEnded::How::finished, {});
}

void Conductor::watch(checks::Expectation::Mode mode, const std::vector<checks::Check>& checks,
                      std::size_t step) {
  if (checks.empty()) return;
  // It is over when the run is, whenever that will be.
  checks::Expectation expectation{mode, {}, plan_.time_limit, checks};
  Watch& watch =
      watches_.emplace_back(Watch{step, checks::Waiting(std::move(expectation), stage_.next_call)});
  for (const checks::Output& output : watch.waiting.begin(engine_.now(), stage_.observed)) {
    if (const auto* settled = std::get_if<checks::Settled>(&output)) {
      record_end(step, *settled);
      end_run(trace::RunEnded::How::finished, {});
    }
  }
}

// --- steps ---------------------------------------------------------------------------------------

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

// --- the trace and the time ----------------------------------------------------------------------

/// Looks at the next record of the trace, and shows it to whatever is under way. False if there is
/// none.
bool Conductor::read_record() {
  if (read_ >= engine_.trace().records().size()) return false;
  // A copy: what it leads to may append records.
  const trace::Record record = engine_.trace().records()[read_++];
  stage_.observed.add(engine_.trace(), record);
  if (std::holds_alternative<trace::ServerReady>(record.fact) ||
      std::holds_alternative<trace::AgentReady>(record.fact) ||
      std::holds_alternative<trace::PartitionReady>(record.fact) ||
      std::holds_alternative<trace::ProxyReady>(record.fact)) {
    not_ready_.erase(engine_.trace().name(record.where));
  }
  end_calls_of(record);
  for (Watch& watch : watches_) show(record, watch);
  if (root_ != nullptr) show(record, *root_);
  return true;
}

void Conductor::show(const trace::Record& record, Track& track) {
  if (over_) return;
  for (Track& branch : track.branches) show(record, branch);
  if (track.act != nullptr) carry_out(track, track.act->observe(record));
}

void Conductor::show(const trace::Record& record, Watch& watch) {
  for (const checks::Output& output : watch.waiting.observe(record, stage_.observed)) {
    const auto* settled = std::get_if<checks::Settled>(&output);
    if (settled == nullptr || over_) continue;
    record_end(watch.step, *settled);
    end_run(trace::RunEnded::How::finished, {});
  }
}

/// Lets the world go on to its next event, or to the next moment that a step under way waits for.
bool Conductor::advance(Track& track) {
  const std::optional<Instant> next = engine_.next_due();
  const std::optional<Instant> due = next_wake(track);
  if (next && (!due || *next <= *due)) {
    return take_event(*next);
  }
  if (!due) {
    end_run(trace::RunEnded::How::stuck, "nothing is left to happen, and a step is still open");
    return false;
  }
  if (!run_until(*due)) return false;
  wake(track, *due);
  return true;
}

std::optional<Instant> Conductor::next_wake(const Track& track) {
  std::optional<Instant> next;
  if (!track.wakes.empty()) next = *track.wakes.begin();
  for (const Track& branch : track.branches) {
    const std::optional<Instant> other = next_wake(branch);
    if (other && (!next || *other < *next)) next = other;
  }
  return next;
}

void Conductor::wake(Track& track, Instant now) {
  for (Track& branch : track.branches) wake(branch, now);
  if (track.act == nullptr || track.wakes.empty() || *track.wakes.begin() > now || over_) return;
  track.wakes.erase(track.wakes.begin(), track.wakes.upper_bound(now));
  carry_out(track, track.act->expired(now));
}

/// A caller that goes down while it waits for an answer can no longer tell of the end of its call.
void Conductor::end_calls_of(const trace::Record& record) {
  if (const auto* end = std::get_if<trace::CallEnded>(&record.fact)) {
    calls_.erase(end->call);
  } else if (std::holds_alternative<trace::HostCrashed>(record.fact) ||
             std::holds_alternative<trace::HostKilled>(record.fact) ||
             std::holds_alternative<trace::HostStopped>(record.fact)) {
    const std::string caller = engine_.trace().name(record.where);
    for (const auto& [call, check] : calls_) {
      if (check.from != caller) continue;
      engine_.record(caller, trace::CallEnded{call, check.to, "the caller is down", {}});
    }
  }
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
    PEERLAB_ASSERT(!hosts.empty());
    to = {hosts[turns_[check.to]++ % hosts.size()], service_port};
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

/// One event at most. What is due at `next` may have been called off: then time goes on to there
/// and no further, since a step may wait for a moment before the next event.
bool Conductor::take_event(Instant next) {
  if (is_over()) return false;
  engine_.run({.until = next, .steps = 1});
  return !is_over();
}

bool Conductor::run_until(Instant due) {
  if (is_over()) return false;
  engine_.run({.until = std::min(due, Instant{} + plan_.time_limit),
               .steps = plan_.event_limit - engine_.steps()});
  return !is_over();
}

bool Conductor::is_over() {
  if (over_) return true;
  if (const auto& failure = engine_.failure()) {
    end_run(trace::RunEnded::How::broken, engine::text(*failure));
  } else if (engine_.steps() >= plan_.event_limit) {
    end_run(trace::RunEnded::How::limit,
            fmt::format("the limit of {} events was reached", plan_.event_limit));
  } else if (engine_.now() - Instant{} >= plan_.time_limit) {
    end_run(trace::RunEnded::How::limit, fmt::format("the limit of {} of virtual time was reached",
                                                     go_duration(plan_.time_limit)));
  }
  return over_;
}

void Conductor::heal_everything() {
  for (const net::Fault& fault : undo_) engine_.apply(fault);
  undo_.clear();
}

void Conductor::record_end(std::size_t step, const checks::Settled& settled) {
  engine_.record(scenario_name,
                 trace::StepEnded{step, settled.passed, settled.check, settled.seen, settled.since},
                 settled.record);
}

void Conductor::end_run(trace::RunEnded::How how, std::string why) {
  over_ = true;
  engine_.record(scenario_name, trace::RunEnded{how, std::move(why)});
}

}  // namespace peerlab::actors
