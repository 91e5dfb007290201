#pragma once

#include <string>
#include <variant>
#include <vector>

#include "peerlab/catalog/tables.hpp"
#include "peerlab/peering/service.hpp"

namespace peerlab::peering {

/// TrustBundleListByService: whom must the proxies of a service, or a gateway, know?
struct BundlesRequest {
  ServiceName service;
  std::string ns;
  PartitionName partition;
  std::string kind;  ///< `mesh-gateway` asks for all bundles of the partition
};

/// The checks before forwarding; nothing where all is well.
std::optional<Status> check(const BundlesRequest& request, const ClusterView& cluster);

/// The bundles of all active peers to which the service is exported, by its own name or as a target
/// of the chain of another name; ordered by peer name. Needs the right to write the service.
/// `catalog` is that of the partition. (spec 3.8)
std::variant<std::vector<StoredTrustBundle>, Status> list_trust_bundles(
    const BundlesRequest& request, const ServiceContext& context,
    const catalog::CatalogTables& catalog, store::WatchSet* watches = nullptr);

}  // namespace peerlab::peering
