#include "peerlab/net/link.hpp"

#include <algorithm>

namespace peerlab::net {
namespace {

constexpr std::int64_t nanos_per_second = 1'000'000'000;

/// How long `bytes` take at the rate limit, rounded up.
Duration time_on_wire(std::size_t bytes, std::uint64_t bytes_per_second) {
  __extension__ using Wide = unsigned __int128;
  const Wide nanos = Wide{bytes} * nanos_per_second;
  return Duration(static_cast<std::int64_t>((nanos + bytes_per_second - 1) / bytes_per_second));
}

/// How many bytes wait if the wire is taken for that long.
std::uint64_t waiting_bytes(Duration taken, std::uint64_t bytes_per_second) {
  __extension__ using Wide = unsigned __int128;
  if (taken <= Duration::zero()) return 0;
  return static_cast<std::uint64_t>(Wide{static_cast<std::uint64_t>(taken.count())} *
                                    bytes_per_second / nanos_per_second);
}

}  // namespace

bool is_plain(const LinkModel& model) {
  return model.jitter == Duration::zero() && model.bytes_per_second == 0 &&
         model.loss.numerator == 0;
}

Instant Link::transmit(Instant sent, std::size_t bytes) {
  if (model_.bytes_per_second == 0) return sent;
  free_at_ = std::max(free_at_, sent) + time_on_wire(bytes, model_.bytes_per_second);
  return free_at_;
}

Instant Link::propagate(Instant left) {
  Instant arrival = left + model_.latency;
  if (model_.jitter > Duration::zero()) {
    const auto spread = static_cast<std::uint64_t>(model_.jitter.count()) + 1;
    arrival += Duration(static_cast<std::int64_t>(random_.below(spread)));
  }
  return arrival;
}

std::optional<Instant> Link::carry_datagram(Instant sent, std::size_t bytes) {
  if (model_.bytes_per_second != 0 && model_.queue_bytes != 0 &&
      waiting_bytes(free_at_ - std::min(free_at_, sent), model_.bytes_per_second) + bytes >
          model_.queue_bytes)
    return std::nullopt;
  const Instant left = transmit(sent, bytes);
  // A lost frame has taken its time on the wire all the same.
  if (model_.loss.numerator != 0 && random_.chance(model_.loss)) return std::nullopt;
  return propagate(left);
}

std::optional<Instant> Link::carry_segment(Instant sent, std::size_t bytes) {
  const Instant left = transmit(sent, bytes);
  if (model_.loss.numerator == 0) return propagate(left);
  const Retransmission schedule{2 * model_.latency};
  for (int attempt = 0; attempt <= Retransmission::retries; ++attempt) {
    if (!random_.chance(model_.loss)) return propagate(left + schedule.after(attempt));
  }
  return std::nullopt;
}

Duration Retransmission::after(int attempt) const {
  Duration passed{0};
  Duration wait = first + round_trip;
  for (int i = 0; i < attempt; ++i) {
    passed += std::min(wait, longest);
    wait *= 2;
  }
  return passed;
}

std::optional<Instant> Retransmission::next(Instant began, Instant now) const {
  for (int attempt = 0; attempt <= retries; ++attempt) {
    const Instant at = began + after(attempt);
    if (at >= now) return at;
  }
  return std::nullopt;
}

Duration Dialing::after(int attempt) {
  return std::chrono::seconds((std::int64_t{1} << attempt) - 1);
}

}  // namespace peerlab::net
