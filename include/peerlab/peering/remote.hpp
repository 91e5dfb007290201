#pragma once

#include <optional>
#include <string>

#include "peerlab/catalog/types.hpp"

namespace peerlab::peering {

using Locality = catalog::Locality;

/// Where the other end of a peering lives, as it says itself: in a token and in Open.
/// (Consul: pbpeering RemoteInfo.)
struct RemoteInfo {
  std::string partition;
  std::string datacenter;
  std::optional<Locality> locality;
  friend bool operator==(const RemoteInfo&, const RemoteInfo&) = default;
};

}  // namespace peerlab::peering
