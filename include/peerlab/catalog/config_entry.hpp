#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/base/names.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/catalog/json.hpp"
#include "peerlab/catalog/types.hpp"

/// Config entries: what operators say about services, one struct for each kind (config_entry*.go).
/// Texts that Consul does not check, such as a gateway's mode, are texts here, too.
namespace peerlab::catalog {

/// What all kinds end with.
struct EntryTail {
  std::uint64_t hash = 0;  ///< of the content; shown by the API and of no other use
  RaftIndexes indexes;
  friend bool operator==(const EntryTail&, const EntryTail&) = default;
};

struct EnvoyExtension {
  std::string name;
  bool required = false;
  Json::Object arguments;
  std::string consul_version;
  std::string envoy_version;
  friend bool operator==(const EnvoyExtension&, const EnvoyExtension&) = default;
};

struct FailoverPolicy {
  std::string mode;
  std::vector<std::string> regions;
  friend bool operator==(const FailoverPolicy&, const FailoverPolicy&) = default;
};

struct PrioritizeByLocality {
  std::string mode;
  friend bool operator==(const PrioritizeByLocality&, const PrioritizeByLocality&) = default;
};

struct ProxyDefaults {
  static constexpr std::string_view kind = "proxy-defaults";
  std::string name;
  std::optional<Json::Object> config;
  std::string mode;
  TransparentProxyConfig transparent_proxy;
  std::string mutual_tls_mode;
  MeshGatewayConfig mesh_gateway;
  ExposeConfig expose;
  AccessLogsConfig access_logs;
  std::vector<EnvoyExtension> envoy_extensions;
  std::optional<FailoverPolicy> failover_policy;
  std::optional<PrioritizeByLocality> prioritize_by_locality;
  Meta meta;
  EntryTail tail;
  friend bool operator==(const ProxyDefaults&, const ProxyDefaults&) = default;
};

struct UpstreamLimits {
  std::optional<std::int64_t> max_connections;
  std::optional<std::int64_t> max_pending_requests;
  std::optional<std::int64_t> max_concurrent_requests;
  friend bool operator==(const UpstreamLimits&, const UpstreamLimits&) = default;
};

struct PassiveHealthCheck {
  Duration interval{0};
  std::uint32_t max_failures = 0;
  std::optional<std::uint32_t> enforcing_consecutive_5xx;
  std::optional<std::uint32_t> max_ejection_percent;
  std::optional<Duration> base_ejection_time;
  friend bool operator==(const PassiveHealthCheck&, const PassiveHealthCheck&) = default;
};

struct UpstreamConfig {
  std::string name;
  PeerName peer;
  std::string envoy_listener_json;
  std::string envoy_cluster_json;
  std::string protocol;
  std::int64_t connect_timeout_ms = 0;
  std::optional<UpstreamLimits> limits;
  std::optional<PassiveHealthCheck> passive_health_check;
  MeshGatewayConfig mesh_gateway;
  std::string balance_outbound_connections;
  friend bool operator==(const UpstreamConfig&, const UpstreamConfig&) = default;
};

struct UpstreamConfiguration {
  std::vector<UpstreamConfig> overrides;
  std::optional<UpstreamConfig> defaults;
  friend bool operator==(const UpstreamConfiguration&, const UpstreamConfiguration&) = default;
};

/// Addresses outside the mesh that a terminating gateway stands for.
struct DestinationConfig {
  std::vector<std::string> addresses;
  std::int64_t port = 0;
  friend bool operator==(const DestinationConfig&, const DestinationConfig&) = default;
};

struct ServiceDefaults {
  static constexpr std::string_view kind = "service-defaults";
  std::string name;
  std::string protocol;
  std::string mode;
  TransparentProxyConfig transparent_proxy;
  std::string mutual_tls_mode;
  MeshGatewayConfig mesh_gateway;
  ExposeConfig expose;
  std::string external_sni;
  std::optional<UpstreamConfiguration> upstream_config;
  std::optional<DestinationConfig> destination;
  std::int64_t max_inbound_connections = 0;
  std::int64_t local_connect_timeout_ms = 0;
  std::int64_t local_request_timeout_ms = 0;
  std::string balance_inbound_connections;
  std::optional<Json> rate_limits;
  std::vector<EnvoyExtension> envoy_extensions;
  Meta meta;
  EntryTail tail;
  std::optional<std::uint32_t> max_request_headers_kb;
  friend bool operator==(const ServiceDefaults&, const ServiceDefaults&) = default;
};

struct MeshTransparentProxy {
  bool mesh_destinations_only = false;
  friend bool operator==(const MeshTransparentProxy&, const MeshTransparentProxy&) = default;
};

struct MeshDirectionalTls {
  std::string tls_min_version;
  std::string tls_max_version;
  std::vector<std::string> cipher_suites;
  friend bool operator==(const MeshDirectionalTls&, const MeshDirectionalTls&) = default;
};

struct MeshTls {
  std::optional<MeshDirectionalTls> incoming;
  std::optional<MeshDirectionalTls> outgoing;
  friend bool operator==(const MeshTls&, const MeshTls&) = default;
};

struct RequestNormalization {
  bool insecure_disable_path_normalization = false;
  bool merge_slashes = false;
  std::string path_with_escaped_slashes_action;
  std::string headers_with_underscores_action;
  friend bool operator==(const RequestNormalization&, const RequestNormalization&) = default;
};

struct MeshDirectionalHttp {
  std::optional<RequestNormalization> request_normalization;
  friend bool operator==(const MeshDirectionalHttp&, const MeshDirectionalHttp&) = default;
};

struct MeshHttp {
  bool sanitize_x_forwarded_client_cert = false;
  std::optional<MeshDirectionalHttp> incoming;
  friend bool operator==(const MeshHttp&, const MeshHttp&) = default;
};

struct MeshPeering {
  bool peer_through_mesh_gateways = false;
  friend bool operator==(const MeshPeering&, const MeshPeering&) = default;
};

/// One per partition; its name is always `mesh` and never shown.
struct MeshConfig {
  static constexpr std::string_view kind = "mesh";
  MeshTransparentProxy transparent_proxy;
  bool allow_enabling_permissive_mutual_tls = false;
  bool validate_clusters = false;
  std::optional<MeshTls> tls;
  std::optional<MeshHttp> http;
  std::optional<MeshPeering> peering;
  Meta meta;
  EntryTail tail;
  friend bool operator==(const MeshConfig&, const MeshConfig&) = default;
};

/// At most one of the three. One with none of them is stored and means nothing.
struct ServiceConsumer {
  PeerName peer;
  PartitionName partition;
  std::string sameness_group;
  friend bool operator==(const ServiceConsumer&, const ServiceConsumer&) = default;
};

struct ExportedService {
  ServiceName name;  ///< or `*`
  std::vector<ServiceConsumer> consumers;
  friend bool operator==(const ExportedService&, const ExportedService&) = default;
};

struct ExportedServices {
  static constexpr std::string_view kind = "exported-services";
  std::string name;  ///< of the partition
  std::vector<ExportedService> services;
  Meta meta;
  EntryTail tail;
  friend bool operator==(const ExportedServices&, const ExportedServices&) = default;
};

struct IntentionJwtClaim {
  std::vector<std::string> path;
  std::string value;
  friend bool operator==(const IntentionJwtClaim&, const IntentionJwtClaim&) = default;
};

struct IntentionJwtProvider {
  std::string name;
  std::vector<IntentionJwtClaim> verify_claims;
  friend bool operator==(const IntentionJwtProvider&, const IntentionJwtProvider&) = default;
};

struct IntentionJwt {
  std::vector<IntentionJwtProvider> providers;
  friend bool operator==(const IntentionJwt&, const IntentionJwt&) = default;
};

/// Just one of present to regex.
struct IntentionHeader {
  std::string name;
  bool present = false;
  std::string exact;
  std::string prefix;
  std::string suffix;
  std::string contains;
  std::string regex;
  bool invert = false;
  bool ignore_case = false;
  friend bool operator==(const IntentionHeader&, const IntentionHeader&) = default;
};

struct IntentionHttp {
  std::string path_exact;
  std::string path_prefix;
  std::string path_regex;
  std::vector<IntentionHeader> header;
  std::vector<std::string> methods;
  friend bool operator==(const IntentionHttp&, const IntentionHttp&) = default;
};

struct IntentionPermission {
  std::string action;  ///< "allow" or "deny"
  std::optional<IntentionHttp> http;
  std::optional<IntentionJwt> jwt;
  friend bool operator==(const IntentionPermission&, const IntentionPermission&) = default;
};

/// What one caller, or all callers `*` of one peer or of the own cluster, may do.
struct SourceIntention {
  ServiceName name;
  std::string action;  ///< "allow", "deny"; empty when there are permissions
  std::vector<IntentionPermission> permissions;
  std::int64_t precedence = 0;  ///< computed on write (traffic 4.4)
  std::string legacy_id;
  std::string type;
  std::string description;
  Meta legacy_meta;
  std::string legacy_create_time;
  std::string legacy_update_time;
  PartitionName partition;  ///< of the own cluster; empty in Community Edition and for a peer
  PeerName peer;
  std::string sameness_group;
  friend bool operator==(const SourceIntention&, const SourceIntention&) = default;
};

struct ServiceIntentions {
  static constexpr std::string_view kind = "service-intentions";
  std::string name;  ///< the destination, or `*`
  std::optional<IntentionJwt> jwt;
  std::vector<SourceIntention> sources;  ///< by precedence, then as written
  Meta meta;
  PartitionName partition;  ///< of the destination; empty in Community Edition
  EntryTail tail;
  friend bool operator==(const ServiceIntentions&, const ServiceIntentions&) = default;
};

struct ResolverSubset {
  std::string filter;
  bool only_passing = false;
  friend bool operator==(const ResolverSubset&, const ResolverSubset&) = default;
};

struct ResolverRedirect {
  std::string service;
  std::string service_subset;
  std::string namespace_;
  std::string partition;
  std::string datacenter;
  std::string peer;
  std::string sameness_group;
  friend bool operator==(const ResolverRedirect&, const ResolverRedirect&) = default;
};

struct FailoverTarget {
  std::string service;
  std::string service_subset;
  std::string partition;
  std::string namespace_;
  std::string datacenter;
  std::string peer;
  friend bool operator==(const FailoverTarget&, const FailoverTarget&) = default;
};

struct ResolverFailover {
  std::string service;
  std::string service_subset;
  std::string namespace_;
  std::vector<std::string> datacenters;
  std::vector<FailoverTarget> targets;
  std::optional<FailoverPolicy> policy;
  std::string sameness_group;
  friend bool operator==(const ResolverFailover&, const ResolverFailover&) = default;
};

struct RingHashConfig {
  std::uint64_t minimum_ring_size = 0;
  std::uint64_t maximum_ring_size = 0;
  friend bool operator==(const RingHashConfig&, const RingHashConfig&) = default;
};

struct LeastRequestConfig {
  std::uint32_t choice_count = 0;
  friend bool operator==(const LeastRequestConfig&, const LeastRequestConfig&) = default;
};

struct CookieConfig {
  bool session = false;
  Duration ttl{0};
  std::string path;
  friend bool operator==(const CookieConfig&, const CookieConfig&) = default;
};

struct HashPolicy {
  std::string field;
  std::string field_value;
  std::optional<CookieConfig> cookie_config;
  bool source_ip = false;
  bool terminal = false;
  friend bool operator==(const HashPolicy&, const HashPolicy&) = default;
};

struct LoadBalancer {
  std::string policy;
  std::optional<RingHashConfig> ring_hash_config;
  std::optional<LeastRequestConfig> least_request_config;
  std::vector<HashPolicy> hash_policies;
  friend bool operator==(const LoadBalancer&, const LoadBalancer&) = default;
};

struct ServiceResolver {
  static constexpr std::string_view kind = "service-resolver";
  Duration connect_timeout{0};
  Duration request_timeout{0};
  std::string name;
  std::string default_subset;
  std::map<std::string, ResolverSubset> subsets;
  std::optional<ResolverRedirect> redirect;
  std::map<std::string, ResolverFailover> failover;
  std::optional<PrioritizeByLocality> prioritize_by_locality;
  std::optional<LoadBalancer> load_balancer;
  Meta meta;
  EntryTail tail;
  friend bool operator==(const ServiceResolver&, const ServiceResolver&) = default;
};

struct HeaderModifiers {
  std::map<std::string, std::string> add;
  std::map<std::string, std::string> set;
  std::vector<std::string> remove;
  friend bool operator==(const HeaderModifiers&, const HeaderModifiers&) = default;
};

struct ServiceSplit {
  float weight = 0;  ///< percent, to two decimals
  std::string service;
  std::string service_subset;
  std::string namespace_;
  std::string partition;
  std::optional<HeaderModifiers> request_headers;
  std::optional<HeaderModifiers> response_headers;
  friend bool operator==(const ServiceSplit&, const ServiceSplit&) = default;
};

struct ServiceSplitter {
  static constexpr std::string_view kind = "service-splitter";
  std::string name;
  std::vector<ServiceSplit> splits;
  Meta meta;
  EntryTail tail;
  friend bool operator==(const ServiceSplitter&, const ServiceSplitter&) = default;
};

struct RouteHeader {
  std::string name;
  bool present = false;
  std::string exact;
  std::string prefix;
  std::string suffix;
  std::string regex;
  bool invert = false;
  friend bool operator==(const RouteHeader&, const RouteHeader&) = default;
};

struct RouteQueryParam {
  std::string name;
  bool present = false;
  std::string exact;
  std::string regex;
  friend bool operator==(const RouteQueryParam&, const RouteQueryParam&) = default;
};

struct RouteHttpMatch {
  std::string path_exact;
  std::string path_prefix;
  std::string path_regex;
  bool case_insensitive = false;
  std::vector<RouteHeader> header;
  std::vector<RouteQueryParam> query_param;
  std::vector<std::string> methods;
  friend bool operator==(const RouteHttpMatch&, const RouteHttpMatch&) = default;
};

struct RouteMatch {
  std::optional<RouteHttpMatch> http;
  friend bool operator==(const RouteMatch&, const RouteMatch&) = default;
};

struct RouteDestination {
  Duration request_timeout{0};
  Duration idle_timeout{0};
  std::string service;
  std::string service_subset;
  std::string namespace_;
  std::string partition;
  std::string prefix_rewrite;
  std::uint32_t num_retries = 0;
  bool retry_on_connect_failure = false;
  std::vector<std::string> retry_on;
  std::vector<std::uint32_t> retry_on_status_codes;
  std::optional<HeaderModifiers> request_headers;
  std::optional<HeaderModifiers> response_headers;
  friend bool operator==(const RouteDestination&, const RouteDestination&) = default;
};

struct ServiceRoute {
  std::optional<RouteMatch> match;
  std::optional<RouteDestination> destination;
  friend bool operator==(const ServiceRoute&, const ServiceRoute&) = default;
};

struct ServiceRouter {
  static constexpr std::string_view kind = "service-router";
  std::string name;
  std::vector<ServiceRoute> routes;
  Meta meta;
  EntryTail tail;
  friend bool operator==(const ServiceRouter&, const ServiceRouter&) = default;
};

/// A kind that peerlab keeps without reading it: gateways, routes, certificates, providers.
struct OtherEntry {
  std::string kind;
  std::string name;
  Json::Object body;  ///< without kind and name
  EntryTail tail;
  friend bool operator==(const OtherEntry&, const OtherEntry&) = default;
};

using ConfigEntry =
    std::variant<ProxyDefaults, ServiceDefaults, MeshConfig, ExportedServices, ServiceIntentions,
                 ServiceResolver, ServiceSplitter, ServiceRouter, OtherEntry>;

std::string_view kind_of(const ConfigEntry& entry);
/// The name as stored: `global`, `mesh` and `default` for the kinds that have just one.
std::string_view name_of(const ConfigEntry& entry);
const EntryTail& tail_of(const ConfigEntry& entry);
EntryTail& tail_of(ConfigEntry& entry);

/// Equal in everything that a writer says: hash and indexes do not count.
bool same_content(const ConfigEntry& a, const ConfigEntry& b);

/// All kinds that can be written, in alphabetical order: also the order of /v1/config/.
const std::vector<std::string_view>& config_entry_kinds();
bool is_config_entry_kind(std::string_view kind);

/// As the API answers it: keys, order and absent fields like Consul's.
std::string to_json_text(const ConfigEntry& entry);

}  // namespace peerlab::catalog
