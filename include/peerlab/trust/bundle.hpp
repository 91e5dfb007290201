#pragma once

#include <string>
#include <vector>

#include "peerlab/base/names.hpp"

namespace peerlab::trust {

/// The roots of one cluster as another holds them (traffic spec 1.7).
struct TrustBundle {
  TrustDomain trust_domain;
  std::vector<std::string> root_pems;
  PeerName peer;                     ///< the holder's name for the peering; empty in the own bundle
  PartitionName partition;           ///< the holder's
  PartitionName exported_partition;  ///< the sender's

  friend bool operator==(const TrustBundle&, const TrustBundle&) = default;
};

}  // namespace peerlab::trust
