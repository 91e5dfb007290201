#pragma once

#include <vector>

#include "peerlab/catalog/queries.hpp"
#include "peerlab/mesh/gateway.hpp"
#include "peerlab/mesh/sidecar.hpp"

/// Facts of proxies out of the tables of a server.
namespace peerlab::mesh {

/// What the catalog does not know.
struct MeshState {
  OwnCluster cluster;
  Action default_action = Action::deny;
  /// The own names of the peers whose peerings are neither DELETING nor TERMINATED. (T-041)
  std::vector<PeerName> peers;
  /// The bundles that have arrived from them.
  std::vector<trust::TrustBundle> bundles;
};

/// Facts of a registered sidecar. Its inbound bundles are those of all peers that may call the
/// service; in the reference an export by name hides one by wildcard (QT-06). `watches` gets what
/// must wake whoever waits for a change. Implicit upstreams of transparent proxies are not among
/// them.
SidecarFacts sidecar_facts(const catalog::CatalogTables& tables, const catalog::Service& proxy,
                           const MeshState& state, const Mutants& mutants = {},
                           store::WatchSet* watches = nullptr);

/// Facts of a registered mesh gateway. Servers, dialed peerings and gateways elsewhere are left
/// empty: no catalog holds them.
GatewayFacts gateway_facts(const catalog::CatalogTables& tables, const catalog::Service& gateway,
                           const MeshState& state, const Mutants& mutants = {},
                           store::WatchSet* watches = nullptr);

}  // namespace peerlab::mesh
