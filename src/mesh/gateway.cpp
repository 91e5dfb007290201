#include "peerlab/mesh/gateway.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "clusters.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/trust/sni.hpp"

namespace peerlab::mesh {
namespace {

const catalog::Json* config_value(const catalog::Service& gateway, std::string_view key) {
  const auto found = gateway.proxy.config.find(key);
  return found == gateway.proxy.config.end() ? nullptr : &found->second;
}

bool is_true(const catalog::Json* value) {
  const auto* flag = value == nullptr ? nullptr : std::get_if<bool>(&value->value);
  return flag != nullptr && *flag;
}

bool resolves_strictly(const catalog::Service& gateway) {
  const auto* value = config_value(gateway, "envoy_dns_discovery_type");
  const auto* text = value == nullptr ? nullptr : value->text();
  return text != nullptr && (*text == "STRICT_DNS" || *text == "strict_dns");
}

/// Named addresses on which the gateway listens: `default`, tagged ones and explicit ones.
std::map<std::string, Address> bound_addresses(const catalog::Service& gateway) {
  std::map<std::string, Address> out;
  if (!is_true(config_value(gateway, "envoy_gateway_no_default_bind"))) {
    out["default"] = {gateway.address.empty() ? "0.0.0.0" : gateway.address, gateway.port};
  }
  if (is_true(config_value(gateway, "envoy_gateway_bind_tagged_addresses"))) {
    for (const auto& [name, tagged] : gateway.tagged_addresses) {
      out[name] = {tagged.address, tagged.port};
    }
  }
  const auto* given = config_value(gateway, "envoy_gateway_bind_addresses");
  const auto* list = given == nullptr ? nullptr : given->object();
  if (list == nullptr) return out;
  for (const auto& [name, value] : *list) {
    const auto* host = value.find("address");
    const auto* port = value.find("port");
    const auto* number = port == nullptr ? nullptr : std::get_if<std::int64_t>(&port->value);
    if (host == nullptr || host->text() == nullptr || number == nullptr) continue;
    out[name] = {*host->text(), *number};
  }
  return out;
}

class Builder {
 public:
  Builder(const GatewayFacts& facts, const Mutants& mutants) : facts_(facts), mutants_(mutants) {}

  ProxyConfig build() {
    for (const auto& service : facts_.services) add_mesh_service(service);
    auto exports = facts_.exports;
    std::ranges::sort(exports, {}, &ExportFacts::service);
    for (const auto& exported : exports) add_export(exported);
    for (const auto& remote : facts_.remote_gateways) add_remote(remote);
    add_own_servers();
    add_peer_servers();
    chains_.push_back({.server_names = {},
                       .tls = std::nullopt,
                       .rules = std::nullopt,
                       .forward = SniProxy{},
                       .serves = Serves::anything,
                       .subject = {}});
    for (const auto& [name, address] : bound_addresses(facts_.gateway)) {
      const std::string text = to_text(address);
      config_.listeners.push_back({fmt::format("{}:{}", name, text), text, chains_});
    }
    return std::move(config_);
  }

 private:
  const OwnCluster& own() const { return facts_.cluster; }

  Cluster cluster_named(std::string name) const {
    Cluster out;
    out.name = std::move(name);
    out.connect_timeout = timeout_setting(facts_.gateway.proxy.config, "connect_timeout_ms");
    return out;
  }

  void add(Cluster cluster) { config_.clusters[cluster.name] = std::move(cluster); }

  std::string local_sni(const trust::ServiceRef& service) const {
    return trust::service_sni(service, own().datacenter, own().bundle.trust_domain);
  }

