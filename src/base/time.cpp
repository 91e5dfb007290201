#include "peerlab/base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

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

std::optional<Duration> parse_go_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 8> units = {{
      {"ns", 1},
      {"us", 1'000},
      {"\u00b5s", 1'000},  // U+00B5, micro sign
      {"\u03bcs", 1'000},  // U+03BC, Greek letter mu
      {"ms", 1'000'000},
      {"s", nanos_per_second},
      {"m", 60 * nanos_per_second},
      {"h", 3600 * nanos_per_second},
  }};
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Duration(0);
  if (text.empty()) return std::nullopt;

  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::int64_t total = 0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    std::int64_t whole = 0;
    for (const char digit : text.substr(0, digits)) {
      if (whole > (most - 9) / 10) return std::nullopt;
      whole = whole * 10 + (digit - '0');
    }
    text.remove_prefix(digits);
    std::string_view fraction_digits;
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      fraction_digits = text.substr(0, text.find_first_not_of("0123456789"));
      text.remove_prefix(fraction_digits.size());
    }
    if (digits == 0 && fraction_digits.empty()) return std::nullopt;

    const std::string_view name = text.substr(0, text.find_first_of(".0123456789"));
    const auto* const unit =
        std::ranges::find(units, name, &std::pair<std::string_view, std::int64_t>::first);
    if (unit == units.end() || whole > (most - total) / unit->second) return std::nullopt;
    text.remove_prefix(name.size());
    std::int64_t part = whole * unit->second;
    std::int64_t scale = unit->second;
    // Digits beyond a nanosecond are cut, not rounded, as in Go.
    for (const char digit : fraction_digits) part += (digit - '0') * (scale /= 10);
    if (part > most - total) return std::nullopt;
    total += part;
  }
  return Duration(negative ? -total : total);
}

std::string seconds_text(Duration since_start) {
  const std::int64_t nanos = since_start.count();
  const std::int64_t millis = (nanos < 0 ? -nanos : nanos) / 1'000'000;
  return fmt::format("{}{}.{:03}s", nanos < 0 ? "-" : "", millis / 1000, millis % 1000);
}

}  // namespace peerlab
