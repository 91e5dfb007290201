#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "links.hpp"
#include "machine.hpp"
#include "peerlab/engine/connection.hpp"
#include "peerlab/net/fault.hpp"
#include "pool.hpp"
#include "slots.hpp"

namespace peerlab::engine {

class Core;

/// What a half could not send yet, and since when nothing of it was acknowledged.
struct Stall {
  struct Held {
    What what;  // frame or fin
    net::Frame frame;
    trace::RecordId cause;
  };
  static constexpr Instant never = Instant::max();

  std::vector<Held> held;
  Instant began = never;  ///< the first transmission that got no answer
};

/// One end of a connection, in one cache line. The two ends have neighbouring slots, the dialer's
/// the even one.
struct alignas(64) Half {
  enum class State : std::uint8_t {
    none,
    dialing,    ///< the dialer's, until the SYN is answered
    accepting,  ///< the other's, until that answer is acknowledged
    open,
    closing,  ///< closed by its role, with things left to send
    closed,
    dead,  ///< its host lost power: nobody answers for it until the host is back
  };

  Life* owner = nullptr;
  Life* peer = nullptr;
  Machine* machine = nullptr;             ///< of this end
  SimLink* link = nullptr;                ///< from this end to the other
  Duration latency{0};                    ///< of the link, where `fast`
  Instant last_arrival = Instant::min();  ///< of what this end sent: the stream keeps its order
  std::unique_ptr<Stall> stall;
  std::uint32_t generation = 0;
  net::Port port = 0;
  State state = State::none;
  bool fast : 1 = false;       ///< open, on a plain link, with nothing in the way
  bool swallowed : 1 = false;  ///< by a HalfOpen
};
static_assert(sizeof(Half) == 64);

/// All connections, and what TCP would do for them.
///
/// Modelled: the three-way handshake with its retries; order; retransmission after loss and after
/// a cut, with the sender's patience of a quarter of an hour; FIN and RST; hosts that lose power
/// and come back without state. Not modelled: windows, congestion, acknowledgements as traffic.
class Connections {
 public:
  Connections(Core& core, Links& links) : core_(core), links_(links) {}

  ConnectionId connect(Life& life, const net::Address& to);
  void close(Life& life, ConnectionId id);
  void abort(Life& life, ConnectionId id);
  void send_datagram(Life& life, const net::Address& to, net::Frame frame);

  /// The half of a connection that this life may send on, or null.
  Half* open_half(Life& life, ConnectionId id) {
    if (id.index >= halves_.size()) return nullptr;
    Half& half = halves_[id.index];
    return half.generation == id.generation && half.owner == &life ? &half : nullptr;
  }
  Half& operator[](std::uint32_t index) { return halves_[index]; }

  /// Sends where something may be in the way. `half` may be closed.
  void send_slowly(std::uint32_t index, net::Frame frame);

  /// Handles an event of a connection, but not the ordinary delivery of a frame.
  void handle(Event& event);
  /// A frame that reached an end which is not open.
  void undeliverable(Event& event);
  void deliver_datagram(Event& event);

  // Faults. The links have been changed before.
  void links_changed();
  void reset_between(const net::HostGroup& one, const net::HostGroup& other);
  void half_open(const net::HostGroup& one, const net::HostGroup& other);
  /// The host's life ends: its ends die in silence (power), are reset (killed) or closed (stopped).
  enum class Ending { power, killed, stopped };
  void life_ended(Life& life, Ending ending);
  /// The host has power again; it knows nothing of its connections.
  void power_back(Machine& machine);

 private:
  Half& other(std::uint32_t index) { return halves_[index ^ 1U]; }
  std::uint32_t take_pair();
  void release_if_done(std::uint32_t index);

  void dial(std::uint32_t index, std::uint8_t attempt);
  void redial(std::uint32_t index, std::uint8_t attempt, Instant sent);
  void on_syn(Event& event);
  void on_syn_ack(Event& event);
  void on_accept(Event& event);
  void on_fin(Event& event);
  void on_rst(Event& event);
  void on_retry(Event& event);
  void on_give_up(Event& event);
  /// Ends a half for its owner and tells the role.
  void close_and_tell(std::uint32_t index, net::Closing why);

  bool network_blocks(std::uint32_t index);
  void refresh(std::uint32_t index);
  void refresh_pair(std::uint32_t index);
  void resume(std::uint32_t index);
  void flush(std::uint32_t index);
  void hold(std::uint32_t index, What what, net::Frame frame);
  void unanswered(std::uint32_t index);
  void transmit(std::uint32_t index, What what, net::Frame frame);
  void send_reset(std::uint32_t index, net::Closing why);
  void tell_reset(std::uint32_t index, Instant at, net::Closing why);
  Event& schedule(std::uint32_t index, Instant at, What what);

  Core& core_;
  Links& links_;
  Pool<Half> halves_;
  std::vector<std::uint32_t> free_pairs_;
  std::map<std::uint32_t, std::string> unknown_;  // what was dialed where no host has that address
};

}  // namespace peerlab::engine
