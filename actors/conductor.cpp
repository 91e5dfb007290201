#include "actors/conductor.hpp"

#include <fmt/format.h>

namespace peerlab::actors {
namespace {

/// How long `finally` waits for its checks once everything is healed: longer than the longest
/// pause of any retry in the protocol (64 s between two dials of a peer, C-224).
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
  } else if (stop_ != nullptr && stop_->load(std::memory_order_relaxed)) {
    end_run(trace::RunEnded::How::limit, "the run was interrupted");
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
