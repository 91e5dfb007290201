#include "life.hpp"

#include <algorithm>

#include "connections.hpp"
#include "core.hpp"
#include "peerlab/base/assert.hpp"

namespace peerlab::engine {

void Life::init(Core& core, Machine& machine, SimShell& shell) {
  core_ = &core;
  hash_ = machine.hash;
  machine_ = &machine;
  shell_ = &shell;
  clock_changed();
}

void Life::begin() {
  tick(core_->now());
  core_->record(machine_->where, trace::HostStarted{});
  role_ = machine_->factory(*this);
  PEERLAB_ASSERT(role_ != nullptr);
  state_ = State::running;
  role_->start();
}

void Life::command(net::Frame what) {
  tick(core_->now());
  core_->command_arrives(*this, what);
  role_->on(Command{std::move(what)});
}

void Life::park(Key key) {
  if (parked_ == nullptr) parked_ = std::make_unique<std::vector<Key>>();
  parked_->push_back(key);
}

std::vector<Key> Life::take_parked() {
  const auto parked = std::exchange(parked_, nullptr);
  return parked != nullptr ? std::move(*parked) : std::vector<Key>();
}

void Life::end() {
  state_ = State::ended;
  role_.reset();
  for (const Timer& timer : timers_) {
    core_->timers()[timer.slot] = TimerSlot{};
    core_->timers().give(timer.slot);
  }
  timers_ = {};
  ports_ = {};
}

// --- timers ---

std::vector<Life::Timer>::iterator Life::find(TimerKey key) {
  return std::lower_bound(timers_.begin(), timers_.end(), key,
                          [](const Timer& timer, TimerKey wanted) { return timer.key < wanted; });
}

std::uint32_t Life::slot_for(TimerKey key) {
  // A handler most often arms the timer that it handles.
  if (firing_ != no_slot && core_->timers()[firing_].key == key) return firing_;
  const auto at = find(key);
  if (at != timers_.end() && at->key == key) return at->slot;
  const std::uint32_t slot = core_->timers().take();
  TimerSlot& timer = core_->timers()[slot];
  timer.life = this;
  timer.key = key;
  timers_.insert(at, Timer{key, slot});
  return slot;
}

void Life::arm(TimerKey key, Instant due) {
  const Instant global = skewed_ ? machine_->clock.when(due) : due;
  const std::uint32_t slot = slot_for(key);
  TimerSlot& timer = core_->timers()[slot];
  timer.due = core_->next_key(global, timer_slot(slot));
  timer.cause = core_->cause();
  if (timer.queued != 0 && timer.queued < timer.due) return;  // it is queued again when it comes up
  timer.queued = timer.due;
  core_->push(timer.due);
}

void Life::disarm(TimerKey key) {
  const auto at = find(key);
  if (at == timers_.end() || at->key != key) return;
  TimerSlot& timer = core_->timers()[at->slot];
  timer.due = 0;
  if (timer.queued == 0 && at->slot != firing_) forget(at->slot);
}

void Life::forget(std::uint32_t index) {
  TimerSlot& timer = core_->timers()[index];
  timers_.erase(find(timer.key));
  timer = TimerSlot{};
  core_->timers().give(index);
}

void Life::fire(std::uint32_t index) {
  firing_ = index;
  role_->on(Due{core_->timers()[index].key});
  firing_ = no_slot;
  const TimerSlot& timer = core_->timers()[index];
  if (timer.due == 0 && timer.queued == 0) forget(index);
}

// --- network ---

bool Life::listens(net::Port port) const {
  return std::find(ports_.begin(), ports_.end(), port) != ports_.end();
}

void Life::listen(net::Port port) {
  if (!listens(port)) ports_.push_back(port);
}

void Life::unlisten(net::Port port) { std::erase(ports_, port); }

ConnectionId Life::connect(const net::Address& to) {
  return core_->connections().connect(*this, to);
}

void Life::send(ConnectionId connection, net::Frame frame) {
  Half* half = core_->connections().open_half(*this, connection);
  if (half == nullptr) return core_->drops(*this, frame, trace::DropReason::closed);
  if (!half->fast || core_->records_events())
    return core_->connections().send_slowly(connection.index, std::move(frame));
  const Instant arrival = std::max(core_->now() + half->latency, half->last_arrival);
  half->last_arrival = arrival;
  // The handler of a timer most often sends where it sent the last time.
  if (firing_ != no_slot) core_->timers()[firing_].ahead = half;
  Event& event = core_->schedule(arrival, What::frame);
  event.to = half->peer;
  event.ahead = &core_->connections()[connection.index ^ 1U];
  event.half = connection.index ^ 1U;
  event.generation = connection.generation;
  event.frame = std::move(frame);
}

void Life::close(ConnectionId connection) { core_->connections().close(*this, connection); }
void Life::abort(ConnectionId connection) { core_->connections().abort(*this, connection); }

void Life::send_datagram(const net::Address& to, net::Frame frame) {
  core_->connections().send_datagram(*this, to, std::move(frame));
}

// --- the rest ---

trace::RecordId Life::record(trace::Fact fact) {
  return core_->record(machine_->where, std::move(fact));
}

Random Life::random(std::string_view name) const {
  return core_->random().fork("host").fork(machine_->name.value()).fork(name);
}

net::Disk& Life::disk() { return core_->disk(*machine_); }

}  // namespace peerlab::engine
