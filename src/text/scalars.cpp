#include "peerlab/text/scalars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "peerlab/text/suggest.hpp"
#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

/// A kind of quantity: what it is called, how it is written.
struct Quantity {
  const Code& code;
  std::string_view what;
  std::string_view example;
  std::span<const Unit> units;
};

constexpr Unit time_units[] = {
    {"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000},
    {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1}};
constexpr Unit size_units[] = {
    {"B", 1},           {"kB", 1'000},      {"MB", 1'000'000}, {"GB", 1'000'000'000},
    {"KiB", 1U << 10U}, {"MiB", 1U << 20U}, {"GiB", 1U << 30U}};
constexpr Unit bit_units[] = {
    {"bit", 1}, {"kbit", 1'000}, {"Mbit", 1'000'000}, {"Gbit", 1'000'000'000}};
constexpr Unit period_units[] = {
    {"/s", 1'000'000'000}, {"/m", 60'000'000'000}, {"/h", 3'600'000'000'000}};

constexpr Quantity duration{codes::bad_duration, "duration", "5s", time_units};
constexpr Quantity size{codes::bad_size, "size", "8MiB", size_units};
constexpr Quantity bit_rate{codes::bad_rate, "bit rate", "200kbit", bit_units};
constexpr Quantity frequency{codes::bad_rate, "frequency", "50/s", period_units};

/// Words that other tools take for units of time.
struct Spelling {
  std::string_view written;
  std::string_view unit;
};
constexpr Spelling spellings[] = {
    {"sec", "s"},      {"secs", "s"},     {"second", "s"},  {"seconds", "s"}, {"min", "m"},
    {"mins", "m"},     {"minute", "m"},   {"minutes", "m"}, {"hr", "h"},      {"hrs", "h"},
    {"hour", "h"},     {"hours", "h"},    {"msec", "ms"},   {"millis", "ms"}, {"usec", "us"},
    {"K", "kB"},       {"k", "kB"},       {"M", "MB"},      {"G", "GB"},      {"Ki", "KiB"},
    {"Mi", "MiB"},     {"Gi", "GiB"},     {"bytes", "B"},   {"kbps", "kbit"}, {"mbps", "Mbit"},
    {"Mbps", "Mbit"},  {"Gbps", "Gbit"},  {"bps", "bit"},   {"/sec", "/s"},   {"/min", "/m"},
    {"/second", "/s"}, {"/minute", "/m"}, {"/hour", "/h"},  {"rps", "/s"},    {"qps", "/s"},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::vector<std::string_view> names(std::span<const Unit> units) {
  std::vector<std::string_view> found;
  for (const Unit& unit : units) found.push_back(unit.name);
  return found;
}

std::string units_help(const Quantity& quantity) {
  return fmt::format("units are {}", enumerate(names(quantity.units)));
}

tl::unexpected<Problem> malformed(const Quantity& quantity, std::string_view text) {
  const bool spaced = text.find(' ') != std::string_view::npos;
  return tl::unexpected(
      Problem{quantity.code, fmt::format("{} is not a {}", quote(text), quantity.what),
              spaced ? fmt::format("write it without spaces, as in `{}`", quantity.example)
                     : fmt::format("write a number with a unit, as in `{}`", quantity.example)});
}

tl::unexpected<Problem> too_large(const Quantity& quantity, std::string_view text) {
  return tl::unexpected(Problem{quantity.code,
                                fmt::format("{} is too large for a {}", quote(text), quantity.what),
                                "it must fit into 64 bits"});
}

tl::unexpected<Problem> unknown_unit(const Quantity& quantity, std::string_view text,
                                     std::string_view unit) {
  if (unit.empty()) {
    return tl::unexpected(
        Problem{quantity.code, fmt::format("{} has no unit", quote(text)),
                fmt::format("{}, as in `{}`", units_help(quantity), quantity.example)});
  }
  std::optional<std::string> meant;
  const auto known = names(quantity.units);
  for (const Spelling& spelling : spellings) {
    const bool here = std::find(known.begin(), known.end(), spelling.unit) != known.end();
    if (here && spelling.written == unit) meant = spelling.unit;
  }
  if (!meant) meant = did_you_mean(unit, known);
  return tl::unexpected(
      Problem{quantity.code, fmt::format("unknown unit {} in {}", quote(unit), quote(text)),
              meant ? fmt::format("did you mean {}? {}", quote(*meant), units_help(quantity))
                    : units_help(quantity)});
}

/// Digits, and the power of ten of the last of them: 1.25 is 1 and 25 / 100.
struct Number {
  std::uint64_t whole = 0;
  std::uint64_t fraction = 0;
  std::uint64_t scale = 1;
};

enum class Trouble { none, malformed, too_large };

/// Takes a number off the front of `text`. More than 18 decimals are malformed, unless zeros.
Trouble take_number(std::string_view& text, Number& number) {
  const auto run = [&] {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(digits.size());
    return digits;
  };
  const std::string_view whole = run();
  if (whole.empty()) return Trouble::malformed;
  const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), number.whole);
  if (read.ec != std::errc{}) return Trouble::too_large;
  if (!text.starts_with('.')) return Trouble::none;
  text.remove_prefix(1);
  std::string_view decimals = run();
  if (decimals.empty()) return Trouble::malformed;
  while (decimals.ends_with('0')) decimals.remove_suffix(1);
  if (decimals.size() > 18) return Trouble::malformed;
  for (const char digit : decimals) {
    number.fraction = number.fraction * 10 + static_cast<std::uint64_t>(digit - '0');
    number.scale *= 10;
  }
  return Trouble::none;
}

