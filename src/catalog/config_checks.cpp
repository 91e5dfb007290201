#include "catalog/config_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "peerlab/base/hash.hpp"
#include "peerlab/catalog/config_write.hpp"

namespace peerlab::catalog {

namespace {

using Choices = std::span<const std::string_view>;

Result<void> check_mutual_tls(const std::string& mode) {
  constexpr std::array<std::string_view, 3> modes = {"", "strict", "permissive"};
  if (is_one_of(mode, modes)) return {};
  return refuse(fmt::format(
      "Invalid MutualTLSMode \"{}\". Must be one of \"\", \"strict\", or \"permissive\".", mode));
}

Result<void> check_locality(const std::optional<PrioritizeByLocality>& locality) {
  if (!locality || locality->mode.empty()) return {};
  return refuse("Prioritize-by-locality requires Consul Enterprise ");
}

void check_extensions(const std::vector<EnvoyExtension>& extensions,
                      std::vector<std::string>& errors) {
  constexpr std::array<std::string_view, 7> built_in = {
      "builtin/aws/lambda", "builtin/ext-authz",           "builtin/http/localratelimit",
      "builtin/lua",        "builtin/otel-access-logging", "builtin/property-override",
      "builtin/wasm",
  };
  for (std::size_t i = 0; i < extensions.size(); ++i) {
    const std::string& name = extensions[i].name;
    if (is_one_of(name, built_in)) continue;
    errors.push_back(fmt::format(
        "invalid EnvoyExtensions[{0}][{1}]: name \"{1}\" is not a built-in extension", i, name));
  }
}

Result<void> check_access_logs(const AccessLogsConfig& logs) {
  constexpr std::array<std::string_view, 4> types = {"", "file", "stdout", "stderr"};
  if (!is_one_of(logs.type, types)) {
    return refuse(fmt::format("invalid access log type: {}", logs.type));
  }
  if (!logs.json_format.empty() && !logs.text_format.empty()) {
    return refuse("cannot specify both access log JSON and text formats");
  }
  if (logs.type == "file" && logs.path.empty()) {
    return refuse("path must be specified when using file type access logs");
  }
  return {};
}

constexpr std::array<std::string_view, 5> tls_versions = {"TLS_AUTO", "TLSv1_0", "TLSv1_1",
                                                          "TLSv1_2", "TLSv1_3"};
constexpr std::array<std::string_view, 14> cipher_suites = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",   "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",         "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",         "TLS_RSA_WITH_AES_256_CBC_SHA",
};

Result<void> check_tls(const std::optional<MeshDirectionalTls>& tls, std::string_view direction) {
  if (!tls) return {};
  const auto wrong = [&](const std::string& text) {
    return refuse(fmt::format("error in {} TLS configuration: {}", direction, text));
  };
  for (const std::string& version : {tls->tls_min_version, tls->tls_max_version}) {
    if (version.empty() || is_one_of(version, tls_versions)) continue;
    return wrong(fmt::format("no matching TLS version found for {}, please specify one of [{}]",
                             version, fmt::join(tls_versions, ", ")));
  }
  const auto rank = [](std::string_view version) {
    return std::ranges::find(tls_versions, version) - tls_versions.begin();
  };
  if (!tls->tls_min_version.empty() && !tls->tls_max_version.empty() &&
      tls->tls_max_version != "TLS_AUTO" &&
      rank(tls->tls_max_version) < rank(tls->tls_min_version)) {
    return wrong(
        fmt::format("configuring max version {} less than the configured min version {} "
                    "is invalid",
                    tls->tls_max_version, tls->tls_min_version));
  }
  if (!tls->cipher_suites.empty() && tls->tls_min_version == "TLSv1_3") {
    return wrong(
        "configuring CipherSuites is only applicable to connections negotiated with TLS "
        "1.2 or earlier, TLSMinVersion is set to TLSv1_3");
  }
  for (const std::string& suite : tls->cipher_suites) {
    if (is_one_of(suite, cipher_suites)) continue;
    return wrong(fmt::format("no matching Envoy TLS cipher suite found for {}", suite));
  }
  return {};
}

Result<void> check_normalization(const RequestNormalization& rules) {
  constexpr std::array<std::string_view, 5> slashes = {
      "IMPLEMENTATION_SPECIFIC_DEFAULT", "KEEP_UNCHANGED", "REJECT_REQUEST",
      "UNESCAPE_AND_REDIRECT", "UNESCAPE_AND_FORWARD"};
  constexpr std::array<std::string_view, 3> underscores = {"ALLOW", "REJECT_REQUEST",
                                                           "DROP_HEADER"};
  const auto one_of = [](const std::string& value, std::string_view name,
                         Choices choices) -> Result<void> {
    if (value.empty() || is_one_of(value, choices)) return {};
    return refuse(
        fmt::format("error in HTTP incoming request normalization configuration: no matching {} "
                    "value found for {}, please specify one of [{}]",
                    name, value, fmt::join(choices, ", ")));
  };
  return one_of(rules.path_with_escaped_slashes_action, "PathWithEscapedSlashesAction", slashes)
      .and_then([&] {
        return one_of(rules.headers_with_underscores_action, "HeadersWithUnderscoresAction",
                      underscores);
      });
}

/// An address or a host name. Consul asks its DNS library, to which blanks are no offence.
bool is_host(std::string_view address) {
  if (address.empty() || address.size() > 255 || address.find('*') != std::string_view::npos) {
    return false;
  }
  std::size_t label = 0;
  for (const char c : address) {
    label = c == '.' ? 0 : label + 1;
    if (label > 63) return false;
  }
  return true;
}

void check_destination(const DestinationConfig& destination, std::vector<std::string>& errors) {
  if (destination.addresses.empty()) {
    errors.emplace_back("Destination must contain at least one valid address");
  }
  for (const std::string& address : destination.addresses) {
    if (is_host(address)) continue;
    errors.push_back(
        fmt::format("Destination address '{0}' is invalid Could not validate address "
                    "{0} as an IP or Hostname",
                    address));
  }
  if (destination.port < 1 || destination.port > 65535) {
    errors.push_back(fmt::format("Invalid Port number {}", destination.port));
  }
}

/// The texts about one UpstreamConfig; a misplaced name ends the check before the rest.
std::string upstream_error(const UpstreamConfig& upstream, bool named) {
  if (named && upstream.name.empty()) return "Name is required";
  if (named && upstream.name == "*") return "Wildcard name is not supported";
  if (!named && !upstream.name.empty()) return "Name must be empty";

  std::vector<std::string> errors;
  if (const auto& passive = upstream.passive_health_check) {
    const auto percentage = [&](const std::optional<std::uint32_t>& value, std::string_view name) {
      if (value.value_or(0) <= 100) return;
      errors.push_back(
          fmt::format("passive health check {} must be a percentage between 0 and 100", name));
    };
    if (passive->interval < Duration(0)) {
      errors.emplace_back("passive health check interval cannot be negative");
    }
    percentage(passive->enforcing_consecutive_5xx, "enforcing_consecutive_5xx");
    percentage(passive->max_ejection_percent, "max_ejection_percent");
  }
  if (const auto& limits = upstream.limits) {
    const auto positive = [&](const std::optional<std::int64_t>& value, std::string_view name) {
      if (value.value_or(0) < 0) errors.push_back(fmt::format("{} cannot be negative", name));
    };
    positive(limits->max_connections, "max connections");
    positive(limits->max_pending_requests, "max pending requests");
    positive(limits->max_concurrent_requests, "max concurrent requests");
  }
  const std::string& balance = upstream.balance_outbound_connections;
  if (!balance.empty() && balance != "exact_balance") {
    errors.push_back(fmt::format("invalid value for balance_outbound_connections: {}", balance));
  }
  return errors.empty() ? "" : multi_error(errors);
}

void check_upstreams(const UpstreamConfiguration& upstreams, std::vector<std::string>& errors) {
  for (const UpstreamConfig& upstream : upstreams.overrides) {
    const std::string error = upstream_error(upstream, true);
    if (error.empty()) continue;
    const std::string& peer = upstream.name.empty() ? "" : upstream.peer.value();
    errors.push_back(
        fmt::format("error in upstream override for {}:{}: {}", upstream.name, peer, error));
  }
  if (!upstreams.defaults) return;
  const std::string error = upstream_error(*upstreams.defaults, false);
  if (!error.empty()) errors.push_back(fmt::format("error in upstream defaults: {}", error));
}

Result<void> check_consumer(const ServiceConsumer& consumer, const std::string& where) {
  if (!consumer.sameness_group.empty()) {
    return refuse(where + ": sameness-groups are an enterprise-only feature");
  }
  if (!consumer.peer.value().empty() && !consumer.partition.value().empty()) {
    return refuse(where + ": must define at most one of Peer, Partition, or SamenessGroup");
  }
  if (consumer.partition.value() == "*") {
    return refuse(where + ": exporting to all partitions (wildcard) is not supported");
  }
  if (consumer.peer.value() == "*") {
    return refuse(where + ": exporting to all peers (wildcard) is not supported");
  }
  return {};
}

}  // namespace

