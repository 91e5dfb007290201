#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/mesh/sidecar.hpp"

namespace peerlab::mesh {

/// A service of the own cluster that peers may call.
struct ExportFacts {
  trust::ServiceRef service;
  std::vector<PeerName> consumers;  ///< the own names for the peers it is exported to
  std::string protocol;
};

/// Instances in the mesh, of a local service or of one imported from a peer.
struct MeshService {
  trust::ServiceRef service;
  PeerName peer;  ///< empty for a local one
  std::vector<catalog::CheckServiceNode> instances;
};

/// The gateways of another datacenter or partition of the own cluster.
struct RemoteGateways {
  DatacenterName datacenter;
  PartitionName partition;
  std::vector<catalog::CheckServiceNode> gateways;
};

/// A server of the own cluster.
struct ServerFacts {
  std::string address;
  std::int64_t grpc_tls_port = 8503;
  bool voter = true;
  bool read_replica = false;
};

/// A peering that the own cluster dials.
struct DialedPeer {
  PeerName peer;
  std::string server_name;                    ///< `server.<DC_R>.peering.<TD_R>`
  std::vector<std::string> server_addresses;  ///< `host:port`
  std::uint64_t modify_index = 0;             ///< of two with one server name, the higher supplies
};

/// All that decides on the configuration of one mesh gateway.
struct GatewayFacts {
  OwnCluster cluster;
  catalog::Service gateway;  ///< its registration, with the central configuration merged into it
  bool has_leaf = true;      ///< requested only while something is exported (T-069)
  std::vector<ExportFacts> exports;
  std::vector<trust::TrustBundle> peer_bundles;  ///< of all peers of its partition
  std::vector<MeshService> services;             ///< local and imported
  std::vector<RemoteGateways> remote_gateways;
  bool peer_through_mesh_gateways = false;
  std::vector<ServerFacts> servers;
  std::vector<DialedPeer> dialed_peers;
};

/// The configuration of a mesh gateway: filter chains in the order of traffic spec 2.4, and the
/// clusters behind them. (T-063 to T-068, T-081)
ProxyConfig gateway_config(const GatewayFacts& facts, const Mutants& mutants = {});

/// Where a mesh gateway sends a connection. The SNI of the ClientHello is all it can read at that
/// point; TLS ends at the gateway for exported HTTP-like services alone, and only after this
/// choice.
struct ToOwnServers {};  ///< control plane: a peer dials us
struct ToPeerServers {
  PeerName peer;
};  ///< control plane: our servers dial a peer
struct ToService {
  ServiceName service;
};  ///< data plane: a service exported to a peer
/// Data plane: a service of another datacenter or partition of the own cluster.
struct ToDatacenter {
  std::string sni_suffix;
};
/// Data plane: the SNI is the name of a cluster, of an imported service or a local one.
struct ToCluster {};
struct Refuse {
  enum class Why { no_sni, unknown_sni } why;
};
using GatewayRoute =
    std::variant<ToOwnServers, ToPeerServers, ToService, ToDatacenter, ToCluster, Refuse>;

/// A decision with what is needed to carry it out.
struct Routed {
  GatewayRoute route;
  const FilterChain* chain = nullptr;  ///< null when refused
  std::string cluster;                 ///< empty when refused
};

/// Exact names before wildcards, and these before the catch-all. The result points into `gateway`.
/// (T-066)
Routed route(std::string_view sni, const ProxyConfig& gateway);

}  // namespace peerlab::mesh
