#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "peerlab/base/random.hpp"
#include "peerlab/base/time.hpp"

namespace peerlab::net {

/// How one direction of a network path behaves.
struct LinkModel {
  Duration latency{0};                 ///< last byte in to last byte out; not negative
  Duration jitter{0};                  ///< added to `latency`, uniform in [0, jitter]
  std::uint64_t bytes_per_second = 0;  ///< 0 means no limit
  std::uint64_t queue_bytes = 0;       ///< waiting at the rate limit; 0 means no limit
  Ratio loss{};                        ///< judged for each frame on its own
  friend bool operator==(const LinkModel&, const LinkModel&) = default;
};

/// Whether the model takes as long for every frame and loses none, so that an arrival is the time
/// of sending plus `latency`.
bool is_plain(const LinkModel& model);

/// One direction of a path between two hosts, with the bytes that wait at its rate limit.
///
/// Reads no clock and draws chance only from the `Random` it was made with: equal calls give equal
/// arrivals. Frames may overtake each other by jitter; the order of a connection is kept above
/// this class. `sent` must not lie before that of an earlier call.
class Link {
 public:
  Link(const LinkModel& model, Random random) : model_(model), random_(random) {}

  const LinkModel& model() const { return model_; }
  void set_model(const LinkModel& model) { model_ = model; }

  /// When a datagram arrives; nothing if it was lost or the queue was full.
  std::optional<Instant> carry_datagram(Instant sent, std::size_t bytes);

  /// What happens to a piece of a connection's stream. A loss costs it a retransmission, after
  /// the schedule of `Retransmission`; a full queue does not lose it, since the sender's window
  /// would have closed before. Nothing if every attempt was lost.
  std::optional<Instant> carry_segment(Instant sent, std::size_t bytes);

 private:
  /// Takes the frame through the rate limit: the instant at which its last byte is on the wire.
  Instant transmit(Instant sent, std::size_t bytes);
  Instant propagate(Instant left);

  LinkModel model_;
  Random random_;
  Instant free_at_ = Instant::min();  // when the last byte handed over will be on the wire
};

/// When a sender tries again while nothing is acknowledged (RFC 6298, with the bounds of Linux):
/// after 200 ms plus one round trip, then after twice as long each time but never more than two
/// minutes; after the 15th retry it waits once more and gives up, some 15 minutes after it began.
struct Retransmission {
  static constexpr Duration first{std::chrono::milliseconds(200)};
  static constexpr Duration longest{std::chrono::minutes(2)};
  static constexpr int retries = 15;

  Duration round_trip{0};

  /// How long after the first transmission the `attempt`-th retry is made; attempt 0 is the first
  /// transmission itself, `retries + 1` the moment of giving up.
  Duration after(int attempt) const;

  /// The first retry of a frame sent at `began` that is made at `now` or later; nothing if the
  /// sender has given up by then.
  std::optional<Instant> next(Instant began, Instant now) const;
};

/// When a dialer repeats its SYN (Linux, tcp_syn_retries = 6): after 1, 3, 7, 15, 31 and 63 s;
/// after 127 s it gives up. Same counting as `Retransmission::after`.
struct Dialing {
  static constexpr int retries = 6;
  static Duration after(int attempt);
};

}  // namespace peerlab::net
