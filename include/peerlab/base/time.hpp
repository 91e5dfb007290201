#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace peerlab {

using Duration = std::chrono::nanoseconds;

/// The clock of a simulated world. It has no `now()`, on purpose: code that needs the time is
/// handed an `Instant` together with the event it must react to.
struct VirtualClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<VirtualClock, duration>;
  static constexpr bool is_steady = true;
};

/// Nanoseconds since the epoch of the simulation, which is 2026-01-01T00:00:00Z. A host's own
/// clock (with its offset and drift) gives the instants that its cores are told, and the dates
/// that they write follow from those.
using Instant = VirtualClock::time_point;

/// Seconds between 1970-01-01T00:00:00Z and the epoch of the simulation.
inline constexpr std::int64_t epoch_unix_seconds = 1'767'225'600;

/// Nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
std::int64_t unix_nanos(Instant instant);
Instant instant_of_unix_nanos(std::int64_t nanos);

/// The date as Go's RFC3339Nano writes it in UTC: `2026-01-01T00:00:12.5Z`, trailing zeros of the
/// fraction left out. This is how Consul's HTTP API shows times.
std::string rfc3339(Instant instant);

/// A duration as Go prints it: `1m30s`, `250ms`, `2h0m0s`, `0s`. Consul's API and messages use it.
std::string go_duration(Duration duration);

/// Reads what Go's time.ParseDuration reads: a sign, then decimal numbers each with one of the
/// units ns, us, µs, ms, s, m, h; or a bare 0. Nothing on any other text and on overflow.
std::optional<Duration> parse_go_duration(std::string_view text);

/// Seconds with milliseconds since the start of a run, for people: `12.084s`.
std::string seconds_text(Duration since_start);

}  // namespace peerlab

namespace std {

/// For failure messages of tests; namespace std because argument-dependent look-up of the
/// standard type must find them.
inline ostream& operator<<(ostream& out, peerlab::Duration duration) {
  return out << peerlab::go_duration(duration);
}
inline ostream& operator<<(ostream& out, peerlab::Instant instant) {
  return out << peerlab::rfc3339(instant);
}

}  // namespace std
