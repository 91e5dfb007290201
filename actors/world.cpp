#include "actors/world.hpp"

#include <fmt/format.h>

#include "actors/conductor.hpp"
#include "actors/service_role.hpp"
#include "peerlab/engine/engine.hpp"

namespace peerlab::actors {
namespace {

// Half of a usual round trip: within a datacenter, and between two of them on one continent.
constexpr Duration lan_latency = std::chrono::microseconds(250);
constexpr Duration wan_latency = std::chrono::milliseconds(20);

void populate(engine::Engine& engine, const scenario::Topology& topology) {
  engine.shape_link(net::HostGroup(""), net::HostGroup(""), net::LinkModel{.latency = wan_latency});
  for (const scenario::ClusterPlan& cluster : topology.clusters) {
    const net::HostGroup site(cluster.name.value());
    engine.shape_link(site, site, net::LinkModel{.latency = lan_latency});
    for (const scenario::ServicePlan& service : cluster.services) {
      for (unsigned index = 0; index < service.instances; ++index) {
        engine.add_host(net::HostName(fmt::format("{}/service/{}/{}", site.value(),
                                                  service.name.value(), index)),
                        [](engine::Host& host) { return std::make_unique<ServiceRole>(host); });
      }
    }
  }
}

}  // namespace

Run run(const scenario::Plan& plan, const RunOptions& options) {
  engine::Engine engine({.seed = options.seed, .policy = options.policy, .level = options.level});
  populate(engine, plan.topology);
  Conductor(engine, plan).conduct();
  return Run{engine.trace(), options.seed, engine.steps(), engine.now() - Instant{}};
}

}  // namespace peerlab::actors
