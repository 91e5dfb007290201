#include "peerlab/mesh/facts.hpp"

#include <algorithm>

#include "peerlab/catalog/exports.hpp"
#include "peerlab/mesh/config_entries.hpp"
#include "peerlab/trust/sni.hpp"

namespace peerlab::mesh {
namespace {

class Reader {
 public:
  Reader(const catalog::CatalogTables& tables, const MeshState& state, const Mutants& mutants,
         store::WatchSet* watches)
      : tables_(tables), state_(state), mutants_(mutants), watches_(watches) {}

  template <class Entry>
  const Entry* entry(std::string_view name) const {
    return catalog::get_entry<Entry>(tables_, name, watches_);
  }

  std::vector<Intention> intentions(const ServiceName& destination) const {
    std::vector<Intention> out;
    for (const std::string_view name :
         {std::string_view(destination.value()), std::string_view("*")}) {
      const auto* written = entry<catalog::ServiceIntentions>(name);
      if (written == nullptr) continue;
      const auto more = intentions_of(*written, state_.cluster.partition);
      out.insert(out.end(), more.begin(), more.end());
    }
    return out;
  }

  std::vector<trust::TrustBundle> inbound_bundles(const ServiceName& service) const {
    std::vector<PeerName> callers = consumers(service);
    if (mutants_.has(Mutant::QT_06)) {
      callers = catalog::peers_of_service(tables_, service, watches_).rows;
    }
    std::vector<trust::TrustBundle> out;
    for (const auto& bundle : state_.bundles) {
      if (std::ranges::count(callers, bundle.peer) > 0) out.push_back(bundle);
    }
    return out;
  }

  /// The living peers that a mesh service is exported to.
  std::vector<PeerName> consumers(const ServiceName& service) const {
    std::vector<PeerName> out;
    for (const auto& peer : state_.peers) {
      const auto names = catalog::exports_to(tables_, peer, mutants_, watches_).rows.mesh_names;
      if (std::ranges::count(names, service) > 0) out.push_back(peer);
    }
    return out;
  }

  UpstreamFacts upstream(const catalog::Upstream& upstream, const ModeSettings& modes,
                         const catalog::ServiceDefaults* defaults) const {
    UpstreamFacts out;
    out.upstream = with_central_config(upstream, defaults);
    out.mode = mode_for(upstream, modes, mutants_);
    out.protocol = catalog::protocol_of(tables_, upstream.destination_name, nullptr, watches_);
    out.instances = instances(upstream.destination_name, upstream.destination_peer);
    const auto bundle =
        std::ranges::find(state_.bundles, upstream.destination_peer, &trust::TrustBundle::peer);
    if (!upstream.destination_peer.value().empty() && bundle != state_.bundles.end()) {
      out.peer_bundle = *bundle;
    }
    return out;
  }

  std::vector<catalog::CheckServiceNode> instances(const ServiceName& service,
                                                   const PeerName& peer) const {
    return catalog::connect_health(tables_, service, peer, watches_).rows;
  }

  /// All services in the mesh, of the own cluster (empty `peer`) or imported from a peer.
  std::vector<MeshService> mesh_services(const PeerName& peer) const {
    std::vector<MeshService> out;
    for (const auto& [name, tags] : catalog::list_services(tables_, peer, {}, watches_).rows) {
      const ServiceName service(name);
      auto found = instances(service, peer);
      if (!found.empty()) {
        out.push_back({{service, {}, state_.cluster.partition}, peer, std::move(found)});
      }
    }
    return out;
  }

  std::vector<catalog::CheckServiceNode> gateways() const {
    return catalog::kind_health(tables_, catalog::service_kind::mesh_gateway, {}, watches_).rows;
  }

 private:
  const catalog::CatalogTables& tables_;
  const MeshState& state_;
  const Mutants& mutants_;
  store::WatchSet* watches_;
};

}  // namespace

SidecarFacts sidecar_facts(const catalog::CatalogTables& tables, const catalog::Service& proxy,
                           const MeshState& state, const Mutants& mutants,
                           store::WatchSet* watches) {
  const Reader reader(tables, state, mutants, watches);
  const ServiceName& service = proxy.proxy.destination_service_name;
  SidecarFacts facts;
  facts.cluster = state.cluster;
  facts.proxy = proxy;
  facts.protocol = catalog::protocol_of(tables, service, nullptr, watches);
  const auto given = proxy.proxy.config.find("protocol");
  if (given != proxy.proxy.config.end() && given->second.text() != nullptr) {
    facts.protocol = *given->second.text();
  }
  facts.intentions = reader.intentions(service);
  facts.default_action = state.default_action;
  const auto* mesh = reader.entry<catalog::MeshConfig>("mesh");
  facts.sanitize_xfcc =
      mesh != nullptr && mesh->http && mesh->http->sanitize_x_forwarded_client_cert;
  facts.inbound_bundles = reader.inbound_bundles(service);
  facts.local_gateways = reader.gateways();

  const auto* defaults = reader.entry<catalog::ServiceDefaults>(service.value());
  const ModeSettings modes =
      mode_settings(reader.entry<catalog::ProxyDefaults>("global"), defaults, proxy);
  for (const auto& upstream : proxy.proxy.upstreams) {
    facts.upstreams.push_back(reader.upstream(upstream, modes, defaults));
  }
  return facts;
}

GatewayFacts gateway_facts(const catalog::CatalogTables& tables, const catalog::Service& gateway,
                           const MeshState& state, const Mutants& mutants,
                           store::WatchSet* watches) {
  const Reader reader(tables, state, mutants, watches);
  GatewayFacts facts;
  facts.cluster = state.cluster;
  facts.gateway = gateway;
  facts.peer_bundles = state.bundles;
  facts.services = reader.mesh_services({});
  for (const auto& local : facts.services) {
    auto consumers = reader.consumers(local.service.service);
    if (consumers.empty()) continue;
    facts.exports.push_back(
        {local.service, std::move(consumers),
         catalog::protocol_of(tables, local.service.service, nullptr, watches)});
  }
  facts.has_leaf = !facts.exports.empty();
  for (const auto& peer : state.peers) {
    auto imported = reader.mesh_services(peer);
    std::ranges::move(imported, std::back_inserter(facts.services));
  }
  const auto* mesh = reader.entry<catalog::MeshConfig>("mesh");
  facts.peer_through_mesh_gateways =
      mesh != nullptr && mesh->peering && mesh->peering->peer_through_mesh_gateways;
  return facts;
}

}  // namespace peerlab::mesh