  /// Behind the catch-all chain: the cluster is named like the SNI. (T-067)
  void add_mesh_service(const MeshService& service) {
    if (service.instances.empty()) return;
    const bool imported = !service.peer.value().empty();
    std::string name = local_sni(service.service);
    if (imported) {
      const auto& meta = service.instances.front().service.connect.peer_meta;
      if (!meta || meta->sni.empty()) return;
      name = meta->sni.front();
    }
    Cluster cluster = cluster_named(std::move(name));
    cluster.panics = true;
    set_endpoints(cluster,
                  endpoints_of(service.instances, imported ? Reach::wan : Reach::lan, mutants_),
                  resolves_strictly(facts_.gateway), mutants_);
    add(std::move(cluster));
  }

  const MeshService* local_service(const trust::ServiceRef& wanted) const {
    const auto found = std::ranges::find_if(facts_.services, [&](const MeshService& service) {
      return service.peer.value().empty() && service.service == wanted &&
             !service.instances.empty();
    });
    return found == facts_.services.end() ? nullptr : &*found;
  }

  std::vector<trust::TrustBundle> bundles_of(const std::vector<PeerName>& peers) const {
    std::vector<trust::TrustBundle> out;
    for (const auto& bundle : facts_.peer_bundles) {
      if (std::ranges::count(peers, bundle.peer) > 0) out.push_back(bundle);
    }
    return out;
  }

  /// Without instances there is no chain (T-068), and none for HTTP without a leaf (HB-110).
  void add_export(const ExportFacts& exported) {
    const MeshService* service = local_service(exported.service);
    const bool http = catalog::is_http_like(exported.protocol);
    const bool leaf = facts_.has_leaf && !mutants_.has(Mutant::HB_110);
    if (service == nullptr || exported.consumers.empty() || (http && !leaf)) return;

    const std::string target = local_sni(exported.service);
    Cluster cluster = cluster_named(exported_cluster_name(target));
    FilterChain chain;
    chain.serves = Serves::exported_service;
    chain.subject = exported.service.service.value();
    for (const auto& peer : exported.consumers) {
      chain.server_names.push_back(
          trust::peered_service_sni(exported.service, peer, own().bundle.trust_domain));
    }
    std::ranges::sort(chain.server_names);
    if (http) {
      chain.tls = server_tls(own().bundle, bundles_of(exported.consumers));
      // Peers are meant to call, so the map stays even while no bundle is there yet.
      chain.tls->any_name = false;
      chain.forward = HttpProxy{exported.service.service.value(), cluster.name, Xfcc::sanitize_set};
      cluster.http2 = is_http2(exported.protocol);
      cluster.tls = ClientTls{target,
                              own().bundle.root_pems,
                              {trust::to_uri(service_identity(own(), exported.service))}};
    } else {
      chain.forward = TcpProxy{cluster.name};
    }
    set_endpoints(cluster, endpoints_of(service->instances, Reach::lan, mutants_), false, mutants_);
    chains_.push_back(std::move(chain));
    add(std::move(cluster));
  }

  void add_remote(const RemoteGateways& remote) {
    const std::string suffix =
        trust::datacenter_sni(remote.datacenter, remote.partition, own().bundle.trust_domain);
    Cluster cluster = cluster_named(suffix);
    set_endpoints(cluster, endpoints_of(remote.gateways, Reach::wan, mutants_),
                  resolves_strictly(facts_.gateway), mutants_);
    chains_.push_back({.server_names = {"*." + suffix},
                       .tls = std::nullopt,
                       .rules = std::nullopt,
                       .forward = TcpProxy{suffix},
                       .serves = Serves::elsewhere,
                       .subject = suffix});
    add(std::move(cluster));
  }

  void add_server_chain(Cluster cluster, Serves serves, std::string subject) {
    cluster.panics = true;
    chains_.push_back({.server_names = {cluster.name},
                       .tls = std::nullopt,
                       .rules = std::nullopt,
                       .forward = TcpProxy{cluster.name},
                       .serves = serves,
                       .subject = std::move(subject)});
    add(std::move(cluster));
  }

