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
///   dc1/server/0           a server; `dc1/server/leader` the one that leads at the time
///   dc1/service/web        every instance of a service; `dc1/web` where nothing else is called so
///   dc1/service/web/0      one instance; `dc1/web/0`
///
/// Nothing if there is no such thing in `topology`.
std::optional<std::string> host_path(std::string_view path, const Topology& topology);

/// The hosts of a service, in order; `service_path` is what host_path gave for it or for one
/// instance.
std::vector<std::string> instances(std::string_view service_path, const Topology& topology);

/// Every path that could have been meant, for suggestions.
std::vector<std::string> known_paths(const Topology& topology);

}  // namespace peerlab::scenario
