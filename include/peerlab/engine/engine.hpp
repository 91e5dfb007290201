#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "peerlab/base/time.hpp"
#include "peerlab/engine/policy.hpp"
#include "peerlab/engine/role.hpp"
#include "peerlab/net/address.hpp"
#include "peerlab/net/clock.hpp"
#include "peerlab/net/disk.hpp"
#include "peerlab/net/fault.hpp"
#include "peerlab/net/link.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::engine {

class Core;

struct Options {
  std::uint64_t seed = 0;  ///< of the hosts' and links' streams, and of the policy
  Policy policy = Fifo{};
  trace::Level level = trace::Level::facts;
  Instant begin{};  ///< the virtual time at which the world starts
};

/// Where a run ends at the latest.
struct Limits {
  Instant until = Instant::max();  ///< events at this instant still happen
  std::uint64_t steps = UINT64_MAX;
};

enum class StopReason {
  idle,        ///< nothing is left to happen, and it is `Limits::until` now if that was given
  end_time,    ///< everything up to `Limits::until` has happened, and it is that time now
  step_limit,  ///< `Limits::steps` events have happened
  failed,      ///< a role threw or did not know what to do with an event
};
std::string_view text(StopReason reason);

/// Which handler failed, when and why.
struct Failure {
  Instant at;
  net::HostName host;
  std::string event;  ///< what it was handling: `frame peering/heartbeat`
  std::string what;
};
/// `dc1/server/1 failed at 12.084s on frame peering/heartbeat: no such stream`
std::string text(const Failure& failure);

struct Outcome {
  StopReason reason = StopReason::idle;
  std::uint64_t steps = 0;  ///< events of this call
};

/// What the engine of a thread is at. The names live as long as the event is being handled.
struct Handling {
  Instant at;
  std::string_view host;    ///< `world` outside of any role
  std::string_view event;   ///< `frame`
  std::string_view detail;  ///< `peering/heartbeat`; may be empty
};

/// For the report of a crash: what this thread's engine is handling, if one is running. Allocates
/// nothing and takes no lock, so that a signal handler may call it.
std::optional<Handling> now_handling() noexcept;

/// The simulator: hosts with their roles, the network between them, and the virtual time.
///
/// Each life of a host is a CAF actor under a scheduler of our own, which holds every event that
/// is still to happen and takes one at a time. Starts no thread. Equal calls with equal options
/// give equal runs. Engines are independent of each other; one is used from one thread.
///
/// All calls may be made between runs and, unless said otherwise, by a role's handler through
/// whatever its maker handed it (a datacenter actor that starts hosts). What would end the host
/// whose handler is running happens right after that handler.
class Engine {
 public:
  explicit Engine(const Options& options = {});
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // --- hosts ---

  /// Makes a host. Its role is made and started as an event at this instant, unless `start` is
  /// false. The name must be new and not empty.
  void add_host(const net::HostName& host, RoleFactory factory, bool start = true);

  /// Lets roles reach the host under another name, such as `10.0.1.1`. Moves the address if it was
  /// given before.
  void set_address(const std::string& address, const net::HostName& host);

  /// Replaces what makes the role at the next start: an upgrade or another configuration.
  void set_factory(const net::HostName& host, RoleFactory factory);

  bool has_host(const net::HostName& host) const;
  bool is_running(const net::HostName& host) const;  ///< a paused host counts as running
  net::Disk& disk(const net::HostName& host);
  const net::ClockModel& clock(const net::HostName& host) const;
  /// Sets a host's clock without a fault in the trace: how the world begins.
  void set_clock(const net::HostName& host, const net::ClockModel& clock);

  /// The host's role, for observers and tests; null while the host is down.
  Role* role(const net::HostName& host);

  // --- the network and what goes wrong ---

  /// As the fault ShapeLink, without a fault in the trace: how the world begins. Empty groups give
  /// the model of all links that nothing else names.
  void shape_link(const net::HostGroup& from, const net::HostGroup& to, const net::LinkModel& model,
                  net::Direction direction = net::Direction::both_ways);

  /// Does it now. Groups that hold no host are not an error.
  void apply(const net::Fault& fault);
  /// Does it at `at`, before what has been scheduled later for the same instant.
  void apply_at(Instant at, const net::Fault& fault);

  /// Tells a role to do something, as an event at this instant. Lost if the host is down by then.
  void command(const net::HostName& host, net::Frame what);
  void command_at(Instant at, const net::HostName& host, net::Frame what);

  // --- running ---

  /// Not to be called by a handler. After a failure, each call returns `failed` at once.
  Outcome run(const Limits& limits = {});
  /// One event. False if there was none or the run has failed.
  bool step();

  Instant now() const;
  /// When the next event is due; nothing if none is pending.
  std::optional<Instant> next_due() const;
  std::uint64_t steps() const;  ///< events so far
  const std::optional<Failure>& failure() const;

  /// Records so far, with the fingerprint of the run so far.
  const trace::Trace& trace() const;
  std::uint64_t hash() const;

  /// Writes a fact from outside any host, under the name given: the operator, a step of a scenario.
  /// Until the next event, what is applied and commanded is caused by it.
  trace::RecordId record(std::string_view where, trace::Fact fact,
                         trace::RecordId cause = trace::RecordId{});

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace peerlab::engine
