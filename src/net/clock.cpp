#include "peerlab/net/clock.hpp"

#include "peerlab/base/assert.hpp"

namespace peerlab::net {
namespace {

__extension__ using Wide = __int128;
constexpr Wide million = 1'000'000;

Wide floor_div(Wide dividend, Wide divisor) {
  const Wide quotient = dividend / divisor;
  return dividend % divisor < 0 ? quotient - 1 : quotient;
}

}  // namespace

ClockModel::ClockModel(Duration offset, std::int64_t drift_ppm, Instant since)
    : since_(since), shown_(since + offset), drift_ppm_(drift_ppm) {
  PEERLAB_ASSERT(drift_ppm > -1'000'000);
}

Instant ClockModel::shows(Instant global) const {
  const Duration passed = global - since_;
  const Wide drifted = floor_div(Wide{passed.count()} * drift_ppm_, million);
  return shown_ + passed + Duration(static_cast<std::int64_t>(drifted));
}

Instant ClockModel::when(Instant local) const {
  // shows(g) = passed + floor(passed * ppm / 10^6) reaches a whole number w exactly when
  // passed * (10^6 + ppm) / 10^6 does, so the first such `passed` is a division rounded up.
  const Wide wanted = Wide{(local - shown_).count()} * million;
  const Wide passed = -floor_div(-wanted, million + drift_ppm_);
  return since_ + Duration(static_cast<std::int64_t>(passed));
}

void ClockModel::jump(Instant global, Duration by) {
  shown_ = shows(global) + by;
  since_ = global;
}

void ClockModel::drift(Instant global, std::int64_t drift_ppm) {
  PEERLAB_ASSERT(drift_ppm > -1'000'000);
  shown_ = shows(global);
  since_ = global;
  drift_ppm_ = drift_ppm;
}

}  // namespace peerlab::net
