#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "peerlab/base/hash.hpp"
#include "peerlab/base/time.hpp"

namespace peerlab::apps {

/// The reference worlds: datacenters that peer with each other on a ring, defined to the
/// nanosecond, so that simulators can be compared on the same work. They are not Consul; they have
/// its traffic pattern. docs/performance.md describes them and holds the figures.
struct ReferenceWorld {
  std::string_view name;
  std::uint32_t datacenters;
  std::uint32_t reach;  ///< each leader peers with those up to this far away on the ring
  bool gateways;
  bool round_times;  ///< so that many events coincide
  Duration service_period;
  Duration horizon;
};

std::optional<ReferenceWorld> reference_world(std::string_view name);

inline constexpr Duration lan_delay = std::chrono::microseconds(500);
inline constexpr Duration heartbeat_period = std::chrono::seconds(15);
inline constexpr std::uint32_t followers = 2;
inline constexpr std::uint32_t services = 10;
inline constexpr std::uint32_t slots_per_datacenter = 16;

/// What an event is; the numbers stand in the digest.
enum class Kind : std::uint8_t {
  heartbeat_timer = 1,
  heartbeat,
  ping,
  update,
  replicate,
  ack,
  follower_timer,
  pong,
  service_timer,
  relay,
};

/// Delays and phases of one seed.
struct Seeded {
  const ReferenceWorld& world;
  std::uint64_t seed = 0;

  Duration wan_delay(std::uint32_t from, std::uint32_t to) const;
  Duration first_firing(std::uint64_t timer, Duration period) const;
};

/// In the order in which a leader writes to them.
std::vector<std::uint32_t> peers_of(std::uint32_t datacenter, const ReferenceWorld& world);

/// What a run is judged by: sums that do not depend on the order of events, and a trace that does.
struct Tally {
  std::uint64_t events = 0;
  std::uint64_t digest = 0;
  std::uint64_t state = 0;
  std::uint64_t trace = 0;
  bool tracing = false;

  void event(Duration at, Kind kind, std::uint32_t datacenter, std::uint64_t value) {
    const std::uint64_t hash =
        mix(mix(static_cast<std::uint64_t>(at.count()), static_cast<std::uint64_t>(kind)),
            mix(datacenter, value));
    ++events;
    digest += hash;
    if (tracing) trace = mix(trace, hash);
  }
};

}  // namespace peerlab::apps
