#pragma once

#include <algorithm>
#include <optional>

#include "peerlab/base/time.hpp"

namespace peerlab::peering {

/// A bucket of `burst` tokens, to which one is added each `interval`: Go's rate.Limiter.
class Limiter {
 public:
  Limiter(Duration interval, int burst) : interval_(interval), burst_(burst) {}

  /// Takes a token. Where there is none, takes none and tells when there will be one.
  std::optional<Instant> take(Instant now) {
    const Instant begins = std::max(full_, now);
    const Instant earliest = begins - (burst_ - 1) * interval_;
    if (earliest > now) return earliest;
    full_ = begins + interval_;
    return std::nullopt;
  }

 private:
  Duration interval_;
  int burst_;
  Instant full_ = Instant::min();  ///< when the bucket will be full again
};

}  // namespace peerlab::peering
