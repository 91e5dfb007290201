#pragma once

#include <cstdint>

#include "event_queue.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/engine/host.hpp"
#include "peerlab/net/frame.hpp"
#include "peerlab/trace/trace.hpp"

namespace caf {
class mailbox_element;
}

namespace peerlab::engine {

class Life;
struct Machine;

/// A slot number in the queue: what kind of slot, and its cell.
inline constexpr std::uint32_t timer_bit = 1;
inline std::uint32_t timer_slot(std::uint32_t cell) { return cell << 1U | timer_bit; }
inline std::uint32_t event_slot(std::uint32_t cell) { return cell << 1U; }
inline std::uint32_t index_of(std::uint32_t slot) { return slot >> 1U; }
inline bool is_timer(std::uint32_t slot) { return (slot & timer_bit) != 0; }

/// A timer of a role, from its first arming until it has fired or was forgotten.
///
/// Arming again for later leaves the queued event where it is: when that comes up, it is queued
/// again with the key it should have. So a deadline that is moved all the time costs nothing.
struct alignas(64) TimerSlot {
  Life* life = nullptr;
  const void* ahead = nullptr;  ///< what its handler is likely to touch: the half it sent on
  Key due = 0;     ///< when it is to fire, with the order it got when armed; 0 if it is not armed
  Key queued = 0;  ///< the key that stands for it in the queue; other keys of this slot are stale
  TimerKey key;
  trace::RecordId cause;
};

/// What an Event is. The values are part of the run's fingerprint.
enum class What : std::uint8_t {
  none,
  frame,  ///< along a connection
  datagram,
  syn,      ///< a dialer knocks ...
  syn_ack,  ///< ... the other side has answered ...
  accept,   ///< ... and has heard that the answer arrived
  fin,
  rst,      ///< `why` tells reset, refused or unreachable
  dial,     ///< the dialer repeats its SYN
  retry,    ///< a sender tries again what was held back
  give_up,  ///< a sender has waited long enough
  start,    ///< a life begins
  end,      ///< a life ends after the handler that asked for it
  message,  ///< a CAF message
  timeout,  ///< a CAF timeout
  command,  ///< a command for whichever life the host has by then
  fault,
  timer,  ///< not an Event: how timers stand in the fingerprint
};

/// Anything but a timer that is still to happen. Two cache lines, of which small frames use one.
struct alignas(64) Event {
  Life* to = nullptr;
  const void* ahead = nullptr;   ///< what its handler will touch: the half
  std::uint32_t half = 0;        ///< the receiving half of a connection; or a machine
  std::uint32_t generation = 0;  ///< of that connection; or a port
  trace::RecordId cause;
  union {
    std::uint64_t number = 0;
    caf::mailbox_element* message;
  };
  What what = What::none;
  std::uint8_t attempt = 0;
  net::Closing why = net::Closing::by_peer;
  net::Frame frame;
};
/// How both kinds of slot begin: what to fetch into the cache before they come up.
struct SlotHead {
  const Life* life;
  const void* ahead;
};
static_assert(sizeof(TimerSlot) == 64 && sizeof(Event) == 128);

}  // namespace peerlab::engine
