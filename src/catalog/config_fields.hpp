#pragma once

#include "catalog/fields.hpp"
#include "catalog/row_fields.hpp"
#include "peerlab/catalog/config_entry.hpp"

/// The config entries, field by field (config_entry*.go). Each key also has a snake_case spelling,
/// which decoding derives; only `peer_name` does not follow from the name.
namespace peerlab::catalog {

template <>
inline constexpr auto description_of<EntryTail> = describe(
    "EntryTail", field("Hash", &EntryTail::hash, omit_empty), field("", &EntryTail::indexes));

template <>
inline constexpr auto description_of<EnvoyExtension> = describe(
    "EnvoyExtension", field("Name", &EnvoyExtension::name),
    field("Required", &EnvoyExtension::required), field("Arguments", &EnvoyExtension::arguments),
    field("ConsulVersion", &EnvoyExtension::consul_version),
    field("EnvoyVersion", &EnvoyExtension::envoy_version));

template <>
inline constexpr auto description_of<FailoverPolicy> =
    describe("ServiceResolverFailoverPolicy", field("Mode", &FailoverPolicy::mode, omit_empty),
             field("Regions", &FailoverPolicy::regions, omit_empty));

template <>
inline constexpr auto description_of<PrioritizeByLocality> = describe(
    "ServiceResolverPrioritizeByLocality", field("Mode", &PrioritizeByLocality::mode, omit_empty));

template <>
inline constexpr auto description_of<ProxyDefaults> = describe(
    "ProxyConfigEntry", field("Name", &ProxyDefaults::name, kind_before),
    field("Config", &ProxyDefaults::config), field("Mode", &ProxyDefaults::mode, omit_empty),
    field("TransparentProxy", &ProxyDefaults::transparent_proxy),
    field("MutualTLSMode", &ProxyDefaults::mutual_tls_mode, omit_empty),
    field("MeshGateway", &ProxyDefaults::mesh_gateway), field("Expose", &ProxyDefaults::expose),
    field("AccessLogs", &ProxyDefaults::access_logs),
    field("EnvoyExtensions", &ProxyDefaults::envoy_extensions, omit_empty),
    field("FailoverPolicy", &ProxyDefaults::failover_policy, omit_empty),
    field("PrioritizeByLocality", &ProxyDefaults::prioritize_by_locality, omit_empty),
    field("Meta", &ProxyDefaults::meta, omit_empty), field("", &ProxyDefaults::tail));

template <>
inline constexpr auto description_of<UpstreamLimits> = describe(
    "UpstreamLimits", field("MaxConnections", &UpstreamLimits::max_connections, omit_empty),
    field("MaxPendingRequests", &UpstreamLimits::max_pending_requests, omit_empty),
    field("MaxConcurrentRequests", &UpstreamLimits::max_concurrent_requests, omit_empty));

template <>
inline constexpr auto description_of<PassiveHealthCheck> = describe(
    "PassiveHealthCheck", field("Interval", &PassiveHealthCheck::interval, omit_empty),
    field("MaxFailures", &PassiveHealthCheck::max_failures, omit_empty),
    field("EnforcingConsecutive5xx", &PassiveHealthCheck::enforcing_consecutive_5xx, omit_empty),
    field("MaxEjectionPercent", &PassiveHealthCheck::max_ejection_percent, omit_empty),
    field("BaseEjectionTime", &PassiveHealthCheck::base_ejection_time, omit_empty));

template <>
inline constexpr auto description_of<UpstreamConfig> = describe(
    "UpstreamConfig", field("Name", &UpstreamConfig::name, omit_empty),
    field("Peer", &UpstreamConfig::peer),
    field("EnvoyListenerJSON", &UpstreamConfig::envoy_listener_json, omit_empty),
    field("EnvoyClusterJSON", &UpstreamConfig::envoy_cluster_json, omit_empty),
    field("Protocol", &UpstreamConfig::protocol, omit_empty),
    field("ConnectTimeoutMs", &UpstreamConfig::connect_timeout_ms, omit_empty),
    field("Limits", &UpstreamConfig::limits, omit_empty),
    field("PassiveHealthCheck", &UpstreamConfig::passive_health_check, omit_empty),
    field("MeshGateway", &UpstreamConfig::mesh_gateway),
    field("BalanceOutboundConnections", &UpstreamConfig::balance_outbound_connections, omit_empty));

template <>
inline constexpr auto description_of<UpstreamConfiguration> = describe(
    "UpstreamConfiguration", field("Overrides", &UpstreamConfiguration::overrides, omit_empty),
    field("Defaults", &UpstreamConfiguration::defaults, omit_empty));

template <>
inline constexpr auto description_of<DestinationConfig> =
    describe("DestinationConfig", field("Addresses", &DestinationConfig::addresses, omit_empty),
             field("Port", &DestinationConfig::port, omit_empty));

template <>
inline constexpr auto description_of<ServiceDefaults> = describe(
    "ServiceConfigEntry", field("Name", &ServiceDefaults::name, kind_before),
    field("Protocol", &ServiceDefaults::protocol),
    field("Mode", &ServiceDefaults::mode, omit_empty),
    field("TransparentProxy", &ServiceDefaults::transparent_proxy),
    field("MutualTLSMode", &ServiceDefaults::mutual_tls_mode, omit_empty),
    field("MeshGateway", &ServiceDefaults::mesh_gateway), field("Expose", &ServiceDefaults::expose),
    field("ExternalSNI", &ServiceDefaults::external_sni, omit_empty),
    field("UpstreamConfig", &ServiceDefaults::upstream_config, omit_empty),
    field("Destination", &ServiceDefaults::destination, omit_empty),
    field("MaxInboundConnections", &ServiceDefaults::max_inbound_connections, omit_empty),
    field("LocalConnectTimeoutMs", &ServiceDefaults::local_connect_timeout_ms, omit_empty),
    field("LocalRequestTimeoutMs", &ServiceDefaults::local_request_timeout_ms, omit_empty),
    field("BalanceInboundConnections", &ServiceDefaults::balance_inbound_connections, omit_empty),
    field("RateLimits", &ServiceDefaults::rate_limits, omit_empty),
    field("EnvoyExtensions", &ServiceDefaults::envoy_extensions, omit_empty),
    field("Meta", &ServiceDefaults::meta, omit_empty), field("", &ServiceDefaults::tail),
    field("MaxRequestHeadersKB", &ServiceDefaults::max_request_headers_kb, omit_empty));

template <>
inline constexpr auto description_of<MeshTransparentProxy> =
    describe("TransparentProxyMeshConfig",
             field("MeshDestinationsOnly", &MeshTransparentProxy::mesh_destinations_only));

template <>
inline constexpr auto description_of<MeshDirectionalTls> =
    describe("MeshDirectionalTLSConfig",
             field("TLSMinVersion", &MeshDirectionalTls::tls_min_version, omit_empty),
             field("TLSMaxVersion", &MeshDirectionalTls::tls_max_version, omit_empty),
             field("CipherSuites", &MeshDirectionalTls::cipher_suites, omit_empty));

template <>
inline constexpr auto description_of<MeshTls> =
    describe("MeshTLSConfig", field("Incoming", &MeshTls::incoming, omit_empty),
             field("Outgoing", &MeshTls::outgoing, omit_empty));

template <>
inline constexpr auto description_of<RequestNormalization> =
    describe("RequestNormalizationMeshConfig",
             field("InsecureDisablePathNormalization",
                   &RequestNormalization::insecure_disable_path_normalization, omit_empty),
             field("MergeSlashes", &RequestNormalization::merge_slashes, omit_empty),
             field("PathWithEscapedSlashesAction",
                   &RequestNormalization::path_with_escaped_slashes_action, omit_empty),
             field("HeadersWithUnderscoresAction",
                   &RequestNormalization::headers_with_underscores_action, omit_empty));

template <>
inline constexpr auto description_of<MeshDirectionalHttp> = describe(
    "MeshDirectionalHTTPConfig",
    field("RequestNormalization", &MeshDirectionalHttp::request_normalization, omit_empty));

template <>
inline constexpr auto description_of<MeshHttp> =
    describe("MeshHTTPConfig",
             field("SanitizeXForwardedClientCert", &MeshHttp::sanitize_x_forwarded_client_cert),
             field("Incoming", &MeshHttp::incoming, omit_empty));

template <>
inline constexpr auto description_of<MeshPeering> =
    describe("PeeringMeshConfig",
             field("PeerThroughMeshGateways", &MeshPeering::peer_through_mesh_gateways));

template <>
inline constexpr auto description_of<MeshConfig> = describe(
    "MeshConfigEntry", field("TransparentProxy", &MeshConfig::transparent_proxy, kind_before),
    field("AllowEnablingPermissiveMutualTLS", &MeshConfig::allow_enabling_permissive_mutual_tls,
          omit_empty),
    field("ValidateClusters", &MeshConfig::validate_clusters, omit_empty),
    field("TLS", &MeshConfig::tls, omit_empty), field("HTTP", &MeshConfig::http, omit_empty),
    field("Peering", &MeshConfig::peering, omit_empty),
    field("Meta", &MeshConfig::meta, omit_empty), field("", &MeshConfig::tail));

template <>
inline constexpr auto description_of<ServiceConsumer> =
    describe("ServiceConsumer", field("Peer", &ServiceConsumer::peer, omit_empty),
             field("Partition", &ServiceConsumer::partition, omit_empty),
             field("SamenessGroup", &ServiceConsumer::sameness_group, omit_empty));

template <>
inline constexpr auto description_of<ExportedService> =
    describe("ExportedService", field("Name", &ExportedService::name),
             field("Consumers", &ExportedService::consumers, omit_empty));

template <>
inline constexpr auto description_of<ExportedServices> = describe(
    "ExportedServicesConfigEntry", field("Name", &ExportedServices::name, kind_before),
    field("Services", &ExportedServices::services, omit_empty),
    field("Meta", &ExportedServices::meta, omit_empty), field("", &ExportedServices::tail));

template <>
inline constexpr auto description_of<IntentionJwtClaim> =
    describe("IntentionJWTClaimVerification", field("Path", &IntentionJwtClaim::path, omit_empty),
             field("Value", &IntentionJwtClaim::value, omit_empty));

template <>
inline constexpr auto description_of<IntentionJwtProvider> =
    describe("IntentionJWTProvider", field("Name", &IntentionJwtProvider::name, omit_empty),
             field("VerifyClaims", &IntentionJwtProvider::verify_claims, omit_empty));

template <>
inline constexpr auto description_of<IntentionJwt> =
    describe("IntentionJWTRequirement", field("Providers", &IntentionJwt::providers, omit_empty));

template <>
inline constexpr auto description_of<IntentionHeader> =
    describe("IntentionHTTPHeaderPermission", field("Name", &IntentionHeader::name),
             field("Present", &IntentionHeader::present, omit_empty),
             field("Exact", &IntentionHeader::exact, omit_empty),
             field("Prefix", &IntentionHeader::prefix, omit_empty),
             field("Suffix", &IntentionHeader::suffix, omit_empty),
             field("Contains", &IntentionHeader::contains, omit_empty),
             field("Regex", &IntentionHeader::regex, omit_empty),
             field("Invert", &IntentionHeader::invert, omit_empty),
             field("IgnoreCase", &IntentionHeader::ignore_case, omit_empty));

template <>
inline constexpr auto description_of<IntentionHttp> =
    describe("IntentionHTTPPermission", field("PathExact", &IntentionHttp::path_exact, omit_empty),
             field("PathPrefix", &IntentionHttp::path_prefix, omit_empty),
             field("PathRegex", &IntentionHttp::path_regex, omit_empty),
             field("Header", &IntentionHttp::header, omit_empty),
             field("Methods", &IntentionHttp::methods, omit_empty));

template <>
inline constexpr auto description_of<IntentionPermission> =
    describe("IntentionPermission", field("Action", &IntentionPermission::action),
             field("HTTP", &IntentionPermission::http, omit_empty),
             field("JWT", &IntentionPermission::jwt, omit_empty));

template <>
inline constexpr auto description_of<SourceIntention> =
    describe("SourceIntention", field("Name", &SourceIntention::name),
             field("Action", &SourceIntention::action, omit_empty),
             field("Permissions", &SourceIntention::permissions, omit_empty),
             field("Precedence", &SourceIntention::precedence),
             field("LegacyID", &SourceIntention::legacy_id, omit_empty),
             field("Type", &SourceIntention::type),
             field("Description", &SourceIntention::description, omit_empty),
             field("LegacyMeta", &SourceIntention::legacy_meta, omit_empty),
             field("LegacyCreateTime", &SourceIntention::legacy_create_time, omit_empty),
             field("LegacyUpdateTime", &SourceIntention::legacy_update_time, omit_empty),
             field("Partition", &SourceIntention::partition, omit_empty),
             field("Peer", &SourceIntention::peer, omit_empty),
             field("SamenessGroup", &SourceIntention::sameness_group, omit_empty));

template <>
inline constexpr auto description_of<ServiceIntentions> =
    describe("ServiceIntentionsConfigEntry", field("Name", &ServiceIntentions::name, kind_before),
             field("JWT", &ServiceIntentions::jwt, omit_empty),
             field("Sources", &ServiceIntentions::sources),
             field("Meta", &ServiceIntentions::meta, omit_empty),
             field("Partition", &ServiceIntentions::partition, omit_empty),
             field("", &ServiceIntentions::tail));

template <>
inline constexpr auto description_of<ResolverSubset> =
    describe("ServiceResolverSubset", field("Filter", &ResolverSubset::filter, omit_empty),
             field("OnlyPassing", &ResolverSubset::only_passing, omit_empty));

template <>
inline constexpr auto description_of<ResolverRedirect> =
    describe("ServiceResolverRedirect", field("Service", &ResolverRedirect::service, omit_empty),
             field("ServiceSubset", &ResolverRedirect::service_subset, omit_empty),
             field("Namespace", &ResolverRedirect::namespace_, omit_empty),
             field("Partition", &ResolverRedirect::partition, omit_empty),
             field("Datacenter", &ResolverRedirect::datacenter, omit_empty),
             field("Peer", &ResolverRedirect::peer, omit_empty),
             field("SamenessGroup", &ResolverRedirect::sameness_group, omit_empty));

template <>
inline constexpr auto description_of<FailoverTarget> = describe(
    "ServiceResolverFailoverTarget", field("Service", &FailoverTarget::service, omit_empty),
    field("ServiceSubset", &FailoverTarget::service_subset, omit_empty),
    field("Partition", &FailoverTarget::partition, omit_empty),
    field("Namespace", &FailoverTarget::namespace_, omit_empty),
    field("Datacenter", &FailoverTarget::datacenter, omit_empty),
    field("Peer", &FailoverTarget::peer, omit_empty));

template <>
inline constexpr auto description_of<ResolverFailover> =
    describe("ServiceResolverFailover", field("Service", &ResolverFailover::service, omit_empty),
             field("ServiceSubset", &ResolverFailover::service_subset, omit_empty),
             field("Namespace", &ResolverFailover::namespace_, omit_empty),
             field("Datacenters", &ResolverFailover::datacenters, omit_empty),
             field("Targets", &ResolverFailover::targets, omit_empty),
             field("Policy", &ResolverFailover::policy, omit_empty),
             field("SamenessGroup", &ResolverFailover::sameness_group, omit_empty));

template <>
inline constexpr auto description_of<RingHashConfig> = describe(
    "RingHashConfig", field("MinimumRingSize", &RingHashConfig::minimum_ring_size, omit_empty),
    field("MaximumRingSize", &RingHashConfig::maximum_ring_size, omit_empty));

template <>
inline constexpr auto description_of<LeastRequestConfig> = describe(
    "LeastRequestConfig", field("ChoiceCount", &LeastRequestConfig::choice_count, omit_empty));

template <>
inline constexpr auto description_of<CookieConfig> = describe(
    "CookieConfig", field("Session", &CookieConfig::session, omit_empty),
    field("TTL", &CookieConfig::ttl, omit_empty), field("Path", &CookieConfig::path, omit_empty));

template <>
inline constexpr auto description_of<HashPolicy> =
    describe("HashPolicy", field("Field", &HashPolicy::field, omit_empty),
             field("FieldValue", &HashPolicy::field_value, omit_empty),
             field("CookieConfig", &HashPolicy::cookie_config, omit_empty),
             field("SourceIP", &HashPolicy::source_ip, omit_empty),
             field("Terminal", &HashPolicy::terminal, omit_empty));

template <>
inline constexpr auto description_of<LoadBalancer> =
    describe("LoadBalancer", field("Policy", &LoadBalancer::policy, omit_empty),
             field("RingHashConfig", &LoadBalancer::ring_hash_config, omit_empty),
             field("LeastRequestConfig", &LoadBalancer::least_request_config, omit_empty),
             field("HashPolicies", &LoadBalancer::hash_policies, omit_empty));

template <>
inline constexpr auto description_of<ServiceResolver> =
    describe("ServiceResolverConfigEntry",
             field("ConnectTimeout", &ServiceResolver::connect_timeout, duration_text),
             field("RequestTimeout", &ServiceResolver::request_timeout, duration_text),
             field("Name", &ServiceResolver::name, kind_before),
             field("DefaultSubset", &ServiceResolver::default_subset, omit_empty),
             field("Subsets", &ServiceResolver::subsets, omit_empty),
             field("Redirect", &ServiceResolver::redirect, omit_empty),
             field("Failover", &ServiceResolver::failover, omit_empty),
             field("PrioritizeByLocality", &ServiceResolver::prioritize_by_locality, omit_empty),
             field("LoadBalancer", &ServiceResolver::load_balancer, omit_empty),
             field("Meta", &ServiceResolver::meta, omit_empty), field("", &ServiceResolver::tail));

template <>
inline constexpr auto description_of<HeaderModifiers> =
    describe("HTTPHeaderModifiers", field("Add", &HeaderModifiers::add, omit_empty),
             field("Set", &HeaderModifiers::set, omit_empty),
             field("Remove", &HeaderModifiers::remove, omit_empty));

template <>
inline constexpr auto description_of<ServiceSplit> =
    describe("ServiceSplit", field("Weight", &ServiceSplit::weight),
             field("Service", &ServiceSplit::service, omit_empty),
             field("ServiceSubset", &ServiceSplit::service_subset, omit_empty),
             field("Namespace", &ServiceSplit::namespace_, omit_empty),
             field("Partition", &ServiceSplit::partition, omit_empty),
             field("RequestHeaders", &ServiceSplit::request_headers, omit_empty),
             field("ResponseHeaders", &ServiceSplit::response_headers, omit_empty));

template <>
inline constexpr auto description_of<ServiceSplitter> =
    describe("ServiceSplitterConfigEntry", field("Name", &ServiceSplitter::name, kind_before),
             field("Splits", &ServiceSplitter::splits),
             field("Meta", &ServiceSplitter::meta, omit_empty), field("", &ServiceSplitter::tail));

template <>
inline constexpr auto description_of<RouteHeader> =
    describe("ServiceRouteHTTPMatchHeader", field("Name", &RouteHeader::name),
             field("Present", &RouteHeader::present, omit_empty),
             field("Exact", &RouteHeader::exact, omit_empty),
             field("Prefix", &RouteHeader::prefix, omit_empty),
             field("Suffix", &RouteHeader::suffix, omit_empty),
             field("Regex", &RouteHeader::regex, omit_empty),
             field("Invert", &RouteHeader::invert, omit_empty));

template <>
inline constexpr auto description_of<RouteQueryParam> =
    describe("ServiceRouteHTTPMatchQueryParam", field("Name", &RouteQueryParam::name),
             field("Present", &RouteQueryParam::present, omit_empty),
             field("Exact", &RouteQueryParam::exact, omit_empty),
             field("Regex", &RouteQueryParam::regex, omit_empty));

template <>
inline constexpr auto description_of<RouteHttpMatch> =
    describe("ServiceRouteHTTPMatch", field("PathExact", &RouteHttpMatch::path_exact, omit_empty),
             field("PathPrefix", &RouteHttpMatch::path_prefix, omit_empty),
             field("PathRegex", &RouteHttpMatch::path_regex, omit_empty),
             field("CaseInsensitive", &RouteHttpMatch::case_insensitive, omit_empty),
             field("Header", &RouteHttpMatch::header, omit_empty),
             field("QueryParam", &RouteHttpMatch::query_param, omit_empty),
             field("Methods", &RouteHttpMatch::methods, omit_empty));

template <>
inline constexpr auto description_of<RouteMatch> =
    describe("ServiceRouteMatch", field("HTTP", &RouteMatch::http, omit_empty));

template <>
inline constexpr auto description_of<RouteDestination> = describe(
    "ServiceRouteDestination",
    field("RequestTimeout", &RouteDestination::request_timeout, duration_text),
    field("IdleTimeout", &RouteDestination::idle_timeout, duration_text),
    field("Service", &RouteDestination::service, omit_empty),
    field("ServiceSubset", &RouteDestination::service_subset, omit_empty),
    field("Namespace", &RouteDestination::namespace_, omit_empty),
    field("Partition", &RouteDestination::partition, omit_empty),
    field("PrefixRewrite", &RouteDestination::prefix_rewrite, omit_empty),
    field("NumRetries", &RouteDestination::num_retries, omit_empty),
    field("RetryOnConnectFailure", &RouteDestination::retry_on_connect_failure, omit_empty),
    field("RetryOn", &RouteDestination::retry_on, omit_empty),
    field("RetryOnStatusCodes", &RouteDestination::retry_on_status_codes, omit_empty),
    field("RequestHeaders", &RouteDestination::request_headers, omit_empty),
    field("ResponseHeaders", &RouteDestination::response_headers, omit_empty));

template <>
inline constexpr auto description_of<ServiceRoute> =
    describe("ServiceRoute", field("Match", &ServiceRoute::match, omit_empty),
             field("Destination", &ServiceRoute::destination, omit_empty));

template <>
inline constexpr auto description_of<ServiceRouter> =
    describe("ServiceRouterConfigEntry", field("Name", &ServiceRouter::name, kind_before),
             field("Routes", &ServiceRouter::routes, omit_empty),
             field("Meta", &ServiceRouter::meta, omit_empty), field("", &ServiceRouter::tail));

}  // namespace peerlab::catalog
