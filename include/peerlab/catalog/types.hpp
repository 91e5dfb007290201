#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/names.hpp"
#include "peerlab/base/strong.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/catalog/json.hpp"

/// Rows of the catalog, field by field as Consul's API shows them (structs.go). Every row carries
/// the peer it was imported from; an empty PeerName means that the row is local.
namespace peerlab::catalog {

/// The UUID of a node. May be empty: external nodes need none.
using NodeId = Strong<struct NodeIdTag, std::string>;
/// Unique on its node; the service's name when the registration gives none.
using ServiceId = Strong<struct ServiceIdTag, std::string>;
/// Unique on its node.
using CheckId = Strong<struct CheckIdTag, std::string>;

/// The indexes of the log entries that created a row and changed it last. Set on apply.
struct RaftIndexes {
  std::uint64_t create = 0;
  std::uint64_t modify = 0;
  friend bool operator==(const RaftIndexes&, const RaftIndexes&) = default;
};

struct Locality {
  std::string region;
  std::string zone;
  friend bool operator==(const Locality&, const Locality&) = default;
};

using Meta = std::map<std::string, std::string>;

struct Node {
  NodeId id;
  NodeName node;
  std::string address;
  DatacenterName datacenter;
  PeerName peer;
  Meta tagged_addresses;
  Meta meta;
  std::optional<Locality> locality;
  RaftIndexes indexes;
  friend bool operator==(const Node&, const Node&) = default;
};

/// Values of Service::kind. Consul stores any text, so the field itself is text.
namespace service_kind {
inline constexpr std::string_view typical = "";
inline constexpr std::string_view connect_proxy = "connect-proxy";
inline constexpr std::string_view mesh_gateway = "mesh-gateway";
inline constexpr std::string_view terminating_gateway = "terminating-gateway";
inline constexpr std::string_view ingress_gateway = "ingress-gateway";
inline constexpr std::string_view api_gateway = "api-gateway";
}  // namespace service_kind

struct ServiceAddress {
  std::string address;
  std::int64_t port = 0;
  friend bool operator==(const ServiceAddress&, const ServiceAddress&) = default;
};

/// One of several named ports of a service; just one of them is the default.
struct ServicePort {
  std::string name;
  std::int64_t port = 0;
  bool is_default = false;
  friend bool operator==(const ServicePort&, const ServicePort&) = default;
};

struct Weights {
  std::int64_t passing = 1;
  std::int64_t warning = 1;
  friend bool operator==(const Weights&, const Weights&) = default;
};

/// "none", "local", "remote", or empty for "as the next wider setting says". Not validated by
/// Consul on services, therefore text.
struct MeshGatewayConfig {
  std::string mode;
  friend bool operator==(const MeshGatewayConfig&, const MeshGatewayConfig&) = default;
};

struct ExposePath {
  std::int64_t listener_port = 0;
  std::string path;
  std::int64_t local_path_port = 0;
  std::string protocol;
  friend bool operator==(const ExposePath&, const ExposePath&) = default;
};

struct ExposeConfig {
  bool checks = false;
  std::vector<ExposePath> paths;
  friend bool operator==(const ExposeConfig&, const ExposeConfig&) = default;
};

struct TransparentProxyConfig {
  std::int64_t outbound_listener_port = 0;
  bool dialed_directly = false;
  friend bool operator==(const TransparentProxyConfig&, const TransparentProxyConfig&) = default;
};

struct AccessLogsConfig {
  bool enabled = false;
  bool disable_listener_logs = false;
  std::string type;
  std::string path;
  std::string json_format;
  std::string text_format;
  friend bool operator==(const AccessLogsConfig&, const AccessLogsConfig&) = default;
};

/// A service that a proxy dials on behalf of its application.
struct Upstream {
  std::string destination_type;  ///< "", "service" or "prepared_query"
  std::string destination_namespace;
  std::string destination_partition;
  PeerName destination_peer;
  ServiceName destination_name;
  DatacenterName datacenter;
  std::string local_bind_address;
  std::int64_t local_bind_port = 0;
  std::string local_bind_socket_path;
  std::string local_bind_socket_mode;
  Json::Object config;
  MeshGatewayConfig mesh_gateway;
  bool centrally_configured = false;
  friend bool operator==(const Upstream&, const Upstream&) = default;
};

/// The proxy part of a service: meaningful for proxies and gateways, empty for all others.
struct ProxyConfig {
  std::vector<Json> envoy_extensions;
  ServiceName destination_service_name;
  ServiceId destination_service_id;
  std::string local_service_address;
  std::int64_t local_service_port = 0;
  std::string local_service_socket_path;
  std::string mode;  ///< "", "transparent" or "direct"
  Json::Object config;
  std::vector<Upstream> upstreams;
  MeshGatewayConfig mesh_gateway;
  ExposeConfig expose;
  TransparentProxyConfig transparent_proxy;
  std::string mutual_tls_mode;
  AccessLogsConfig access_logs;
  friend bool operator==(const ProxyConfig&, const ProxyConfig&) = default;
};

/// What the exporter tells the importer about the mesh side of a service (traffic 5.6): how its
/// gateway is addressed and which identities may answer there.
struct PeeringServiceMeta {
  std::vector<std::string> sni;
  std::vector<std::string> spiffe_id;
  std::string protocol;
  friend bool operator==(const PeeringServiceMeta&, const PeeringServiceMeta&) = default;
};

struct ServiceConnect {
  bool native = false;
  std::optional<Json> sidecar_service;  ///< as registered; a catalog only stores it
  std::optional<PeeringServiceMeta> peer_meta;
  friend bool operator==(const ServiceConnect&, const ServiceConnect&) = default;
};

/// One instance of a service. Its key is (peer, node, id).
struct Service {
  NodeName node;  ///< where it runs; not part of Consul's JSON of a service
  std::string kind;
  ServiceId id;
  ServiceName service;
  std::vector<std::string> tags;
  std::string address;  ///< empty means: that of the node
  std::map<std::string, ServiceAddress> tagged_addresses;
  Meta meta;
  std::int64_t port = 0;
  std::vector<ServicePort> ports;
  std::string socket_path;
  Weights weights;
  bool enable_tag_override = false;
  std::optional<Locality> locality;
  ProxyConfig proxy;
  ServiceConnect connect;
  PeerName peer;
  RaftIndexes indexes;
  friend bool operator==(const Service&, const Service&) = default;
};

/// Values of Check::status that mean something. Consul stores any text.
namespace health {
inline constexpr std::string_view passing = "passing";
inline constexpr std::string_view warning = "warning";
inline constexpr std::string_view critical = "critical";
inline constexpr std::string_view maintenance = "maintenance";
}  // namespace health

/// How an agent runs a check; for the catalog only text to be kept.
struct CheckDefinition {
  Duration interval{0};
  Duration timeout{0};
  Duration deregister_critical_service_after{0};
  std::string http;
  std::string tls_server_name;
  bool tls_skip_verify = false;
  std::map<std::string, std::vector<std::string>> header;
  std::string method;
  std::string body;
  bool disable_redirects = false;
  std::string tcp;
  bool tcp_use_tls = false;
  std::string udp;
  std::string h2ping;
  std::string os_service;
  bool h2ping_use_tls = false;
  std::int64_t output_max_size = 0;
  std::vector<std::string> script_args;
  std::string docker_container_id;
  std::string shell;
  std::string grpc;
  bool grpc_use_tls = false;
  std::string alias_node;
  std::string alias_service;
  std::string session_name;
  Duration ttl{0};
  friend bool operator==(const CheckDefinition&, const CheckDefinition&) = default;
};

/// A health check of a node, or with `service_id` of one service on it. Its key is (peer, node,
/// id).
struct Check {
  NodeName node;
  CheckId id;
  std::string name;
  std::string status;
  std::string notes;
  std::string output;
  ServiceId service_id;
  ServiceName service_name;
  std::vector<std::string> service_tags;
  std::string type;
  std::string interval;
  std::string timeout;
  std::int64_t exposed_port = 0;
  PeerName peer;
  CheckDefinition definition;
  RaftIndexes indexes;
  friend bool operator==(const Check&, const Check&) = default;
};

/// An instance with all that decides on its health: checks of the node, then of the service.
/// Consul's CheckServiceNode.
struct CheckServiceNode {
  Node node;
  Service service;
  std::vector<Check> checks;
  friend bool operator==(const CheckServiceNode&, const CheckServiceNode&) = default;
};

/// Proxies and gateways are infrastructure, everything else is a service of its own.
bool is_gateway(const Service& service);
/// True for sidecars ("connect-proxy") and all gateways: Consul's ServiceKind.IsProxy.
bool is_proxy(const Service& service);
/// The name a mesh caller dials for this instance: the destination of a sidecar, the own name of a
/// native service; empty for all others.
ServiceName connect_name(const Service& service);

}  // namespace peerlab::catalog
