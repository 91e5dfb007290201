#include "peerlab/mesh/proxy_config.hpp"

#include <algorithm>

#include "clusters.hpp"

namespace peerlab::mesh {
namespace {

bool has_host_name(const Endpoint& endpoint) { return !is_ip(endpoint.address.host); }

}  // namespace

const Listener* ProxyConfig::listener(std::string_view name) const {
  const auto found = std::ranges::find(listeners, name, &Listener::name);
  return found == listeners.end() ? nullptr : &*found;
}

const Listener* inbound_listener(const ProxyConfig& config) {
  const auto found = std::ranges::find_if(config.listeners, [](const Listener& listener) {
    return listener.name.starts_with("public_listener:");
  });
  if (found != config.listeners.end()) return &*found;
  return config.listeners.empty() ? nullptr : &config.listeners.front();
}

void set_endpoints(Cluster& cluster, std::vector<Endpoint> endpoints, bool strict,
                   const Mutants& mutants) {
  if (std::ranges::none_of(endpoints, has_host_name)) {
    cluster.endpoints = std::move(endpoints);
    return;
  }
  std::erase_if(endpoints, [](const Endpoint& e) { return !has_host_name(e); });
  cluster.discovery = strict ? Discovery::strict_dns : Discovery::logical_dns;
  if (mutants.has(Mutant::HB_118)) return;
  if (!strict) {
    const auto healthy = std::ranges::find(endpoints, Health::healthy, &Endpoint::health);
    endpoints = {healthy != endpoints.end() ? *healthy : endpoints.back()};
  }
  cluster.endpoints = std::move(endpoints);
}

Duration timeout_setting(const catalog::Json::Object& config, std::string_view key) {
  constexpr Duration otherwise = std::chrono::seconds(5);
  const auto given = config.find(key);
  if (given == config.end()) return otherwise;
  const auto* millis = std::get_if<std::int64_t>(&given->second.value);
  return millis == nullptr ? otherwise : std::chrono::milliseconds(*millis);
}

ServerTls server_tls(const trust::TrustBundle& own, const std::vector<trust::TrustBundle>& peers) {
  ServerTls tls;
  tls.root_pems[own.trust_domain] = own.root_pems;
  for (const auto& peer : peers) tls.root_pems[peer.trust_domain] = peer.root_pems;
  tls.any_name = peers.empty();
  return tls;
}

}  // namespace peerlab::mesh
