#include "reference_world.hpp"

#include <algorithm>

namespace peerlab::apps {
namespace {

using namespace std::chrono_literals;

constexpr ReferenceWorld worlds[] = {
    {"reference", 100, 5, false, false, 60s, 3600s},
    {"small", 2, 1, true, false, 10s, 600s},
    {"ties", 10, 3, false, true, 10s, 600s},
    {"large", 1000, 5, false, false, 60s, 600s},
};

}  // namespace

std::optional<ReferenceWorld> reference_world(std::string_view name) {
  for (const ReferenceWorld& world : worlds) {
    if (world.name == name) return world;
  }
  return std::nullopt;
}

Duration Seeded::wan_delay(std::uint32_t from, std::uint32_t to) const {
  const std::uint64_t hash = mix(from * 1000ULL + to, 7 + 1000 * seed);
  if (world.round_times) return 5ms * static_cast<std::int64_t>(1 + hash % 10);
  return 5ms + Duration(static_cast<std::int64_t>(hash % 45'000'000));
}

Duration Seeded::first_firing(std::uint64_t timer, Duration period) const {
  const std::uint64_t hash = mix(timer, 99 + 1000 * seed);
  const auto nanos = static_cast<std::uint64_t>(period.count());
  if (world.round_times) return 1s * static_cast<std::int64_t>(1 + hash % (nanos / 1'000'000'000));
  return 2ns + Duration(static_cast<std::int64_t>(hash % nanos));
}

std::vector<std::uint32_t> peers_of(std::uint32_t datacenter, const ReferenceWorld& world) {
  std::vector<std::uint32_t> peers;
  const auto add = [&](std::uint32_t peer) {
    if (peer != datacenter && std::find(peers.begin(), peers.end(), peer) == peers.end())
      peers.push_back(peer);
  };
  for (std::uint32_t step = 1; step <= world.reach; ++step) {
    add((datacenter + step) % world.datacenters);
    add((datacenter + world.datacenters - step) % world.datacenters);
  }
  return peers;
}

}  // namespace peerlab::apps
