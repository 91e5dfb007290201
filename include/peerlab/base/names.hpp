#pragma once

#include <string>

#include "peerlab/base/strong.hpp"

namespace peerlab {

/// The name a scenario gives a cluster: what Consul calls a datacenter, seen from outside.
using ClusterName = Strong<struct ClusterNameTag, std::string>;

/// What a cluster calls itself (`datacenter` in its configuration). Two clusters may use one name.
using DatacenterName = Strong<struct DatacenterNameTag, std::string>;

/// An admin partition. Community Edition has one, `default`.
using PartitionName = Strong<struct PartitionNameTag, std::string>;

using NodeName = Strong<struct NodeNameTag, std::string>;
using ServiceName = Strong<struct ServiceNameTag, std::string>;

/// `<cluster id>.consul`: the authority in SPIFFE ids and the end of SNI names.
using TrustDomain = Strong<struct TrustDomainTag, std::string>;

/// The local alias of a peering. Each side picks its own, so the two may differ.
using PeerName = Strong<struct PeerNameTag, std::string>;

/// The UUID one cluster gave a peering. A peering has two of them, one per side.
using PeerId = Strong<struct PeerIdTag, std::string>;

}  // namespace peerlab
