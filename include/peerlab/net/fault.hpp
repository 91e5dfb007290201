#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "peerlab/base/time.hpp"
#include "peerlab/net/address.hpp"
#include "peerlab/net/link.hpp"

namespace peerlab::net {

enum class Direction { one_way, both_ways };

/// From now on the links from one group to the other behave like this. The most specific pair of
/// groups counts where several name a link; between equals the later one.
struct ShapeLink {
  HostGroup from, to;
  LinkModel model;
  Direction direction = Direction::both_ways;
};

/// Nothing passes from one group to the other. Datagrams are lost. What connections carry waits and
/// is retransmitted, so that it arrives after a `Heal` if no side has given up by then.
struct Cut {
  HostGroup from, to;
  Direction direction = Direction::both_ways;
};

/// Undoes every `Cut` of the same two groups in the direction given.
struct Heal {
  HostGroup from, to;
  Direction direction = Direction::both_ways;
};

/// The hosts send nothing from their applications, yet their connections stay up: keepalives and
/// acknowledgements still flow. What is sent meanwhile goes out at `Unmute`.
struct Mute {
  HostGroup hosts;
};
struct Unmute {
  HostGroup hosts;
};

/// Every connection between the groups is reset at both ends, now.
struct ResetConnections {
  HostGroup one, other;
};

/// Something between the groups forgets their connections and swallows what they carry from now
/// on. Neither side is told: each finds out by its own timeouts, or when it sends and gives up
/// retransmitting. New connections work.
struct HalfOpen {
  HostGroup one, other;
};

/// The power fails: memory and unsynced writes are gone, and nobody is told. A peer that sends
/// finds out when the host is back and answers with a reset, or gives up.
struct Crash {
  HostGroup hosts;
};

/// The process dies, its operating system lives: peers get resets, the disk keeps all writes.
struct Kill {
  HostGroup hosts;
};

/// The role stops in good order; its connections are closed.
struct Stop {
  HostGroup hosts;
};

/// Starts hosts that do not run, with the disk they left behind. Running ones stay as they are.
struct Start {
  HostGroup hosts;
};

/// The process stands still (SIGSTOP). What arrives waits; timers that are due fire at `Resume`.
struct Pause {
  HostGroup hosts;
};
struct Resume {
  HostGroup hosts;
};

/// Sets the hosts' clocks. Pending timers keep the time that remains to them, as timers on a
/// monotonic clock do.
struct JumpClock {
  HostGroup hosts;
  Duration by{0};
};

/// Makes the hosts' clocks run fast (or slow). Pending timers keep their instant.
struct DriftClock {
  HostGroup hosts;
  std::int64_t ppm = 0;
};

/// Everything that can be done to links, hosts and clocks. To add one: a struct above, its name
/// here, its text in fault.cpp and an `apply` in the engine; the compiler names the places.
using Fault = std::variant<ShapeLink, Cut, Heal, Mute, Unmute, ResetConnections, HalfOpen, Crash,
                           Kill, Stop, Start, Pause, Resume, JumpClock, DriftClock>;

/// One line for people: `cuts east from west, both ways`.
std::string text(const Fault& fault);

/// Why a connection ended, as the side that is told sees it.
enum class Closing {
  by_peer,      ///< the other side closed it in good order
  reset,        ///< the other side, or something between, tore it down
  timed_out,    ///< nothing was acknowledged until the sender gave up
  refused,      ///< nobody listens there
  unreachable,  ///< no host has that address
};
std::string_view text(Closing closing);

}  // namespace peerlab::net
