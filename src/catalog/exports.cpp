#include "peerlab/catalog/exports.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "catalog/json_writer.hpp"
#include "catalog/row_fields.hpp"

namespace peerlab::catalog {

namespace {

using Names = std::set<ServiceName>;

constexpr std::string_view any = "*";
const ServiceName consul("consul");

/// A partition has one at most, which bears its name.
const ExportedServices* entry_of(const CatalogTables& tables, store::WatchSet* watches) {
  const auto entries = config_entries(tables, ExportedServices::kind, watches);
  return entries.rows.empty() ? nullptr : &std::get<ExportedServices>(*entries.rows.front());
}

/// Names of ordinary services that have instances.
Names typical_services(const CatalogTables& tables, store::WatchSet* watches) {
  Names names;
  const std::string key = peer_key({}, {service_kind::typical});
  for (const Service* service : tables.services.scan_by(services_by::kind, key, watches)) {
    names.insert(service->service);
  }
  return names;
}

/// Names that a router, splitter or resolver defines.
Names chain_names(const CatalogTables& tables, store::WatchSet* watches) {
  Names names;
  for (const std::string_view kind :
       {ServiceRouter::kind, ServiceSplitter::kind, ServiceResolver::kind}) {
    for (const ConfigEntry* entry : config_entries(tables, kind, watches).rows) {
      names.emplace(std::string(name_of(*entry)));
    }
  }
  return names;
}

/// Services that terminating gateways stand for.
Names behind_gateways(const CatalogTables& tables, store::WatchSet* watches) {
  Names names;
  for (const ConfigEntry* entry : config_entries(tables, "terminating-gateway", watches).rows) {
    const Json body(std::get<OtherEntry>(*entry).body);
    const Json* services = body.find("Services");
    if (services == nullptr || services->array() == nullptr) continue;
    for (const Json& service : *services->array()) {
      const Json* name = service.find("Name");
      if (name != nullptr && name->text() != nullptr) names.emplace(*name->text());
    }
  }
  return names;
}

/// Dropping `consul` from chains that merely lead to it is up to the room that compiles them.
void drop_consul(Names& names) { names.erase(consul); }

store::RaftIndex export_index(const CatalogTables& tables) {
  return tables.store().max_index(
      {tables.index_row("config-entries"), tables.index_row("services")});
}

}  // namespace

Answer<ExportList> exports_to(const CatalogTables& tables, const PeerName& peer,
                              const Mutants& mutants, store::WatchSet* watches) {
  Answer<ExportList> answer{{}, export_index(tables)};
  const ExportedServices* entry = entry_of(tables, watches);
  if (entry == nullptr) return answer;
  Names named;
  bool everything = false;
  for (const ExportedService& service : entry->services) {
    const bool consumes = std::ranges::any_of(
        service.consumers, [&](const ServiceConsumer& consumer) { return consumer.peer == peer; });
    if (!consumes) continue;
    if (service.name.value() == any) {
      everything = true;
    } else {
      named.insert(service.name);
    }
  }
  drop_consul(named);

  const Names chains = chain_names(tables, watches);
  Names services = named;
  Names mesh_names;
  if (everything) {
    services.merge(typical_services(tables, watches));
    mesh_names = chains;
  }
  if (!mutants.has(Mutant::HB_077)) drop_consul(services);
  const Names linked = behind_gateways(tables, watches);
  for (const ServiceName& service : services) {
    const std::string key = peer_key({}, {service.value()});
    const bool in_mesh = !tables.services.scan_by(services_by::connect, key, watches).empty();
    if (in_mesh || chains.contains(service) || linked.contains(service) ||
        linked.contains(ServiceName(std::string(any)))) {
      mesh_names.insert(service);
    }
  }
  drop_consul(mesh_names);
  answer.rows = {{services.begin(), services.end()}, {mesh_names.begin(), mesh_names.end()}};
  return answer;
}

Answer<std::vector<PeerName>> peers_of_service(const CatalogTables& tables,
                                               const ServiceName& service,
                                               store::WatchSet* watches) {
  Answer<std::vector<PeerName>> answer{{}, export_index(tables)};
  const ExportedServices* entry = entry_of(tables, watches);
  if (entry == nullptr || service == consul) return answer;
  std::set<PeerName> exact;
  std::set<PeerName> wild;
  bool named = false;
  for (const ExportedService& exported : entry->services) {
    const bool is_wild = exported.name.value() == any;
    if (!is_wild && exported.name != service) continue;
    named = named || !is_wild;
    for (const ServiceConsumer& consumer : exported.consumers) {
      if (!consumer.peer.value().empty()) (is_wild ? wild : exact).insert(consumer.peer);
    }
  }
  const auto& chosen = named ? exact : wild;
  answer.rows.assign(chosen.begin(), chosen.end());
  return answer;
}

Answer<std::vector<ResolvedExport>> resolved_exports(const CatalogTables& tables,
                                                     store::WatchSet* watches) {
  Answer<std::vector<ResolvedExport>> answer{
      {}, tables.store().index_of(tables.index_row("config-entries"))};
  const ExportedServices* entry = entry_of(tables, watches);
  if (entry == nullptr) return answer;
  struct Consumers {
    std::set<PeerName> peers;
    std::set<PartitionName> partitions;
  };
  std::map<ServiceName, Consumers> resolved;
  const Names existing = typical_services(tables, watches);
  for (const ExportedService& exported : entry->services) {
    const Names names = exported.name.value() == any ? existing : Names{exported.name};
    for (const ServiceName& name : names) {
      if (name == consul) continue;
      for (const ServiceConsumer& consumer : exported.consumers) {
        if (!consumer.peer.value().empty()) resolved[name].peers.insert(consumer.peer);
        if (!consumer.partition.value().empty()) {
          resolved[name].partitions.insert(consumer.partition);
        }
      }
    }
  }
  for (const auto& [name, consumers] : resolved) {
    answer.rows.push_back({name,
                           {consumers.peers.begin(), consumers.peers.end()},
                           {consumers.partitions.begin(), consumers.partitions.end()}});
  }
  return answer;
}

std::string to_json_text(const std::vector<ResolvedExport>& exports) {
  std::vector<std::string> items;
  for (const ResolvedExport& exported : exports) {
    std::string consumers;
    const auto add = [&](std::string_view name, const auto& values) {
      if (values.empty()) return;
      consumers += fmt::format("{}\"{}\":", consumers.empty() ? "" : ",", name);
      write_json(consumers, values);
    };
    add("Peers", exported.peers);
    add("Partitions", exported.partitions);
    items.push_back(fmt::format("{{\"Service\":{},\"Consumers\":{{{}}}}}",
                                go_json_quote(exported.service.value()), consumers));
  }
  return json_list(items);
}

}  // namespace peerlab::catalog
