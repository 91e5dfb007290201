#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/scenario/plan.hpp"

namespace peerlab::scenario {

/// What a path of a scenario names, as the path of hosts that the engine knows.
///
///   dc1                    every host of the cluster
///   dc1@web                every host of an admin partition other than the default one
///   dc1/server/0           a server; `dc1/server/leader` the one that leads at the time
///   dc1/agent/0            a client agent
///   dc1/gateway/0          a mesh gateway
///   dc1/server             every server; agents and gateways likewise
///   dc1/service/web        every instance of a service; `dc1/web` where nothing else is called so
///   dc1/service/web/0      one instance; `dc1/web/0`
///   dc1/sidecar/web/0      the sidecar of that instance
///
/// Nothing if there is no such thing in `topology`.
std::optional<std::string> host_path(std::string_view path, const Topology& topology);

/// The hosts of a service, in order; `service_path` is what host_path gave for it or for one
/// instance.
std::vector<std::string> instances(std::string_view service_path, const Topology& topology);

/// Where the hosts of a partition are found: `dc1`, or `dc1@web` for any but the default one.
std::string partition_path(const ClusterPlan& cluster, const PartitionPlan& partition);

/// The host of the sidecar of an instance: `dc1/sidecar/web/0` of `dc1/service/web/0`.
std::string sidecar_of(std::string_view instance);

/// A service by the path of one of its hosts, or null: `dc1/service/web`, `dc1/service/web/0`.
struct Found {
  const ClusterPlan* cluster = nullptr;
  const PartitionPlan* partition = nullptr;
  const ServicePlan* service = nullptr;
};
Found service_at(std::string_view service_path, const Topology& topology);

/// Every path that could have been meant, for suggestions.
std::vector<std::string> known_paths(const Topology& topology);

}  // namespace peerlab::scenario
