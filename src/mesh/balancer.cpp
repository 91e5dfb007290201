#include "peerlab/mesh/balancer.hpp"

#include <algorithm>
#include <vector>

namespace peerlab::mesh {

std::optional<Endpoint> Balancer::pick(const Cluster& cluster) {
  const auto healthy = static_cast<std::size_t>(
      std::ranges::count(cluster.endpoints, Health::healthy, &Endpoint::health));
  const bool panic = cluster.panics && 2 * healthy < cluster.endpoints.size();

  // Smooth weighted round robin: everybody earns its weight, the richest pays for all. With equal
  // weights this is the plain order of the list.
  auto& credit = credit_[cluster.name];
  const Endpoint* chosen = nullptr;
  std::int64_t total = 0;
  for (const auto& endpoint : cluster.endpoints) {
    if (!panic && endpoint.health == Health::unhealthy) continue;
    auto& own = credit[endpoint.address];
    own += endpoint.weight;
    total += endpoint.weight;
    if (chosen == nullptr || own > credit[chosen->address]) chosen = &endpoint;
  }
  if (chosen == nullptr) return std::nullopt;
  credit[chosen->address] -= total;
  return *chosen;
}

}  // namespace peerlab::mesh
