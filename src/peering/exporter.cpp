#include "peerlab/peering/exporter.hpp"

#include <algorithm>

#include "peerlab/catalog/exports.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/mesh/peer_meta.hpp"
#include "peerlab/peering/addresses.hpp"
#include "peerlab/peering/export_payload.hpp"

namespace peerlab::peering {
namespace {

// Ids of what is watched beside the services.
constexpr store::Waiters::Id list_id = 1;
constexpr store::Waiters::Id gateways_id = 2;
constexpr store::Waiters::Id addresses_id = 3;
constexpr store::Waiters::Id first_service_id = 10;

bool leads_to_consul(const Chain& chain) {
  return std::ranges::any_of(chain.targets,
                             [](const ChainTarget& target) { return target.service == "consul"; });
}

std::vector<trust::ServiceIdentity> identities(const Chain& chain, const mesh::OwnCluster& own) {
  std::vector<trust::ServiceIdentity> out;
  for (const ChainTarget& target : chain.targets) {
    // A target in another peer has no identity of ours.
    if (!target.peer.value().empty()) continue;
    out.push_back({own.bundle.trust_domain, PartitionName(target.partition), target.ns,
                   DatacenterName(target.datacenter), ServiceName(target.service)});
  }
  return out;
}

}  // namespace

Exporter::Outputs Exporter::start(const ExportSource& source) {
  waiters_.abandon();
  read_gateways(source);
  read_list(source);
  for (const auto& [name, id] : services_) read_service(name, source);
  put_roots(source);
  read_addresses(source);
  return take();
}

Exporter::Outputs Exporter::on(const store::Commit& commit, const ExportSource& source) {
  // Ids ascend as things must be told: the list decides which services count at all.
  for (const Id id : waiters_.wake(commit)) {
    if (id == list_id) {
      read_list(source);
    } else if (id == gateways_id) {
      read_gateways(source);
      for (const auto& [name, chain] : chains_) put_proxies(name, source);
    } else if (id == addresses_id) {
      read_addresses(source);
    } else if (const auto found = names_.find(id); found != names_.end()) {
      read_service(found->second, source);
    }
  }
  return take();
}

Exporter::Outputs Exporter::roots_changed(const ExportSource& source) {
  if (!mutants_.has(Mutant::HB_083)) put_roots(source);
  return take();
}

Exporter::Outputs Exporter::servers_changed(const ExportSource& source) {
  read_addresses(source);
  return take();
}

void Exporter::read_list(const ExportSource& source) {
  store::WatchSet watches;
  const auto exports = catalog::exports_to(source.catalog, peer_, mutants_, &watches).rows;
  std::map<std::string, Chain> chains;
  const bool all = mutants_.has(Mutant::HB_071);
  for (const ServiceName& name : all ? exports.services : exports.mesh_names) {
    if (!source.connect_enabled) break;
    Chain chain =
        chain_of(source.catalog, name, source.own.datacenter, source.own.partition, &watches);
    if (!leads_to_consul(chain)) chains.emplace(name.value(), std::move(chain));
  }
  waiters_.wait(list_id, std::move(watches));

  const auto before = std::exchange(chains_, std::move(chains));
  for (const auto& [name, chain] : chains_) put_proxies(name, source);
  for (const auto& [name, chain] : before) {
    if (chains_.contains(name)) continue;
    const std::string proxy = proxy_name(ServiceName(name));
    put(proxy, ExportedService{});
    withdraw(ResourceType::exported_service, proxy);
  }

  ExportedServiceList list;
  for (const ServiceName& name : exports.services) list.services.push_back(name.value());
  ++lists_read_;
  if (mutants_.has(Mutant::HB_076) && lists_read_ % 2 == 0) std::ranges::reverse(list.services);
  const std::set<std::string> wanted(list.services.begin(), list.services.end());
  put(std::string(resource_id(ResourceType::exported_service_list)), std::move(list));

  for (auto at = services_.begin(); at != services_.end();) {
    if (wanted.contains(at->first)) {
      ++at;
      continue;
    }
    // The new list has told of it already, so nothing is sent (C-160).
    withdraw(ResourceType::exported_service, at->first);
    waiters_.forget(at->second);
    names_.erase(at->second);
    at = services_.erase(at);
  }
  for (const std::string& name : wanted) {
    if (services_.contains(name)) continue;
    const Id id = first_service_id + next_id_++;
    services_.emplace(name, id);
    names_.emplace(id, name);
    read_service(name, source);
  }
}

void Exporter::read_service(const std::string& name, const ExportSource& source) {
  store::WatchSet watches;
  const auto instances =
      catalog::service_health(source.catalog, ServiceName(name), {}, &watches).rows;
  waiters_.wait(services_.at(name), std::move(watches));
  put(name, typical_payload(instances, mutants_));
}

void Exporter::read_gateways(const ExportSource& source) {
  store::WatchSet watches;
  gateways_ =
      catalog::kind_health(source.catalog, catalog::service_kind::mesh_gateway, {}, &watches).rows;
  waiters_.wait(gateways_id, std::move(watches));
}

void Exporter::put_proxies(const std::string& name, const ExportSource& source) {
  const Chain& chain = chains_.at(name);
  const ServiceName service(name);
  const auto meta = mesh::peer_meta(source.own, {service, "default", source.own.partition}, peer_,
                                    chain.protocol, identities(chain, source.own), mutants_);
  put(proxy_name(service), proxy_payload(service, meta, gateways_, mutants_));
}

void Exporter::put_roots(const ExportSource& source) {
  if (!source.connect_enabled) return;
  PeeringTrustBundle bundle;
  bundle.trust_domain = source.own.bundle.trust_domain.value();
  bundle.root_pems = source.own.bundle.root_pems;
  bundle.exported_partition = source.own.bundle.exported_partition.value();
  put(std::string(resource_id(ResourceType::trust_bundle)), std::move(bundle));
}

void Exporter::read_addresses(const ExportSource& source) {
  store::WatchSet watches;
  const auto* mesh = catalog::get_entry<catalog::MeshConfig>(source.main_catalog, "mesh", &watches);
  PeeringServerAddresses out;
  if (mesh != nullptr && mesh->peering && mesh->peering->peer_through_mesh_gateways) {
    const auto gateways = catalog::kind_health(source.main_catalog,
                                               catalog::service_kind::mesh_gateway, {}, &watches);
    out.addresses = gateway_wan_addresses(gateways.rows);
  } else {
    out.addresses = stream_server_addresses(source.ready_servers, mutants_);
  }
  waiters_.wait(addresses_id, std::move(watches));
  // With nothing to tell, what was told before stays true (C-180).
  if (out.addresses.empty()) return;
  put(std::string(resource_id(ResourceType::server_addresses)), std::move(out));
}

void Exporter::put(std::string id, Resource resource) {
  const auto [found, is_new] = last_.try_emplace({type_of(resource), id}, resource);
  if (!is_new) {
    if (found->second == resource) return;
    found->second = resource;
  }
  outputs_.emplace_back(ResourceChanged{std::move(id), std::move(resource)});
}

void Exporter::withdraw(ResourceType type, const std::string& id) {
  last_.erase({type, id});
  outputs_.emplace_back(ResourceWithdrawn{type, id});
}

}  // namespace peerlab::peering
