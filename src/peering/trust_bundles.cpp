#include "peerlab/peering/trust_bundles.hpp"

#include <algorithm>
#include <set>

#include "peerlab/catalog/exports.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/peering/chain_targets.hpp"
#include "service_rules.hpp"
#include "validate.hpp"

namespace peerlab::peering {
namespace {

/// The service itself, and every name whose chain can lead to it.
std::set<ServiceName> names_leading_to(const ServiceName& service,
                                       const catalog::CatalogTables& catalog,
                                       const ClusterView& cluster, const PartitionName& partition,
                                       store::WatchSet* watches) {
  std::set<ServiceName> names = {service};
  for (const std::string_view kind : {catalog::ServiceRouter::kind, catalog::ServiceSplitter::kind,
                                      catalog::ServiceResolver::kind}) {
    for (const auto* entry : catalog::config_entries(catalog, kind, watches).rows) {
      const ServiceName name{std::string(catalog::name_of(*entry))};
      const Chain chain = chain_of(catalog, name, cluster.datacenter, partition, watches);
      const bool leads = std::ranges::any_of(chain.targets, [&](const ChainTarget& target) {
        return target.service == service.value() && target.peer.value().empty();
      });
      if (leads) names.insert(name);
    }
  }
  return names;
}

}  // namespace

std::optional<Status> check(const BundlesRequest& request, const ClusterView& cluster) {
  if (auto refusal = check(ListRequest{request.partition}, cluster)) return refusal;
  if (!is_known_partition(PartitionName(request.ns), cluster.edition)) {
    return Status{GrpcCode::invalid_argument, "Namespaces are a Consul Enterprise feature", {}};
  }
  if (request.service.value().empty()) return unknown("missing service name");
  return std::nullopt;
}

std::variant<std::vector<StoredTrustBundle>, Status> list_trust_bundles(
    const BundlesRequest& request, const ServiceContext& context,
    const catalog::CatalogTables& catalog, store::WatchSet* watches) {
  const auto right = context.authorizer.require(
      {acl::Resource::service, acl::Access::write, request.service.value()});
  if (!right) return unknown(right.error().detail);

  const PartitionName partition = stored_partition(request.partition, context.cluster.edition);
  const auto stored = context.tables.trust_bundles(partition, watches);
  const bool all = request.kind == catalog::service_kind::mesh_gateway;
  std::set<PeerName> peers;
  if (!all) {
    for (const ServiceName& name :
         names_leading_to(request.service, catalog, context.cluster, partition, watches)) {
      const auto found = catalog::peers_of_service(catalog, name, watches).rows;
      peers.insert(found.begin(), found.end());
    }
  }
  std::vector<StoredTrustBundle> bundles;
  for (const StoredTrustBundle* bundle : stored) {
    const PeerName name(bundle->bundle.peer_name);
    const Peering* peering = context.tables.by_name(partition, name, watches);
    const bool active = peering != nullptr && peering->is_active();
    if (all || (active && peers.contains(name))) bundles.push_back(*bundle);
  }
  return bundles;
}

}  // namespace peerlab::peering
