#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "machine.hpp"
#include "peerlab/engine/host.hpp"
#include "peerlab/engine/role.hpp"
#include "slots.hpp"

namespace peerlab::engine {

class Core;
class SimShell;

/// One life of a host, from its start to its stop or crash: the role, its timers and ports. Its CAF
/// actor is the SimShell. Both stay until the engine ends, so that late events find something to be
/// dropped at; lives lie close together, apart from their large actors, for the sake of the caches.
class alignas(64) Life final : public Host {
 public:
  enum class State : std::uint8_t { starting, running, paused, ended };
  static constexpr std::uint32_t no_slot = UINT32_MAX;

  Life() = default;  ///< for the pool; `init` makes it what it is
  void init(Core& core, Machine& machine, SimShell& shell);

  std::string_view name() const override { return machine_->name.value(); }
  void arm(TimerKey key, Instant due) override;
  void disarm(TimerKey key) override;
  void listen(net::Port port) override;
  void unlisten(net::Port port) override;
  ConnectionId connect(const net::Address& to) override;
  void send(ConnectionId connection, net::Frame frame) override;
  void close(ConnectionId connection) override;
  void abort(ConnectionId connection) override;
  void send_datagram(const net::Address& to, net::Frame frame) override;
  trace::RecordId record(trace::Fact fact) override;
  Random random(std::string_view name) const override;
  net::Disk& disk() override;

  State state() const { return state_; }
  bool running() const { return state_ == State::running; }
  bool listens(net::Port port) const;
  Role& role() { return *role_; }
  Role* role_if_any() const { return role_.get(); }
  Machine& machine() { return *machine_; }
  SimShell& shell() { return *shell_; }
  Core& core() { return *core_; }
  std::uint64_t hash() const { return hash_; }

  /// Sets the clock that the role sees for the handler about to run.
  void tick(Instant global) { now_ = skewed_ ? machine_->clock.shows(global) : global; }
  /// To be called when the machine's clock was changed.
  void clock_changed() { skewed_ = !machine_->clock.is_exact(); }

  /// Makes the role and starts it. Called by the actor when it is first activated.
  void begin();
  void command(net::Frame what);
  void pause() { state_ = State::paused; }
  void resume() { state_ = State::running; }
  /// Keeps what arrived while paused ...
  void park(Key key);
  /// ... and gives it back, in order.
  std::vector<Key> take_parked();
  /// Drops the role and everything that would have happened to it.
  void end();

  /// Runs the handler of a timer; `index` is its slot.
  void fire(std::uint32_t index);
  /// A timer whose queued event came up while it was disarmed.
  void forget(std::uint32_t index);

 private:
  struct Timer {
    TimerKey key;
    std::uint32_t slot;
  };
  std::vector<Timer>::iterator find(TimerKey key);
  std::uint32_t slot_for(TimerKey key);

  // The first cache line is all that most events touch.
  std::unique_ptr<Role> role_;
  Core* core_ = nullptr;
  std::uint64_t hash_ = 0;
  State state_ = State::starting;
  bool skewed_ = false;
  std::uint32_t firing_ = no_slot;  // the slot of the timer whose handler runs
  Machine* machine_ = nullptr;
  std::vector<Timer> timers_;  // by key
  std::vector<net::Port> ports_;
  std::unique_ptr<std::vector<Key>> parked_;  // what arrived while paused
  SimShell* shell_ = nullptr;
};
static_assert(sizeof(Life) == 128);

}  // namespace peerlab::engine
