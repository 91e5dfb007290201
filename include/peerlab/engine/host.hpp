#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "peerlab/base/random.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/engine/connection.hpp"
#include "peerlab/net/address.hpp"
#include "peerlab/net/disk.hpp"
#include "peerlab/net/frame.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::engine {

/// The name a role gives a timer of its own: which of its cores (0 where it has one), and which
/// timer of that core.
struct TimerKey {
  std::uint32_t owner = 0;
  std::uint32_t timer = 0;

  TimerKey() = default;
  constexpr TimerKey(std::uint32_t owner_, std::uint32_t timer_) : owner(owner_), timer(timer_) {}
  template <class Timer>
  requires std::is_enum_v<Timer>
  constexpr TimerKey(Timer timer_) : timer(static_cast<std::uint32_t>(timer_)) {}  // NOLINT
  template <class Timer>
  requires std::is_enum_v<Timer>
  constexpr TimerKey(std::uint32_t owner_, Timer timer_)
      : owner(owner_), timer(static_cast<std::uint32_t>(timer_)) {}

  template <class Timer>
  requires std::is_enum_v<Timer> Timer as()
  const { return static_cast<Timer>(timer); }
  friend auto operator<=>(const TimerKey&, const TimerKey&) = default;
};

/// The world as a role sees it: its own host and the network around it. One lives as long as one
/// life of the host: a crash ends it, a restart brings a new one with the same name and disk.
///
/// All calls are made from within the role's handlers and take no time.
class Host {
 public:
  virtual ~Host() = default;

  /// The host's own clock, which may be wrong. Stands still while a handler runs.
  Instant now() const { return now_; }

  /// The stable name, such as `dc1/server/1`.
  virtual std::string_view name() const = 0;

  /// Has the role told `Due{key}` when this host's clock shows `due`, or at once if it does
  /// already. Replaces an earlier arming of the same key.
  virtual void arm(TimerKey key, Instant due) = 0;
  /// Forgets the timer; nothing happens if it is not armed.
  virtual void disarm(TimerKey key) = 0;

  /// Takes connections and datagrams to this port from now on.
  virtual void listen(net::Port port) = 0;
  /// Refuses new ones; connections that are open stay.
  virtual void unlisten(net::Port port) = 0;

  /// Begins to connect. The role is told `Connected` or `Closed` later. Frames may be sent at once
  /// and wait until then.
  virtual ConnectionId connect(const net::Address& to) = 0;

  /// Sends along a connection. Frames arrive in order, each once, or the connection ends. Dropped
  /// if the connection is gone.
  virtual void send(ConnectionId connection, net::Frame frame) = 0;

  /// Ends a connection in good order: what was sent still arrives, then the peer is told. This
  /// side is told nothing more about it.
  virtual void close(ConnectionId connection) = 0;
  /// Tears a connection down (RST): the peer is told `reset`.
  virtual void abort(ConnectionId connection) = 0;

  /// Sends outside any connection: it may be lost, and datagrams may overtake each other. Dropped
  /// where nobody listens.
  virtual void send_datagram(const net::Address& to, net::Frame frame) = 0;

  /// Writes a fact into the trace, caused by the event that is being handled. What the handler
  /// sends and arms after this call is caused by this record.
  virtual trace::RecordId record(trace::Fact fact) = 0;

  /// The stream of chance called `name` of this host: the same in every life of the host, so fork
  /// once and keep it.
  virtual Random random(std::string_view name) const = 0;

  virtual net::Disk& disk() = 0;

 protected:
  Instant now_{};
};

}  // namespace peerlab::engine