bool is_one_of(std::string_view text, std::span<const std::string_view> choices) {
  return std::ranges::find(choices, text) != choices.end();
}

std::string upper_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::vector<std::string> meta_errors(const Meta& meta) {
  std::vector<std::string> errors;
  if (meta.size() > 64) errors.emplace_back("Meta exceeds maximum element count 64");
  for (const auto& [key, value] : meta) {
    if (key.size() > 128) {
      errors.push_back(fmt::format("Meta key \"{}\" exceeds maximum length 128", key));
    }
    if (value.size() > 512) {
      errors.push_back(fmt::format("Meta value for key \"{}\" exceeds maximum length 512", key));
    }
  }
  return errors;
}

Result<void> check(const std::vector<std::string>& errors) {
  if (errors.empty()) return {};
  return refuse(multi_error(errors));
}

Result<void> settle_methods(std::vector<std::string>& methods, std::string_view prefix) {
  constexpr std::array<std::string_view, 9> known = {
      "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"};
  for (auto method = methods.begin(); method != methods.end(); ++method) {
    *method = upper_case(*method);
    if (!is_one_of(*method, known)) {
      return refuse(fmt::format("{}Methods contains an invalid method \"{}\"", prefix, *method));
    }
    if (std::find(methods.begin(), method, *method) != method) {
      return refuse(fmt::format("{}Methods contains \"{}\" more than once", prefix, *method));
    }
  }
  return {};
}

