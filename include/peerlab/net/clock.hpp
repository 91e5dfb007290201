#pragma once

#include <cstdint>

#include "peerlab/base/time.hpp"

namespace peerlab::net {

/// A host's own clock: what it shows at each instant of the simulation.
///
/// Runs `drift_ppm` millionths fast (negative: slow), `offset` ahead at the start, and can be made
/// to jump. Integers throughout: the reading is rounded down to the nanosecond.
class ClockModel {
 public:
  ClockModel() = default;
  /// `drift_ppm` must be above -1,000,000: a clock does not stand still or run backwards.
  explicit ClockModel(Duration offset, std::int64_t drift_ppm = 0, Instant since = Instant{});

  /// What the clock shows at the instant `global`, which must not lie before the last change.
  Instant shows(Instant global) const;

  /// The first instant at which the clock shows `local` or more, if nothing changes it before.
  /// Times that it showed before the last change map to instants that may be wrong.
  Instant when(Instant local) const;

  /// Sets the clock forward (or back) at the instant `global`.
  void jump(Instant global, Duration by);

  /// From the instant `global` on the clock runs at another speed; its reading stays.
  void drift(Instant global, std::int64_t drift_ppm);

  std::int64_t drift_ppm() const { return drift_ppm_; }

  /// Whether the clock shows the time of the simulation.
  bool is_exact() const { return drift_ppm_ == 0 && shown_ == since_; }

 private:
  Instant since_{};  // the last change ...
  Instant shown_{};  // ... and what the clock showed then
  std::int64_t drift_ppm_ = 0;
};

}  // namespace peerlab::net
