#include "core.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "peerlab/base/assert.hpp"

namespace peerlab::engine {
namespace {

/// The core whose events this thread is handling.
thread_local const Core* running = nullptr;

}  // namespace

std::optional<Handling> now_handling() noexcept {
  if (running == nullptr) return std::nullopt;
  return running->now_handling();
}

Core::Core(const Options& options)
    : now_(options.begin),
      records_events_(options.level == trace::Level::events),
      ready_(options.policy, Random(options.seed).fork("policy")),
      random_(options.seed),
      trace_(options.level),
      world_(trace_.intern("world")),
      links_(random_.fork("link")),
      connections_(*this, links_),
      actors_(*this) {}

Core::~Core() {
  for (const auto& machine : machines_) {
    if (machine->life != nullptr) machine->life->end();
  }
  // CAF messages that will never arrive.
  events_.for_each([](Event& event) {
    if (event.what == What::message) Actors::drop(event.message);
  });
}

// --- running ---

Outcome Core::run(const Limits& limits) {
  std::uint64_t done = 0;
  StopReason reason = StopReason::failed;
  if (!failure_.has_value()) {
    running = this;
    try {
      reason = ready_.chooses() ? explore_until(limits, done) : run_until(limits, done);
    } catch (const std::exception& why) {
      ++done;
      fail(why.what());
    } catch (...) {
      ++done;
      fail("an exception of unknown type");
    }
    running = nullptr;
  }
  handling_life_ = nullptr;
  steps_ += done;
  cause_ = event_cause_ = trace::RecordId{};
  return {reason, done};
}

StopReason Core::run_until(const Limits& limits, std::uint64_t& done) {
  while (true) {
    if (queue_.empty()) return wait_until(limits.until, StopReason::idle);
    const Key key = queue_.top();
    if (time_of(key) > limits.until) return wait_until(limits.until, StopReason::end_time);
    if (done == limits.steps) return StopReason::step_limit;
    queue_.pop();
    now_ = time_of(key);
    fetch_ahead();
    if (happen(key)) ++done;
  }
}

StopReason Core::wait_until(Instant until, StopReason reason) {
  if (until != Instant::max()) now_ = std::max(now_, until);
  return reason;
}

StopReason Core::explore_until(const Limits& limits, std::uint64_t& done) {
  while (true) {
    while (!queue_.empty() && (ready_.empty() || time_of(queue_.top()) == now_)) {
      const Key key = queue_.top();
      if (time_of(key) > limits.until) return wait_until(limits.until, StopReason::end_time);
      if (ready_.empty()) now_ = time_of(key);
      queue_.pop();
      ready_.add(key, lane_of(slot_of(key)));
    }
    if (ready_.empty()) return wait_until(limits.until, StopReason::idle);
    if (done == limits.steps) return StopReason::step_limit;
    if (happen(ready_.take())) ++done;
  }
}

std::optional<Instant> Core::next_due() const {
  if (!ready_.empty()) return now_;
  if (queue_.empty()) return std::nullopt;
  return time_of(queue_.top());
}

std::uint64_t Core::lane_of(std::uint32_t slot) {
  const auto lane = [](std::uint64_t kind, std::uint64_t number) { return kind << 56U | number; };
  if (is_timer(slot)) return lane(1, index_of(slot));
  const Event& event = events_[index_of(slot)];
  switch (event.what) {
    case What::datagram:
      return lane(2, event.number << 28U | event.half);
    case What::start:
    case What::end:
    case What::message:
    case What::timeout:
      return lane(3, event.to->machine().index);
    case What::command:
      return lane(3, event.half);
    case What::fault:
    case What::none:
    case What::timer:
      return lane(4, 0);
    case What::frame:
    case What::syn:
    case What::syn_ack:
    case What::accept:
    case What::fin:
    case What::rst:
    case What::dial:
    case What::retry:
    case What::give_up:
      return lane(5, event.half);
  }
  return 0;
}

void Core::fetch_ahead() {
  queue_.look_ahead(
      [this](Key key) { __builtin_prefetch(cells_.address(index_of(slot_of(key)))); });
  const SlotHead& later = head(queue_.peek(3));
  __builtin_prefetch(later.life);
  __builtin_prefetch(later.ahead);
  const SlotHead& soon = head(queue_.peek(1));
  if (soon.life != nullptr) __builtin_prefetch(soon.life->role_if_any());
}

bool Core::happen(Key key) {
  return is_timer(slot_of(key)) ? timer_comes_up(key) : event_comes_up(key);
}

bool Core::timer_comes_up(Key key) {
  const std::uint32_t index = index_of(slot_of(key));
  TimerSlot& timer = timers_[index];
  if (timer.queued != key) return false;
  if (timer.due != key) {
    timer.queued = timer.due;
    if (timer.due == 0) {
      timer.life->forget(index);
    } else {
      queue_.push(timer.due);
    }
    return false;
  }
  Life& life = *timer.life;
  if (!life.running()) {
    life.park(key);
    return false;
  }
  timer.queued = 0;
  timer.due = 0;
  cause_ = event_cause_ = timer.cause;
  hash_.add(now_, life.hash(), static_cast<std::uint64_t>(What::timer),
            std::uint64_t{timer.key.owner} << 32U | timer.key.timer);
  handling(life, "timer", {});
  if (records_events_)
    record_event(life.machine().where, trace::TimerFired{timer.key.owner, timer.key.timer});
  life.tick(now_);
  life.fire(index);
  return true;
}

bool Core::event_comes_up(Key key) {
  const std::uint32_t index = index_of(slot_of(key));
  Event& event = events_[index];
  if (event.to != nullptr && event.to->state() == Life::State::paused) {
    event.to->park(key);
    return false;
  }
  cause_ = event_cause_ = event.cause;
  if (event.what == What::frame) {
    deliver_frame(event);
  } else {
    handle_other(event);
  }
  give(index);
  return true;
}

void Core::give(std::uint32_t index) {
  events_[index].frame.reset();
  events_[index].to = nullptr;
  events_[index].what = What::none;
  // What stayed here would reach the fingerprint of the next event that does not set it; a pointer
  // to a CAF message would make that differ from run to run.
  events_[index].ahead = nullptr;
  events_[index].half = 0;
  events_[index].generation = 0;
  events_[index].number = 0;
  events_[index].attempt = 0;
  events_.give(index);
}

void Core::deliver_frame(Event& event) {
  Half& half = connections_[event.half];
  if (half.generation != event.generation || half.state != Half::State::open)
    return connections_.undeliverable(event);
  Life& life = *event.to;
  hash_.add(now_, life.hash(), event.frame);
  handling(life, "frame", event.frame.name());
  if (records_events_) {
    const Machine& from = *connections_[event.half ^ 1U].machine;
    record_event(life.machine().where,
                 trace::FrameDelivered{from.where, event.frame.name(), event.frame.encoded_size()});
  }
  life.tick(now_);
  life.role().on(std::move(event.frame), ConnectionId{event.half, event.generation});
}

void Core::handle_other(Event& event) {
  handling_life_ = nullptr;
  const std::uint64_t receiver =
      event.to != nullptr ? event.to->hash() : std::uint64_t{event.half} << 1U | 1U;
  if (event.what != What::datagram && event.what != What::message)
    hash_.add(now_, receiver, static_cast<std::uint64_t>(event.what),
              event.number << 8U ^ event.attempt);
  switch (event.what) {
    case What::datagram:
      return connections_.deliver_datagram(event);
    case What::start:
      if (event.to->state() != Life::State::starting) return;
      handling(*event.to, "start", {});
      return actors_.start(*event.to);
    case What::end:
      if (event.to == event.to->machine().life)
        end(event.to->machine(), static_cast<Connections::Ending>(event.number));
      return;
    case What::message: {
      // The slot must not be seen as holding the message any more, whatever its handler throws.
      event.what = What::none;
      if (event.to->running()) return actors_.deliver(*event.to, event.message);
      return Actors::drop(event.message);
    }
    case What::timeout:
      if (event.to->running()) actors_.deliver_timeout(*event.to, event);
      return;
    case What::command:
      if (Life* life = machines_[event.half]->life) actors_.command(*life, std::move(event.frame));
      return;
    case What::fault:
      return apply(faults_[event.number]);
    case What::syn:
    case What::syn_ack:
    case What::accept:
    case What::fin:
    case What::rst:
    case What::dial:
    case What::retry:
    case What::give_up:
      return connections_.handle(event);
    case What::none:
    case What::frame:
    case What::timer:
      PEERLAB_ASSERT(false);
  }
}

Handling Core::now_handling() const noexcept {
  if (handling_life_ == nullptr) return {now_, "world", handling_what_, handling_detail_};
  return {now_, handling_life_->name(), handling_what_, handling_detail_};
}

void Core::fail(std::string_view why) {
  const Handling handled = now_handling();
  std::string event(handled.event);
  if (!handled.detail.empty()) event += fmt::format(" {}", handled.detail);
  failure_ = Failure{now_, net::HostName(std::string(handled.host)), event, std::string(why)};
}

// --- the trace ---

trace::RecordId Core::record(trace::Where where, trace::Fact fact) {
  cause_ = trace_.append(event_cause_, now_, where, std::move(fact));
  return cause_;
}

trace::RecordId Core::record_from_outside(std::string_view where, trace::Fact fact,
                                          trace::RecordId cause) {
  event_cause_ = cause;
  const trace::RecordId id = record(trace_.intern(where), std::move(fact));
  event_cause_ = id;
  return id;
}

void Core::record_event(trace::Where where, trace::Fact fact) {
  event_cause_ = record(where, std::move(fact));
}

trace::RecordId Core::sends(const Machine& from, const Machine& to, const net::Frame& frame) {
  return trace_.append(cause_, now_, from.where,
                       trace::FrameSent{to.where, frame.name(), frame.encoded_size()});
}

void Core::drops(Life& life, const net::Frame& frame, trace::DropReason why) {
  if (!records_events_) return;
  trace_.append(cause_, now_, life.machine().where, trace::FrameDropped{frame.name(), why});
}

void Core::arrives(Life& life, const Machine& from, const net::Frame& frame, const char* how) {
  hash_.add(now_, life.hash(), frame);
  handling(life, how, frame.name());
  if (records_events_)
    record_event(life.machine().where,
                 trace::FrameDelivered{from.where, frame.name(), frame.encoded_size()});
}

void Core::command_arrives(Life& life, const net::Frame& what) {
  hash_.add(now_, life.hash(), what);
  handling(life, "command", what.name());
  event_cause_ = record(life.machine().where, trace::CommandGiven{what.name()});
}

const trace::Trace& Core::trace() {
  trace_.set_hash(hash_.value());
  return trace_;
}

}  // namespace peerlab::engine