Result<void> settle(ProxyDefaults& entry) {
  if (entry.name.empty()) entry.name = "global";
  if (entry.name != "global") {
    return refuse(fmt::format("invalid name (\"{}\"), only \"global\" is supported", entry.name));
  }
  std::vector<std::string> errors = meta_errors(entry.meta);
  check_extensions(entry.envoy_extensions, errors);
  return check_mutual_tls(entry.mutual_tls_mode)
      .and_then([&] { return check_access_logs(entry.access_logs); })
      .and_then([&] { return check_locality(entry.prioritize_by_locality); })
      .and_then([&] { return check(errors); });
}

Result<void> settle(ServiceDefaults& entry) {
  entry.protocol = lower_case(entry.protocol);
  if (auto& upstreams = entry.upstream_config) {
    const auto settle_upstream = [](UpstreamConfig& upstream) {
      upstream.protocol = lower_case(upstream.protocol);
      upstream.connect_timeout_ms = std::max<std::int64_t>(0, upstream.connect_timeout_ms);
    };
    std::ranges::for_each(upstreams->overrides, settle_upstream);
    if (upstreams->defaults) settle_upstream(*upstreams->defaults);
  }
  if (entry.name.empty()) return refuse("Name is required");
  if (entry.name == "*") {
    return refuse("service-defaults name must be the name of a service, and not a wildcard");
  }
  if (auto mode = check_mutual_tls(entry.mutual_tls_mode); !mode) return mode;

  std::vector<std::string> errors = meta_errors(entry.meta);
  constexpr std::array<std::string_view, 5> protocols = {"", "tcp", "http", "http2", "grpc"};
  if (!is_one_of(entry.protocol, protocols)) {
    errors.push_back(fmt::format("invalid value for protocol: {}", entry.protocol));
  }
  const std::string& balance = entry.balance_inbound_connections;
  if (!balance.empty() && balance != "exact_balance") {
    errors.push_back(fmt::format("invalid value for balance_inbound_connections: {}", balance));
  }
  if (entry.destination) check_destination(*entry.destination, errors);
  if (entry.upstream_config) check_upstreams(*entry.upstream_config, errors);
  if (entry.rate_limits) {
    errors.emplace_back("invalid rate_limits config. Rate limiting is a consul enterprise feature");
  }
  check_extensions(entry.envoy_extensions, errors);
  return check(errors);
}

Result<void> settle(MeshConfig& entry) {
  if (auto meta = check(meta_errors(entry.meta)); !meta) return meta;
  if (entry.tls) {
    auto tls = check_tls(entry.tls->incoming, "incoming").and_then([&] {
      return check_tls(entry.tls->outgoing, "outgoing");
    });
    if (!tls) return tls;
  }
  if (entry.http && entry.http->incoming && entry.http->incoming->request_normalization) {
    return check_normalization(*entry.http->incoming->request_normalization);
  }
  return {};
}

Result<void> settle(ExportedServices& entry, const EntryHome& home) {
  if (entry.name != home.partition.value()) {
    return refuse(fmt::format("exported-services Name must be \"{}\"", home.partition.value()));
  }
  if (auto meta = check(meta_errors(entry.meta)); !meta) return meta;
  for (std::size_t i = 0; i < entry.services.size(); ++i) {
    const ExportedService& service = entry.services[i];
    if (service.name.value().empty()) {
      return refuse(fmt::format("Services[{}]: service name cannot be empty", i));
    }
    if (service.consumers.empty()) {
      return refuse(fmt::format("Services[{}]: must have at least one consumer", i));
    }
    for (std::size_t j = 0; j < service.consumers.size(); ++j) {
      auto consumer =
          check_consumer(service.consumers[j], fmt::format("Services[{}].Consumers[{}]", i, j));
      if (!consumer) return consumer;
    }
  }
  return {};
}

Result<void> settle(OtherEntry& entry) {
  if (entry.kind == "sameness-group") {
    return refuse("sameness-groups are an enterprise-only feature");
  }
  if (entry.kind == "bound-api-gateway") {
    return failure(Errc::permission_denied, "Permission denied: only writeable by controller");
  }
  if (entry.name.empty()) return refuse("Name is required");
  return {};
}

Result<ConfigEntry> normalize(ConfigEntry entry, const EntryHome& home) {
  const auto settle_in = [&](auto& body) {
    if constexpr (requires { settle(body, home); }) {
      return settle(body, home);
    } else {
      return settle(body);
    }
  };
  auto settled = std::visit(settle_in, entry);
  if (!settled) return tl::unexpected<Error>(settled.error());
  tail_of(entry) = {};
  tail_of(entry).hash = hash_of(to_json_text(entry));
  return entry;
}

}  // namespace peerlab::catalog
