#pragma once

#include "lookup.hpp"

namespace peerlab::scenario {

/// The clusters of a scenario. `lookup` needs to know none of them.
Topology read_topology(const text::Node& clusters, const Lookup& lookup);

}  // namespace peerlab::scenario
