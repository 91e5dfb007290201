#include "actors/server/proxy_facts.hpp"

#include <algorithm>
#include <utility>

#include "peerlab/base/overloaded.hpp"
#include "peerlab/catalog/exports.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/trust/authority.hpp"

namespace peerlab::actors {
namespace {

trust::TrustBundle bundle_of(const peering::StoredTrustBundle& stored) {
  const peering::PeeringTrustBundle& bundle = stored.bundle;
  return {TrustDomain(bundle.trust_domain), bundle.root_pems, PeerName(bundle.peer_name),
          PartitionName(bundle.partition), PartitionName(bundle.exported_partition)};
}

mesh::MeshState mesh_state(const ServerContext& context, const trust::CaState& ca,
                           const PartitionName& partition, store::WatchSet* watches) {
  mesh::MeshState state;
  state.cluster = {context.config.settings.datacenter, partition, ca.bundle()};
  state.default_action = context.config.intentions_allow ? mesh::Action::allow : mesh::Action::deny;
  for (const peering::Peering* peering : context.state.peering().list(partition, watches)) {
    if (peering->is_active()) state.peers.push_back(peering->name);
  }
  for (const auto* stored : context.state.peering().trust_bundles(partition, watches)) {
    state.bundles.push_back(bundle_of(*stored));
  }
  return state;
}

bool is_same(const PartitionName& one, const PartitionName& other) {
  return trust::or_default(one.value()) == trust::or_default(other.value());
}

/// Whether a partition exports a service to another one of the datacenter. No token is needed for
/// that. (Datacenter 5.2)
bool exports(const catalog::CatalogTables& tables, const ServiceName& service,
             const PartitionName& to, store::WatchSet* watches) {
  for (const catalog::ResolvedExport& each : catalog::resolved_exports(tables, watches).rows) {
    if (each.service != service) continue;
    return std::ranges::any_of(each.partitions,
                               [&](const auto& name) { return is_same(name, to); });
  }
  return false;
}

/// The upstreams that lie in another partition of the datacenter.
void look_into_partitions(mesh::SidecarFacts& facts, const ServerContext& context,
                          const PartitionName& partition, store::WatchSet* watches) {
  for (mesh::UpstreamFacts& facts_of : facts.upstreams) {
    const catalog::Upstream& upstream = facts_of.upstream;
    const PartitionName there(upstream.destination_partition);
    if (there.value().empty() || is_same(there, partition)) continue;
    facts_of.instances.clear();
    const catalog::CatalogTables* tables = context.state.catalog(there);
    if (tables == nullptr) continue;
    const ServiceName& name = upstream.destination_name;
    facts_of.protocol = catalog::protocol_of(*tables, name, nullptr, watches);
    if (!exports(*tables, name, partition, watches)) continue;
    facts_of.instances = catalog::connect_health(*tables, name, {}, watches).rows;
    facts_of.target_gateways =
        catalog::kind_health(*tables, catalog::service_kind::mesh_gateway, {}, watches).rows;
  }
}

/// What no catalog of one partition holds. (Traffic spec 2.4, rows 2, 4 and 5)
void add_neighbours(mesh::GatewayFacts& facts, const ServerContext& context,
                    const PartitionName& partition, store::WatchSet* watches) {
  for (const server::Member& member : context.config.members) {
    if (!member.server) continue;
    facts.servers.push_back(
        {member.address, member.server->grpc_tls_port, true, member.server->read_replica});
  }
  for (const PartitionName& other : context.state.partitions()) {
    if (is_same(other, partition)) continue;
    auto gateways = catalog::kind_health(*context.state.catalog(other),
                                         catalog::service_kind::mesh_gateway, {}, watches)
                        .rows;
    if (gateways.empty()) continue;
    facts.remote_gateways.push_back({context.config.settings.datacenter, other, gateways});
  }
  for (const peering::Peering* peering : context.state.peering().list(partition, watches)) {
    if (!peering->is_active() || !peering->should_dial()) continue;
    facts.dialed_peers.push_back({peering->name, peering->peer_server_name,
                                  peering->addresses_to_dial(), peering->indexes.modify});
  }
}

}  // namespace

std::optional<ProxyFacts> proxy_facts(const ServerContext& context, const PartitionName& partition,
                                      const NodeName& node, const catalog::ServiceId& id,
                                      bool has_leaf, store::WatchSet* watches) {
  const catalog::CatalogTables* tables = context.state.catalog(partition);
  if (tables == nullptr) throw engine::Unhandled("no partition " + partition.value());
  const auto services = catalog::node_services(*tables, node, {}, watches).rows.services;
  const auto own = std::ranges::find_if(
      services, [&](const catalog::Service* service) { return service->id == id; });
  context.state.ca().index(watches);
  const server::CaRow* ca = context.state.ca().find();
  if (own == services.end() || ca == nullptr) return std::nullopt;

  const catalog::Service& proxy = **own;
  const Mutants& mutants = context.config.mutants;
  const mesh::MeshState state = mesh_state(context, ca->ca, partition, watches);
  const TrustDomain domain = ca->ca.trust_domain();
  const DatacenterName& datacenter = context.config.settings.datacenter;
  ProxyFacts out;
  out.root_id = ca->ca.active_root().id;
  if (proxy.kind == catalog::service_kind::mesh_gateway) {
    auto facts = mesh::gateway_facts(*tables, proxy, state, mutants, watches);
    add_neighbours(facts, context, partition, watches);
    out.identity = trust::MeshGatewayIdentity{domain, partition, datacenter};
    out.needs_leaf = false;
    out.wants_leaf = facts.has_leaf;
    facts.has_leaf = has_leaf;
    out.facts = std::move(facts);
  } else {
    out.identity = trust::ServiceIdentity{domain, partition, "default", datacenter,
                                          proxy.proxy.destination_service_name};
    auto facts = mesh::sidecar_facts(*tables, proxy, state, mutants, watches);
    look_into_partitions(facts, context, partition, watches);
    out.facts = std::move(facts);
  }
  return out;
}

mesh::ProxyConfig mesh_config(const ProxyFacts& facts, const Mutants& mutants) {
  return std::visit(
      Overloaded{
          [&](const mesh::SidecarFacts& sidecar) { return mesh::sidecar_config(sidecar, mutants); },
          [&](const mesh::GatewayFacts& gateway) { return mesh::gateway_config(gateway, mutants); },
      },
      facts.facts);
}

}  // namespace peerlab::actors