  void add_own_servers() {
    if (!facts_.peer_through_mesh_gateways ||
        std::ranges::none_of(facts_.servers, &ServerFacts::voter)) {
      return;
    }
    Cluster cluster =
        cluster_named(trust::peering_server_name(own().datacenter, own().bundle.trust_domain));
    for (const auto& server : facts_.servers) {
      if (server.read_replica) continue;
      cluster.endpoints.push_back({{server.address, server.grpc_tls_port}});
    }
    add_server_chain(std::move(cluster), Serves::own_servers, {});
  }

  void add_peer_servers() {
    if (!facts_.peer_through_mesh_gateways) return;
    std::map<std::string, const DialedPeer*> by_name;
    for (const auto& peer : facts_.dialed_peers) {
      const DialedPeer*& known = by_name[peer.server_name];
      if (known == nullptr || known->modify_index < peer.modify_index) known = &peer;
    }
    for (const auto& [name, peer] : by_name) {
      Cluster cluster = cluster_named(name);
      std::vector<Endpoint> endpoints;
      for (const auto& address : peer->server_addresses) {
        endpoints.push_back({address_of(address)});
      }
      set_endpoints(cluster, std::move(endpoints), true, mutants_);
      add_server_chain(std::move(cluster), Serves::peer_servers, peer->peer.value());
    }
  }

  const GatewayFacts& facts_;
  const Mutants& mutants_;
  ProxyConfig config_;
  std::vector<FilterChain> chains_;
};

GatewayRoute route_of(const FilterChain& chain) {
  switch (chain.serves) {
    case Serves::exported_service:
      return ToService{ServiceName(chain.subject)};
    case Serves::elsewhere:
      return ToDatacenter{chain.subject};
    case Serves::own_servers:
      return ToOwnServers{};
    case Serves::peer_servers:
      return ToPeerServers{PeerName(chain.subject)};
    case Serves::anything:
      return ToCluster{};
  }
  return ToCluster{};
}

std::string cluster_of(const FilterChain& chain, std::string_view sni) {
  if (const auto* tcp = std::get_if<TcpProxy>(&chain.forward)) return tcp->cluster;
  if (const auto* http = std::get_if<HttpProxy>(&chain.forward)) return http->cluster;
  return std::string(sni);
}

/// How well a chain matches: 0 not at all, 1 as the catch-all, more for a longer name.
std::size_t match(const FilterChain& chain, std::string_view sni) {
  if (chain.server_names.empty()) return 1;
  std::size_t best = 0;
  for (const std::string_view name : chain.server_names) {
    const bool wildcard = name.starts_with("*.");
    const bool fits = wildcard ? sni.ends_with(name.substr(1)) : sni == name;
    // An exact name is as long as the SNI and so longer than any wildcard that fits.
    if (fits) best = std::max(best, 1 + name.size());
  }
  return best;
}

const FilterChain* best_chain(std::string_view sni, const ProxyConfig& gateway) {
  const Listener* listener = inbound_listener(gateway);
  const FilterChain* best = nullptr;
  std::size_t score = 0;
  if (listener == nullptr) return nullptr;
  for (const auto& chain : listener->chains) {
    const std::size_t its = match(chain, sni);
    if (its > score) best = &chain;
    score = std::max(score, its);
  }
  return best;
}

}  // namespace

ProxyConfig gateway_config(const GatewayFacts& facts, const Mutants& mutants) {
  return Builder(facts, mutants).build();
}

Routed route(std::string_view sni, const ProxyConfig& gateway) {
  if (sni.empty()) return {Refuse{Refuse::Why::no_sni}, nullptr, {}};
  const FilterChain* chain = best_chain(sni, gateway);
  if (chain != nullptr) {
    std::string cluster = cluster_of(*chain, sni);
    if (gateway.clusters.contains(cluster)) return {route_of(*chain), chain, std::move(cluster)};
  }
  return {Refuse{Refuse::Why::unknown_sni}, nullptr, {}};
}

}  // namespace peerlab::mesh
