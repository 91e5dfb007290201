#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "peerlab/base/random.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/text/codes.hpp"

namespace peerlab::text {

/// Why a text does not have the form it should, for a finding or for a message of the command
/// line.
struct Problem {
  Code code;
  std::string message;  ///< names the text: "`5` has no unit"
  std::string help;     ///< what to write instead
};

template <class T>
using Parsed = tl::expected<T, Problem>;

/// `250ms`, `5s`, `1m30s`, `1.5h`, `0`: units h, m, s, ms, us, ns, the larger first. Exact: what
/// is finer than a nanosecond is refused.
Parsed<Duration> parse_duration(std::string_view text);

/// The same, with a sign allowed in front: `-5s`, `+5s`. For clocks that are set back.
Parsed<Duration> parse_signed_duration(std::string_view text);

/// Bytes: `64B`, `10kB`, `5MB`, `1GB`, `512KiB`, `8MiB`, `2GiB`, `0`.
Parsed<std::uint64_t> parse_size(std::string_view text);

struct BitRate {
  std::uint64_t bits_per_second = 0;
  friend bool operator==(const BitRate&, const BitRate&) = default;
};

/// `800bit`, `200kbit`, `1Mbit`, `10Gbit`, each per second, in powers of 1,000 as tc counts.
Parsed<BitRate> parse_bit_rate(std::string_view text);

/// So many times in every period.
struct Frequency {
  std::uint64_t times = 0;
  Duration period = std::chrono::seconds(1);
  friend bool operator==(const Frequency&, const Frequency&) = default;
};

/// `50/s`, `30/m`, `10/h`.
Parsed<Frequency> parse_frequency(std::string_view text);

/// `1%`, `0.5%`, `100%`: a ratio in lowest terms, from 0 to 1.
Parsed<Ratio> parse_percent(std::string_view text);

/// A decimal whole number within [least, most].
Parsed<std::int64_t> parse_integer(std::string_view text, std::int64_t least, std::int64_t most);

}  // namespace peerlab::text
