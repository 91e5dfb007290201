#pragma once

#include <optional>
#include <string>
#include <variant>

#include "actors/server/context.hpp"
#include "peerlab/mesh/facts.hpp"
#include "peerlab/trust/spiffe.hpp"

namespace peerlab::actors {

/// All that a server knows for one proxy.
struct ProxyFacts {
  std::variant<mesh::SidecarFacts, mesh::GatewayFacts> facts;
  trust::SpiffeId identity;  ///< for its certificate
  std::string root_id;       ///< that would sign it now
  bool needs_leaf = true;    ///< there is no configuration without one
  bool wants_leaf = true;
};

/// Nothing while the proxy is not registered, or the cluster has no CA yet. `watches` gets what to
/// wait for. `has_leaf` tells whether the proxy has its certificate.
std::optional<ProxyFacts> proxy_facts(const ServerContext& context, const PartitionName& partition,
                                      const NodeName& node, const catalog::ServiceId& id,
                                      bool has_leaf, store::WatchSet* watches);

mesh::ProxyConfig mesh_config(const ProxyFacts& facts, const Mutants& mutants);

}  // namespace peerlab::actors
