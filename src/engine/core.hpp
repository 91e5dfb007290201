#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actors.hpp"
#include "connections.hpp"
#include "event_queue.hpp"
#include "life.hpp"
#include "links.hpp"
#include "machine.hpp"
#include "peerlab/engine/engine.hpp"
#include "peerlab/trace/rolling_hash.hpp"
#include "peerlab/trace/trace.hpp"
#include "pool.hpp"
#include "ready.hpp"
#include "slots.hpp"

namespace peerlab::engine {

/// The engine without its public face: virtual time, everything that is still to happen, and the
/// machines.
class Core {
 public:
  explicit Core(const Options& options);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // --- time and events ---

  Instant now() const { return now_; }
  Outcome run(const Limits& limits);
  std::optional<Instant> next_due() const;
  std::uint64_t steps() const { return steps_; }

  /// A key for something that happens at `at` or, if that is past, now. Later calls give later
  /// keys.
  Key next_key(Instant at, std::uint32_t slot) {
    return make_key(at < now_ ? now_ : at, sequence_++, slot);
  }
  void push(Key key) { queue_.push(key); }

  /// Schedules an event, caused by what is happening now. The reference is good until the event
  /// has happened.
  Event& schedule(Instant at, What what) {
    const std::uint32_t index = events_.take();
    Event& event = events_[index];
    event.what = what;
    event.cause = cause_;
    queue_.push(next_key(at, event_slot(index)));
    return event;
  }

  CellPool<TimerSlot>& timers() { return timers_; }

  // --- the trace ---

  bool records_events() const { return records_events_; }
  trace::RecordId cause() const { return cause_; }
  trace::RecordId record(trace::Where where, trace::Fact fact);
  trace::RecordId record_from_outside(std::string_view where, trace::Fact fact,
                                      trace::RecordId cause);
  /// For frames and timers: call only where `records_events`.
  void record_event(trace::Where where, trace::Fact fact);
  void set_cause(trace::RecordId cause) { cause_ = cause; }
  /// Records a sending (where `records_events`); the record is the cause of the arrival.
  trace::RecordId sends(const Machine& from, const Machine& to, const net::Frame& frame);
  void drops(Life& life, const net::Frame& frame, trace::DropReason why);
  /// Everything but the handling of a frame that arrives outside a connection.
  void arrives(Life& life, const Machine& from, const net::Frame& frame, const char* how);
  void command_arrives(Life& life, const net::Frame& what);
  const trace::Trace& trace();
  std::uint64_t hash() const { return hash_.value(); }

  // --- machines ---

  Machine& add(const net::HostName& name, RoleFactory factory);
  Machine* find(std::string_view name);
  Machine& get(const net::HostName& name);
  void set_address(const std::string& address, Machine& machine) { addresses_[address] = &machine; }
  /// By name or address; null if there is none.
  Machine* resolve(const std::string& host);
  net::Disk& disk(Machine& machine);
  Machine& machine(std::uint32_t index) { return *machines_[index]; }

  void start(Machine& machine);
  void end(Machine& machine, Connections::Ending ending);
  void pause(Machine& machine);
  void resume(Machine& machine);
  void clock_changed(Machine& machine);

  void apply(const net::Fault& fault);
  void apply_at(Instant at, const net::Fault& fault);
  void command(Machine& machine, net::Frame what);
  void command_at(Instant at, Machine& machine, net::Frame what);
  void shape(const net::ShapeLink& shape);

  Life& new_life() { return lives_[lives_.take()]; }
  Actors& actors() { return actors_; }
  Connections& connections() { return connections_; }
  const Random& random() const { return random_; }
  const std::optional<Failure>& failure() const { return failure_; }

  Handling now_handling() const noexcept;
  /// Names what is being handled, for the report should it fail.
  void handling(Life& life, const char* what, std::string_view detail) {
    handling_life_ = &life;
    handling_what_ = what;
    handling_detail_ = detail;
  }

 private:
  StopReason run_until(const Limits& limits, std::uint64_t& done);
  StopReason explore_until(const Limits& limits, std::uint64_t& done);
  StopReason wait_until(Instant until, StopReason reason);
  std::uint64_t lane_of(std::uint32_t slot);
  /// What has come up; false if it was stale and nothing happened.
  bool happen(Key key);
  bool timer_comes_up(Key key);
  bool event_comes_up(Key key);
  void deliver_frame(Event& event);
  void handle_other(Event& event);
  const SlotHead& head(Key key) const {
    return *static_cast<const SlotHead*>(cells_.address(index_of(slot_of(key))));
  }
  void fetch_ahead();
  void fail(std::string_view why);
  void give(std::uint32_t index);
  void drop_event(std::uint32_t index);
  template <class Do>
  void for_each_in(const net::HostGroup& group, Do act);

  // What the loop touches most comes first.
  EventQueue queue_;
  Cells cells_;
  CellPool<TimerSlot> timers_{cells_};
  CellPool<Event> events_{cells_};
  Pool<Life> lives_;  // past ones too
  Instant now_;
  std::uint64_t sequence_ = 0;
  trace::RecordId cause_;        // of what is scheduled now
  trace::RecordId event_cause_;  // of what is recorded now
  trace::RollingHash hash_;
  bool records_events_;
  std::uint64_t steps_ = 0;
  Life* handling_life_ = nullptr;
  const char* handling_what_ = "";
  std::string_view handling_detail_;

  Ready ready_;
  Random random_;
  trace::Trace trace_;
  trace::Where world_;
  std::deque<net::Fault> faults_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::unordered_map<std::uint64_t, Machine*> by_hash_;  // of the names; looked up only
  std::map<std::string, Machine*, std::less<>> addresses_;
  Links links_;
  Connections connections_;
  std::optional<Failure> failure_;
  Actors actors_;  // last: its lives refer to everything above
};

}  // namespace peerlab::engine
