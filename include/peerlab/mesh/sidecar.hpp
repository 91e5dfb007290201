#pragma once

#include <optional>
#include <string>
#include <vector>

#include "peerlab/mesh/gateway_mode.hpp"
#include "peerlab/mesh/proxy_config.hpp"

namespace peerlab::mesh {

/// What a proxy knows of the cluster it stands in.
struct OwnCluster {
  DatacenterName datacenter;
  PartitionName partition;
  trust::TrustBundle bundle;  ///< its own trust domain and all of its roots
};

/// One upstream of a sidecar, with the central configuration merged into it.
struct UpstreamFacts {
  catalog::Upstream upstream;
  std::string mode;      ///< of mode_for; may be empty or nonsense
  std::string protocol;  ///< as configured in the own cluster; only for local upstreams (T-095)
  /// In a peer: the imported synthetic instances, which stand for the gateways there. Local: the
  /// instances of the service that are in the mesh.
  std::vector<catalog::CheckServiceNode> instances;
  /// The gateways of another datacenter or partition of the own cluster; used as its mode says.
  std::vector<catalog::CheckServiceNode> target_gateways;
  /// The bundle of the upstream's peer. Without it there is neither listener nor cluster. (T-093)
  std::optional<trust::TrustBundle> peer_bundle;
};

/// All that decides on the configuration of one sidecar.
struct SidecarFacts {
  OwnCluster cluster;
  catalog::Service proxy;  ///< its registration, with the central configuration merged into it
  std::string protocol;    ///< of the service it stands for
  std::vector<Intention> intentions;
  Action default_action = Action::deny;
  bool sanitize_xfcc = false;  ///< mesh entry, HTTP.SanitizeXForwardedClientCert
  /// Of the peers that the service is exported to (traffic spec 1.7, path 2).
  std::vector<trust::TrustBundle> inbound_bundles;
  std::vector<UpstreamFacts> upstreams;
  std::vector<catalog::CheckServiceNode> local_gateways;
};

/// The configuration of a sidecar (traffic spec 3.1 to 3.6): its public listener, and for each
/// explicit upstream a listener and a cluster.
ProxyConfig sidecar_config(const SidecarFacts& facts, const Mutants& mutants = {});

/// The listener of an upstream, null when there is none: then connecting is refused.
const Listener* upstream_listener(const ProxyConfig& sidecar, const UpstreamId& upstream);

/// The identity that a service proves, in a cluster.
trust::ServiceIdentity service_identity(const OwnCluster& cluster,
                                        const trust::ServiceRef& service);

}  // namespace peerlab::mesh
