#pragma once

#include "catalog/fields.hpp"
#include "peerlab/catalog/types.hpp"

/// The rows of types.hpp, field by field (structs.go).
namespace peerlab::catalog {

template <>
inline constexpr auto description_of<RaftIndexes> =
    describe("RaftIndex", field("CreateIndex", &RaftIndexes::create),
             field("ModifyIndex", &RaftIndexes::modify));

template <>
inline constexpr auto description_of<Locality> =
    describe("Locality", field("Region", &Locality::region, omit_empty),
             field("Zone", &Locality::zone, omit_empty));

template <>
inline constexpr auto description_of<Node> = describe(
    "Node", field("ID", &Node::id), field("Node", &Node::node), field("Address", &Node::address),
    field("Datacenter", &Node::datacenter), field("PeerName", &Node::peer, omit_empty),
    field("TaggedAddresses", &Node::tagged_addresses), field("Meta", &Node::meta),
    field("Locality", &Node::locality, omit_empty), field("", &Node::indexes));

template <>
inline constexpr auto description_of<ServiceAddress> =
    describe("ServiceAddress", field("Address", &ServiceAddress::address),
             field("Port", &ServiceAddress::port));

template <>
inline constexpr auto description_of<ServicePort> =
    describe("ServicePort", field("Name", &ServicePort::name), field("Port", &ServicePort::port),
             field("Default", &ServicePort::is_default));

template <>
inline constexpr auto description_of<Weights> = describe("Weights",
                                                         field("Passing", &Weights::passing),
                                                         field("Warning", &Weights::warning));

template <>
inline constexpr auto description_of<MeshGatewayConfig> =
    describe("MeshGatewayConfig", field("Mode", &MeshGatewayConfig::mode, omit_empty));

template <>
inline constexpr auto description_of<ExposePath> =
    describe("ExposePath", field("ListenerPort", &ExposePath::listener_port, omit_empty),
             field("Path", &ExposePath::path, omit_empty),
             field("LocalPathPort", &ExposePath::local_path_port, omit_empty),
             field("Protocol", &ExposePath::protocol, omit_empty));

template <>
inline constexpr auto description_of<ExposeConfig> =
    describe("ExposeConfig", field("Checks", &ExposeConfig::checks, omit_empty),
             field("Paths", &ExposeConfig::paths, omit_empty));

template <>
inline constexpr auto description_of<TransparentProxyConfig> = describe(
    "TransparentProxyConfig",
    field("OutboundListenerPort", &TransparentProxyConfig::outbound_listener_port, omit_empty),
    field("DialedDirectly", &TransparentProxyConfig::dialed_directly, omit_empty));

template <>
inline constexpr auto description_of<AccessLogsConfig> =
    describe("AccessLogsConfig", field("Enabled", &AccessLogsConfig::enabled, omit_empty),
             field("DisableListenerLogs", &AccessLogsConfig::disable_listener_logs, omit_empty),
             field("Type", &AccessLogsConfig::type, omit_empty),
             field("Path", &AccessLogsConfig::path, omit_empty),
             field("JSONFormat", &AccessLogsConfig::json_format, omit_empty),
             field("TextFormat", &AccessLogsConfig::text_format, omit_empty));

template <>
inline constexpr auto description_of<Upstream> = describe(
    "Upstream", field("DestinationType", &Upstream::destination_type),
    field("DestinationNamespace", &Upstream::destination_namespace, omit_empty),
    field("DestinationPartition", &Upstream::destination_partition, omit_empty),
    field("DestinationPeer", &Upstream::destination_peer, omit_empty),
    field("DestinationName", &Upstream::destination_name),
    field("Datacenter", &Upstream::datacenter),
    field("LocalBindAddress", &Upstream::local_bind_address, omit_empty),
    field("LocalBindPort", &Upstream::local_bind_port, omit_empty),
    field("LocalBindSocketPath", &Upstream::local_bind_socket_path, omit_empty),
    field("LocalBindSocketMode", &Upstream::local_bind_socket_mode, omit_empty),
    field("Config", &Upstream::config, omit_empty), field("MeshGateway", &Upstream::mesh_gateway),
    field("CentrallyConfigured", &Upstream::centrally_configured, omit_empty));

template <>
inline constexpr auto description_of<ProxyConfig> = describe(
    "ConnectProxyConfig", field("EnvoyExtensions", &ProxyConfig::envoy_extensions, omit_empty),
    field("DestinationServiceName", &ProxyConfig::destination_service_name, omit_empty),
    field("DestinationServiceID", &ProxyConfig::destination_service_id, omit_empty),
    field("LocalServiceAddress", &ProxyConfig::local_service_address, omit_empty),
    field("LocalServicePort", &ProxyConfig::local_service_port, omit_empty),
    field("LocalServiceSocketPath", &ProxyConfig::local_service_socket_path, omit_empty),
    field("Mode", &ProxyConfig::mode), field("Config", &ProxyConfig::config, omit_empty),
    field("Upstreams", &ProxyConfig::upstreams, omit_empty),
    field("MeshGateway", &ProxyConfig::mesh_gateway), field("Expose", &ProxyConfig::expose),
    field("TransparentProxy", &ProxyConfig::transparent_proxy, omit_zero),
    field("MutualTLSMode", &ProxyConfig::mutual_tls_mode, omit_empty),
    field("AccessLogs", &ProxyConfig::access_logs, omit_zero));

template <>
inline constexpr auto description_of<PeeringServiceMeta> =
    describe("PeeringServiceMeta", field("SNI", &PeeringServiceMeta::sni, omit_empty),
             field("SpiffeID", &PeeringServiceMeta::spiffe_id, omit_empty),
             field("Protocol", &PeeringServiceMeta::protocol, omit_empty));

template <>
inline constexpr auto description_of<ServiceConnect> =
    describe("ServiceConnect", field("Native", &ServiceConnect::native, omit_empty),
             field("SidecarService", &ServiceConnect::sidecar_service, omit_empty),
             field("PeerMeta", &ServiceConnect::peer_meta, omit_empty));

template <>
inline constexpr auto description_of<Service> = describe(
    "NodeService", field("Node", &Service::node, internal),
    field("Kind", &Service::kind, omit_empty), field("ID", &Service::id),
    field("Service", &Service::service), field("Tags", &Service::tags, never_null),
    field("Address", &Service::address),
    field("TaggedAddresses", &Service::tagged_addresses, omit_empty), field("Meta", &Service::meta),
    field("Port", &Service::port, omit_empty), field("Ports", &Service::ports, omit_empty),
    field("SocketPath", &Service::socket_path, omit_empty), field("Weights", &Service::weights),
    field("EnableTagOverride", &Service::enable_tag_override),
    field("Locality", &Service::locality, omit_empty), field("Proxy", &Service::proxy),
    field("Connect", &Service::connect), field("PeerName", &Service::peer),
    field("", &Service::indexes));

template <>
inline constexpr auto description_of<CheckDefinition> =
    describe("HealthCheckDefinition", field("Interval", &CheckDefinition::interval, duration_text),
             field("OutputMaxSize", &CheckDefinition::output_max_size, omit_empty),
             field("Timeout", &CheckDefinition::timeout, duration_text),
             field("DeregisterCriticalServiceAfter",
                   &CheckDefinition::deregister_critical_service_after, duration_text),
             field("HTTP", &CheckDefinition::http, omit_empty),
             field("TLSServerName", &CheckDefinition::tls_server_name, omit_empty),
             field("TLSSkipVerify", &CheckDefinition::tls_skip_verify, omit_empty),
             field("Header", &CheckDefinition::header, omit_empty),
             field("Method", &CheckDefinition::method, omit_empty),
             field("Body", &CheckDefinition::body, omit_empty),
             field("DisableRedirects", &CheckDefinition::disable_redirects, omit_empty),
             field("TCP", &CheckDefinition::tcp, omit_empty),
             field("TCPUseTLS", &CheckDefinition::tcp_use_tls, omit_empty),
             field("UDP", &CheckDefinition::udp, omit_empty),
             field("H2PING", &CheckDefinition::h2ping, omit_empty),
             field("OSService", &CheckDefinition::os_service, omit_empty),
             field("H2PingUseTLS", &CheckDefinition::h2ping_use_tls, omit_empty),
             field("ScriptArgs", &CheckDefinition::script_args, omit_empty),
             field("DockerContainerID", &CheckDefinition::docker_container_id, omit_empty),
             field("Shell", &CheckDefinition::shell, omit_empty),
             field("GRPC", &CheckDefinition::grpc, omit_empty),
             field("GRPCUseTLS", &CheckDefinition::grpc_use_tls, omit_empty),
             field("AliasNode", &CheckDefinition::alias_node, omit_empty),
             field("AliasService", &CheckDefinition::alias_service, omit_empty),
             field("SessionName", &CheckDefinition::session_name, omit_empty),
             field("TTL", &CheckDefinition::ttl, omit_empty));

template <>
inline constexpr auto description_of<Check> = describe(
    "HealthCheck", field("Node", &Check::node), field("CheckID", &Check::id),
    field("Name", &Check::name), field("Status", &Check::status), field("Notes", &Check::notes),
    field("Output", &Check::output), field("ServiceID", &Check::service_id),
    field("ServiceName", &Check::service_name),
    field("ServiceTags", &Check::service_tags, never_null), field("Type", &Check::type),
    field("Interval", &Check::interval), field("Timeout", &Check::timeout),
    field("ExposedPort", &Check::exposed_port), field("PeerName", &Check::peer, omit_empty),
    field("Definition", &Check::definition), field("", &Check::indexes));

template <>
inline constexpr auto description_of<CheckServiceNode> =
    describe("CheckServiceNode", field("Node", &CheckServiceNode::node),
             field("Service", &CheckServiceNode::service),
             field("Checks", &CheckServiceNode::checks, never_null));

}  // namespace peerlab::catalog
