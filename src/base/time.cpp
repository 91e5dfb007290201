#include "peerlab/base/time.hpp"

#include <fmt/format.h>

namespace peerlab {
namespace {

constexpr std::int64_t nanos_per_second = 1'000'000'000;

/// Writes `nanos` (below a second) as a decimal fraction without trailing zeros, or nothing.
std::string fraction(std::int64_t nanos) {
  if (nanos == 0) return "";
  std::string digits = fmt::format(".{:09}", nanos);
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

std::string with_fraction(std::int64_t count, std::int64_t unit, const char* suffix) {
  std::int64_t rest = count % unit;
  if (rest == 0) return fmt::format("{}{}", count / unit, suffix);
  for (std::int64_t scale = unit; scale < nanos_per_second; scale *= 10) rest *= 10;
  return fmt::format("{}{}{}", count / unit, fraction(rest), suffix);
}

}  // namespace

std::int64_t unix_nanos(Instant instant) {
  return epoch_unix_seconds * nanos_per_second + instant.time_since_epoch().count();
}

Instant instant_of_unix_nanos(std::int64_t nanos) {
  return Instant(Duration(nanos - epoch_unix_seconds * nanos_per_second));
}

std::string rfc3339(Instant instant) {
  using namespace std::chrono;
  const sys_time<nanoseconds> date(nanoseconds(unix_nanos(instant)));
  const sys_days day = floor<days>(date);
  const year_month_day calendar(day);
  const hh_mm_ss<nanoseconds> time(date - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(calendar.year()),
                     static_cast<unsigned>(calendar.month()), static_cast<unsigned>(calendar.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     fraction(time.subseconds().count()));
}

std::string go_duration(Duration duration) {
  // time.Duration.String of Go's standard library: below a second the largest unit that fits,
  // from a second on hours, minutes and seconds.
  std::int64_t count = duration.count();
  if (count == 0) return "0s";
  const std::string sign = count < 0 ? "-" : "";
  if (count < 0) count = -count;
  if (count < 1'000) return sign + fmt::format("{}ns", count);
  if (count < 1'000'000) return sign + with_fraction(count, 1'000, "µs");
  if (count < nanos_per_second) return sign + with_fraction(count, 1'000'000, "ms");
  const std::int64_t seconds = count / nanos_per_second;
  std::string text = sign;
  if (seconds >= 3600) text += fmt::format("{}h", seconds / 3600);
  if (seconds >= 60) text += fmt::format("{}m", seconds / 60 % 60);
  return text + fmt::format("{}{}s", seconds % 60, fraction(count % nanos_per_second));
}

std::string seconds_text(Duration since_start) {
  const std::int64_t millis = since_start.count() / 1'000'000;
  return fmt::format("{}.{:03}s", millis / 1000, millis % 1000);
}

}  // namespace peerlab
