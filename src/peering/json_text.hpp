#pragma once

#include <optional>
#include <string>
#include <vector>

#include "peerlab/peering/remote.hpp"

namespace peerlab::peering {

/// A list of texts as Go writes it: null where it is empty.
std::string json_list(const std::vector<std::string>& texts);

/// Region and zone, each left out where it is empty.
std::string json_locality(const Locality& locality);

}  // namespace peerlab::peering
