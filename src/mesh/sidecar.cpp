#include "peerlab/mesh/sidecar.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "clusters.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/trust/sni.hpp"

namespace peerlab::mesh {
namespace {

/// The instance's word on how the service is addressed; nothing as long as there is no instance.
const catalog::PeeringServiceMeta* peer_meta(const UpstreamFacts& facts) {
  for (const auto& instance : facts.instances) {
    if (instance.service.connect.peer_meta) return &*instance.service.connect.peer_meta;
  }
  return nullptr;
}

trust::ServiceRef target(const catalog::Upstream& upstream) {
  return {upstream.destination_name, upstream.destination_namespace,
          PartitionName(upstream.destination_partition)};
}

Listener upstream_listener_for(const catalog::Upstream& upstream, std::string_view protocol,
                               const std::string& cluster) {
  const std::string id = to_text(upstream_id(upstream));
  Listener out;
  if (upstream.local_bind_socket_path.empty()) {
    const auto& host = upstream.local_bind_address;
    out.address = to_text(Address{host.empty() ? "127.0.0.1" : host, upstream.local_bind_port});
    out.name = fmt::format("{}:{}", id, out.address);
  } else {
    out.address = "unix:" + upstream.local_bind_socket_path;
    out.name = fmt::format("{}:{}", id, upstream.local_bind_socket_path);
  }
  FilterChain chain;
  if (catalog::is_http_like(protocol)) {
    chain.forward = HttpProxy{id, cluster, Xfcc::sanitize};
  } else {
    chain.forward = TcpProxy{cluster};
  }
  out.chains.push_back(std::move(chain));
  return out;
}

/// A direct upstream in a peer (traffic spec 3.1). SNI and names are what the exporter announced
/// with its instances (T-025, T-043); without any instance the listener is tcp and the cluster
/// knows neither (QT-25).
void add_peered(ProxyConfig& config, const SidecarFacts& facts, const UpstreamFacts& upstream,
                const Mutants& mutants) {
  if (!upstream.peer_bundle) return;
  const UpstreamId id = upstream_id(upstream.upstream);
  const auto* meta = peer_meta(upstream);
  PeerPath path = path_to_peer(upstream.mode, id, mutants);
  if (path.warning) config.warnings.push_back(*std::move(path.warning));

  Cluster cluster;
  cluster.name =
      peered_cluster_name(target(upstream.upstream), id.peer, upstream.peer_bundle->trust_domain);
  cluster.connect_timeout = timeout_setting(upstream.upstream.config, "connect_timeout_ms");
  ClientTls tls;
  tls.root_pems = upstream.peer_bundle->root_pems;
  std::string protocol = "tcp";
  if (meta != nullptr) {
    if (!meta->sni.empty()) tls.sni = meta->sni.front();
    tls.accept_sans = meta->spiffe_id;
    protocol = meta->protocol;
  }
  if (mutants.has(Mutant::HB_121) && !upstream.protocol.empty()) protocol = upstream.protocol;
  if (mutants.has(Mutant::HB_116)) tls.accept_sans.clear();
  cluster.http2 = is_http2(protocol);
  cluster.tls = std::move(tls);
  if (path.through_local_gateways) {
    set_endpoints(cluster, endpoints_of(facts.local_gateways, Reach::lan, mutants), false, mutants);
  } else {
    // The WAN address also when both clusters bear the same datacenter name. (T-055)
    const auto same_name = [&](const auto& instance) {
      return instance.node.datacenter == facts.cluster.datacenter;
    };
    const bool lan =
        mutants.has(Mutant::HB_127) && std::ranges::any_of(upstream.instances, same_name);
    set_endpoints(cluster, endpoints_of(upstream.instances, lan ? Reach::lan : Reach::wan, mutants),
                  false, mutants);
  }
  config.listeners.push_back(upstream_listener_for(upstream.upstream, protocol, cluster.name));
  config.clusters[cluster.name] = std::move(cluster);
}

/// Where a local upstream is dialed: its instances, or for another datacenter or partition the
/// gateways that the mode names. Those are healthy as long as one instance behind them is (traffic
/// spec 7.2).
std::vector<Endpoint> local_endpoints(const SidecarFacts& facts, const UpstreamFacts& upstream,
                                      bool elsewhere, const Mutants& mutants) {
  auto instances = endpoints_of(upstream.instances, Reach::lan, mutants);
  if (!elsewhere || (upstream.mode != "local" && upstream.mode != "remote")) return instances;
  const bool local = upstream.mode == "local";
  auto gateways = local ? endpoints_of(facts.local_gateways, Reach::lan, mutants)
                        : endpoints_of(upstream.target_gateways, Reach::wan, mutants);
  const bool alive = std::ranges::count(instances, Health::healthy, &Endpoint::health) > 0;
  for (auto& gateway : gateways) gateway.health = alive ? Health::healthy : Health::unhealthy;
  return gateways;
}

/// An upstream in the own cluster, without any resolver, splitter or router.
void add_local(ProxyConfig& config, const SidecarFacts& facts, const UpstreamFacts& upstream,
               const Mutants& mutants) {
  auto service = target(upstream.upstream);
  if (service.partition.value().empty()) service.partition = facts.cluster.partition;
  OwnCluster there = facts.cluster;
  const auto& datacenter = upstream.upstream.datacenter;
  if (!datacenter.value().empty()) there.datacenter = datacenter;
  const bool elsewhere = there.datacenter != facts.cluster.datacenter ||
                         trust::or_default(service.partition.value()) !=
                             trust::or_default(facts.cluster.partition.value());

  Cluster cluster;
  cluster.name = trust::service_sni(service, there.datacenter, there.bundle.trust_domain);
  cluster.connect_timeout = timeout_setting(upstream.upstream.config, "connect_timeout_ms");
  cluster.http2 = is_http2(upstream.protocol);
  cluster.tls = ClientTls{
      cluster.name, there.bundle.root_pems, {trust::to_uri(service_identity(there, service))}};
  set_endpoints(cluster, local_endpoints(facts, upstream, elsewhere, mutants), false, mutants);
  config.listeners.push_back(
      upstream_listener_for(upstream.upstream, upstream.protocol, cluster.name));
  config.clusters[cluster.name] = std::move(cluster);
}

std::vector<std::string> alpn_of(std::string_view protocol) {
  if (is_http2(protocol)) return {"h2", "http/1.1"};
  if (protocol == "http") return {"http/1.1"};
  return {};
}

void add_public_listener(ProxyConfig& config, const SidecarFacts& facts, const Mutants& mutants) {
  const auto& proxy = facts.proxy;
  const trust::ServiceRef service{
      proxy.proxy.destination_service_name, {}, facts.cluster.partition};
  Cluster app;
  app.name = local_app;
  app.discovery = Discovery::fixed;
  app.http2 = is_http2(facts.protocol);
  app.connect_timeout = timeout_setting(proxy.proxy.config, "local_connect_timeout_ms");
  const auto& host = proxy.proxy.local_service_address;
  app.endpoints = {{{host.empty() ? "127.0.0.1" : host, proxy.proxy.local_service_port}}};

  FilterChain chain;
  chain.tls = server_tls(facts.cluster.bundle, facts.inbound_bundles);
  chain.tls->alpn = alpn_of(facts.protocol);
  chain.rules = make_rules(facts.intentions, service, facts.cluster.bundle, facts.inbound_bundles,
                           facts.default_action, facts.protocol, mutants);
  if (catalog::is_http_like(facts.protocol)) {
    // In the reference grpc and the mesh's wish to sanitize remove the header before it is looked
    // at, so that peered intentions never match (QT-01). `decide` looks at it first all the same;
    // what the application gets to see is told here.
    const bool keep = facts.protocol != "grpc" && !facts.sanitize_xfcc;
    chain.forward =
        HttpProxy{"public_listener", app.name, keep ? Xfcc::append_forward : Xfcc::sanitize};
  } else {
    chain.forward = TcpProxy{app.name};
  }
  Listener listener;
  listener.address =
      to_text(Address{proxy.address.empty() ? "0.0.0.0" : proxy.address, proxy.port});
  listener.name = fmt::format("public_listener:{}", listener.address);
  listener.chains.push_back(std::move(chain));
  config.listeners.push_back(std::move(listener));
  config.clusters[app.name] = std::move(app);
}

}  // namespace

trust::ServiceIdentity service_identity(const OwnCluster& cluster,
                                        const trust::ServiceRef& service) {
  return {cluster.bundle.trust_domain, service.partition, service.ns, cluster.datacenter,
          service.service};
}

ProxyConfig sidecar_config(const SidecarFacts& facts, const Mutants& mutants) {
  ProxyConfig config;
  add_public_listener(config, facts, mutants);
  for (const auto& upstream : facts.upstreams) {
    if (upstream.upstream.destination_peer.value().empty()) {
      add_local(config, facts, upstream, mutants);
    } else {
      add_peered(config, facts, upstream, mutants);
    }
  }
  return config;
}

const Listener* upstream_listener(const ProxyConfig& sidecar, const UpstreamId& upstream) {
  const std::string prefix = to_text(upstream) + ":";
  const auto found = std::ranges::find_if(sidecar.listeners, [&](const Listener& listener) {
    return listener.name.starts_with(prefix);
  });
  return found == sidecar.listeners.end() ? nullptr : &*found;
}

}  // namespace peerlab::mesh
