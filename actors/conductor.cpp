#include "actors/conductor.hpp"

#include <fmt/format.h>

#include "actors/call.hpp"
#include "actors/operator_role.hpp"
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

}  // namespace

bool Conductor::boot() {
  // The world has begun before 0 s; the first step begins at 0 s, with every server ready.
  if (!run_until(Instant{})) return false;
  catch_up();
  if (not_ready_.empty()) return true;
  end_run(trace::RunEnded::How::limit,
          fmt::format("{} is not ready a minute after it was started", *not_ready_.begin()));
  return false;
}

void Conductor::conduct() {
  if (!boot()) return;
  for (std::size_t index = 0; index < plan_.steps.size(); ++index) {
    const scenario::Step& step = plan_.steps[index];
    engine_.record(scenario_name, trace::StepBegan{index, step.title});
    if (!std::visit([&](const auto& action) { return act(index, action); }, step.action)) return;
  }
  if (!plan_.finally.empty()) {
    const std::size_t index = plan_.steps.size();
    engine_.record(scenario_name, trace::StepBegan{index, "finally"});
    heal_everything();
    checks::Expectation last{
        checks::Expectation::Mode::eventually, {}, quiet_within, plan_.finally};
    if (!act(index, last)) return;
  }
  end_run(trace::RunEnded::How::finished, {});
}

bool Conductor::act(std::size_t index, const scenario::Inject& inject) {
  catch_up();
  std::vector<net::Fault> ends;
  for (const net::Fault& fault : inject.ends) ends.push_back(bound(fault));
  for (const net::Fault& fault : inject.faults) engine_.apply(bound(fault));
  for (const net::Fault& fault : ends) {
    undo_.push_back(fault);
    if (inject.lasts) engine_.apply_at(engine_.now() + *inject.lasts, fault);
  }
  end_step(index, checks::Settled{true, 0, {}, {}});
  return true;
}

bool Conductor::act(std::size_t index, const scenario::Wait& wait) {
  if (!run_until(engine_.now() + wait.lasts)) return false;
  end_step(index, checks::Settled{true, 0, {}, {}});
  return true;
}

bool Conductor::act(std::size_t index, const scenario::TransferLeader& transfer) {
  catch_up();
  const std::optional<std::string> leader = observed_.leader(transfer.cluster);
  if (leader) engine_.command(net::HostName(*leader), TransferLeadership{});
  end_step(index, leader ? checks::Settled{true, 0, {}, {}}
                         : checks::Settled{false, 0, "nobody leads " + transfer.cluster, {}});
  if (!leader) end_run(trace::RunEnded::How::finished, {});
  return leader.has_value();
}

bool Conductor::act(std::size_t index, const checks::Expectation& expectation) {
  const std::optional<checks::Settled> settled = await(expectation);
  if (!settled) return false;
  end_step(index, *settled);
  if (!settled->passed) end_run(trace::RunEnded::How::finished, {});
  return settled->passed;
}

std::optional<checks::Settled> Conductor::await(const checks::Expectation& expectation) {
  checks::Waiting waiting(expectation, next_call_);
  std::set<Instant> wakes;
  std::optional<checks::Settled> settled;
  catch_up();
  carry_out(waiting.begin(engine_.now(), observed_), wakes, settled);
  while (!settled) {
    while (!settled && read_ < engine_.trace().records().size()) {
      // A copy: carrying out what it leads to may append records.
      const trace::Record record = engine_.trace().records()[read_++];
      observed_.add(engine_.trace(), record);
      end_calls_of(record);
      carry_out(waiting.observe(record, observed_), wakes, settled);
    }
    if (settled) break;
    const std::optional<Instant> next = engine_.next_due();
    if (next && (wakes.empty() || *next <= *wakes.begin())) {
      if (is_over() || !engine_.step()) break;
      continue;
    }
    if (wakes.empty()) {
      end_run(trace::RunEnded::How::stuck, "nothing is left to happen, and a check is still open");
      break;
    }
    const Instant due = *wakes.begin();
    wakes.erase(wakes.begin());
    if (!run_until(due)) break;
    carry_out(waiting.expired(due, observed_), wakes, settled);
  }
  if (!settled) is_over();
  next_call_ = waiting.next_call();
  return settled;
}

void Conductor::carry_out(const std::vector<checks::Output>& outputs, std::set<Instant>& wakes,
                          std::optional<checks::Settled>& settled) {
  for (const checks::Output& output : outputs) {
    std::visit(Overloaded{
                   [&](const checks::Probe& probe) {
                     std::visit([&](const auto& check) { make(probe.call, check); }, probe.check);
                   },
                   [&](const checks::WakeAt& wake) { wakes.insert(wake.due); },
                   [&](const checks::Settled& end) { settled = end; },
               },
               output);
  }
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
  const std::vector<std::string> hosts = scenario::instances(check.to, plan_.topology);
  PEERLAB_ASSERT(!hosts.empty());
  const std::string& host = hosts[turns_[check.to]++ % hosts.size()];
  calls_.emplace(call, check);
  engine_.command(caller, MakeCall{call, {host, service_port}, check.timeout});
}

void Conductor::make(std::uint64_t call, const checks::HttpCheck& check) {
  MakeRequest order{call,
                    {host_of(check.server), http_port},
                    server::api::request(check.method, check.target, check.request_body),
                    check.timeout};
  engine_.command(net::HostName(std::string(operator_name)), std::move(order));
}

void Conductor::make(std::uint64_t, const checks::LeaderCheck&) {
  PEERLAB_ASSERT(!"a check without action asks for none");
}

std::string Conductor::host_of(const std::string& path) const {
  constexpr std::string_view leader = "/server/leader";
  if (!path.ends_with(leader)) return path;
  const std::string cluster = path.substr(0, path.size() - leader.size());
  // Nobody has the name that is left where nobody leads: what is done to it has no effect, and
  // what is sent to it is unreachable.
  return observed_.leader(cluster).value_or(path);
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

void Conductor::catch_up() {
  for (; read_ < engine_.trace().records().size(); ++read_) {
    const trace::Record& record = engine_.trace().records()[read_];
    observed_.add(engine_.trace(), record);
    if (std::holds_alternative<trace::ServerReady>(record.fact)) {
      not_ready_.erase(engine_.trace().name(record.where));
    }
  }
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

void Conductor::end_step(std::size_t index, const checks::Settled& settled) {
  engine_.record(scenario_name, trace::StepEnded{index, settled.passed, settled.check, settled.seen,
                                                 settled.since});
}

void Conductor::end_run(trace::RunEnded::How how, std::string why) {
  over_ = true;
  engine_.record(scenario_name, trace::RunEnded{how, std::move(why)});
}

}  // namespace peerlab::actors