/// `number` times `factor`, if that is a whole number of at most 64 bits.
std::optional<std::uint64_t> multiply(const Number& number, std::uint64_t factor, bool& exact) {
  const std::uint64_t shared = std::gcd(factor, number.scale);
  exact = number.fraction % (number.scale / shared) == 0;
  const std::uint64_t part = number.fraction / (number.scale / shared) * (factor / shared);
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(number.whole, factor, &product) ||
      __builtin_add_overflow(product, part, &product)) {
    return std::nullopt;
  }
  return product;
}

std::string_view take_unit(std::string_view& text) {
  const auto end = std::find_if(text.begin(), text.end(), is_digit);
  const std::string_view unit = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(unit.size());
  return unit;
}

/// One number and one unit; for durations, several such pairs whose units grow smaller.
Parsed<std::uint64_t> parse(const Quantity& quantity, std::string_view text, bool several) {
  std::string_view rest = text;
  if (rest.empty()) return malformed(quantity, text);
  std::uint64_t sum = 0;
  std::uint64_t last_factor = std::numeric_limits<std::uint64_t>::max();
  do {
    Number number;
    const Trouble trouble = take_number(rest, number);
    if (trouble == Trouble::malformed) return malformed(quantity, text);
    if (trouble == Trouble::too_large) return too_large(quantity, text);
    std::string_view unit = take_unit(rest);
    if (unit == "\xC2\xB5s" || unit == "\xCE\xBCs") unit = "us";  // the micro sign, and mu
    const auto known = std::find_if(quantity.units.begin(), quantity.units.end(),
                                    [&](const Unit& candidate) { return candidate.name == unit; });
    if (known == quantity.units.end()) {
      if (unit.find(' ') != std::string_view::npos) return malformed(quantity, text);
      // Zero is zero in any unit.
      if (unit.empty() && text == "0") return 0;
      return unknown_unit(quantity, text, unit);
    }
    if (known->factor >= last_factor || (!several && !rest.empty())) {
      return malformed(quantity, text);
    }
    last_factor = known->factor;
    bool exact = true;
    const auto part = multiply(number, known->factor, exact);
    if (!part || __builtin_add_overflow(sum, *part, &sum)) return too_large(quantity, text);
    if (!exact) {
      return tl::unexpected(Problem{
          quantity.code, fmt::format("{} has too many decimals", quote(text)),
          fmt::format("the smallest unit is `{}`", several ? "ns" : quantity.units.front().name)});
    }
  } while (!rest.empty());
  return sum;
}

}  // namespace

Parsed<Duration> parse_duration(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) {
    return tl::unexpected(Problem{
        codes::bad_duration, fmt::format("{} has a sign, and none may stand here", quote(text)),
        "write a duration of zero or more, as in `5s`"});
  }
  return parse_signed_duration(text);
}

Parsed<Duration> parse_signed_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view amount = text.substr(negative || text.starts_with('+') ? 1 : 0);
  return parse(duration, amount, true).and_then([&](std::uint64_t nanoseconds) -> Parsed<Duration> {
    if (nanoseconds > static_cast<std::uint64_t>(Duration::max().count())) {
      return too_large(duration, text);
    }
    const Duration found(static_cast<std::int64_t>(nanoseconds));
    return negative ? -found : found;
  });
}

Parsed<std::uint64_t> parse_size(std::string_view text) { return parse(size, text, false); }

Parsed<BitRate> parse_bit_rate(std::string_view text) {
  return parse(bit_rate, text, false).map([](std::uint64_t bits) { return BitRate{bits}; });
}

Parsed<Frequency> parse_frequency(std::string_view text) {
  std::string_view rest = text;
  Number number;
  const Trouble trouble = take_number(rest, number);
  if (trouble == Trouble::too_large) return too_large(frequency, text);
  if (trouble == Trouble::malformed || number.fraction != 0) return malformed(frequency, text);
  for (const Unit& unit : period_units) {
    if (unit.name == rest) {
      return Frequency{number.whole, Duration(static_cast<std::int64_t>(unit.factor))};
    }
  }
  return unknown_unit(frequency, text, rest);
}

Parsed<Ratio> parse_percent(std::string_view text) {
  const auto problem = [&](std::string_view complaint) {
    return tl::unexpected(
        Problem{codes::bad_percent, fmt::format("{} {}", quote(text), complaint),
                "write a number from 0 to 100 with a percent sign, as in `0.5%`"});
  };
  std::string_view rest = text;
  Number number;
  const Trouble trouble = take_number(rest, number);
  if (trouble == Trouble::malformed) return problem("is not a percentage");
  if (rest.empty()) return problem("has no percent sign");
  if (rest != "%") return problem("is not a percentage");
  if (trouble == Trouble::too_large || number.whole > 100 ||
      (number.whole == 100 && number.fraction > 0)) {
    return problem("is more than all");
  }
  if (number.scale > 1'000'000) return problem("has more than six decimals");
  const Ratio ratio{number.whole * number.scale + number.fraction, 100 * number.scale};
  const std::uint64_t shared = std::gcd(ratio.numerator, ratio.denominator);
  return Ratio{ratio.numerator / shared, ratio.denominator / shared};
}

Parsed<std::int64_t> parse_integer(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const std::string range = fmt::format("write a whole number from {} to {}", least, most);
  if (error == std::errc::invalid_argument || stop != end) {
    return tl::unexpected(
        Problem{codes::bad_number, fmt::format("{} is not a whole number", quote(text)), range});
  }
  if (error != std::errc{} || value < least || value > most) {
    return tl::unexpected(
        Problem{codes::bad_number, fmt::format("{} is out of range", quote(text)), range});
  }
  return value;
}

}  // namespace peerlab::text
