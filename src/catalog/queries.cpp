#include "peerlab/catalog/queries.hpp"

#include <algorithm>
#include <set>

#include "catalog/writer.hpp"

namespace peerlab::catalog {

namespace {

store::RaftIndex index_of(const CatalogTables& tables, std::string_view row, const PeerName& peer,
                          store::WatchSet* watches = nullptr) {
  return tables.store().index_of(tables.index_row(peered_row(row, peer)), watches);
}

store::RaftIndex max_of(const CatalogTables& tables, std::initializer_list<std::string_view> rows,
                        const PeerName& peer) {
  store::RaftIndex highest = 0;
  for (const std::string_view row : rows) {
    highest = std::max(highest, index_of(tables, row, peer));
  }
  return highest;
}

/// The index of all that is said about one service. When nothing of it exists, that is the last
/// extinction; before the first one ever, the maximum of the catalog (D-051).
store::RaftIndex service_index(const CatalogTables& tables, const ServiceName& name, bool exists,
                               bool with_checks, const PeerName& peer) {
  if (!exists) {
    if (const auto extinct = index_of(tables, last_extinction_row, peer)) return extinct;
  }
  if (const auto own = index_of(tables, service_row(name), peer)) return own;
  if (with_checks) return max_of(tables, {"nodes", "services", "checks"}, peer);
  return max_of(tables, {"nodes", "services"}, peer);
}

bool has_all(const Meta& meta, const Meta& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& pair) {
    const auto found = meta.find(pair.first);
    return found != meta.end() && found->second == pair.second;
  });
}

std::vector<Instance> with_nodes(const CatalogTables& tables,
                                 const std::vector<const Service*>& services,
                                 store::WatchSet* watches) {
  std::vector<Instance> instances;
  for (const Service* service : services) {
    const std::string key = peer_key(service->peer, {service->node.value()});
    // A service stands on a node, always: apply() takes both away together.
    if (const Node* node = tables.nodes.find(key, watches)) instances.push_back({node, service});
  }
  return instances;
}

/// One instance with its checks. Watches nothing: the row of its service does that.
CheckServiceNode with_checks(const CatalogTables& tables, const Instance& instance) {
  CheckServiceNode entry{*instance.node, *instance.service, {}};
  for (const std::string_view service :
       {std::string_view(), std::string_view(instance.service->id.value())}) {
    const std::string key = peer_key(instance.node->peer, {instance.node->node.value(), service});
    for (const Check* check : tables.checks.scan_by(checks_by::node_service, key)) {
      entry.checks.push_back(*check);
    }
    if (instance.service->id.value().empty()) break;
  }
  return entry;
}

Answer<std::vector<CheckServiceNode>> instances_with_checks(const CatalogTables& tables,
                                                            std::size_t by, const ServiceName& name,
                                                            const PeerName& peer,
                                                            store::WatchSet* watches) {
  const std::string key = peer_key(peer, {name.value()});
  const auto services = tables.services.scan_by(by, key);
  Answer<std::vector<CheckServiceNode>> answer;
  std::set<ServiceName> names;
  for (const Instance& instance : with_nodes(tables, services, nullptr)) {
    answer.rows.push_back(with_checks(tables, instance));
    names.insert(instance.service->service);
  }
  // A change of node, service or check of an instance moves the row of its name, so that one watch
  // does for all. Which instances there are must be watched where the name is not theirs.
  for (const ServiceName& found : names) {
    answer.index = std::max(answer.index, service_index(tables, found, true, true, peer));
    index_of(tables, service_row(found), peer, watches);
  }
  if (names.empty()) answer.index = service_index(tables, name, false, true, peer);
  if (names.empty() || by != services_by::name) tables.services.scan_by(by, key, watches);
  return answer;
}

/// The one node whose ID begins so; at least two characters must be given.
const Node* node_by_id(const CatalogTables& tables, std::string_view prefix, const PeerName& peer) {
  if (prefix.size() < 2) return nullptr;
  std::string key = peer_key(peer, {prefix});
  key.pop_back();  // what ends a whole part
  const auto found = tables.nodes.scan_by(nodes_by::id, key);
  return found.size() == 1 ? found.front() : nullptr;
}

}  // namespace

Answer<std::vector<const Node*>> list_nodes(const CatalogTables& tables, const PeerName& peer,
                                            store::WatchSet* watches) {
  return {tables.nodes.scan(peer_key(peer), watches), max_of(tables, {"nodes", "services"}, peer)};
}

Answer<ServiceTags> list_services(const CatalogTables& tables, const PeerName& peer,
                                  const Meta& node_meta, store::WatchSet* watches) {
  ServiceTags names;
  for (const Service* service : tables.services.scan(peer_key(peer), watches)) {
    if (!node_meta.empty()) {
      const Node* node = tables.nodes.find(peer_key(peer, {service->node.value()}), watches);
      if (node == nullptr || !has_all(node->meta, node_meta)) continue;
    }
    auto& tags = names[service->service.value()];
    for (const std::string& tag : service->tags) {
      if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
    }
  }
  return {std::move(names), node_meta.empty() ? index_of(tables, "services", peer)
                                              : max_of(tables, {"nodes", "services"}, peer)};
}

Answer<std::vector<Instance>> service_instances(const CatalogTables& tables,
                                                const ServiceName& name, const PeerName& peer,
                                                store::WatchSet* watches) {
  const auto services =
      tables.services.scan_by(services_by::name, peer_key(peer, {name.value()}), watches);
  return {with_nodes(tables, services, watches),
          service_index(tables, name, !services.empty(), false, peer)};
}

Answer<std::vector<Instance>> connect_instances(const CatalogTables& tables,
                                                const ServiceName& name, const PeerName& peer,
                                                store::WatchSet* watches) {
  const auto services =
      tables.services.scan_by(services_by::connect, peer_key(peer, {name.value()}), watches);
  return {with_nodes(tables, services, watches),
          service_index(tables, name, !services.empty(), false, peer)};
}

void keep_passing(std::vector<CheckServiceNode>& entries) {
  const auto passes = [](const CheckServiceNode& entry) {
    return std::ranges::all_of(entry.checks,
                               [](const Check& check) { return check.status == health::passing; });
  };
  for (std::size_t i = 0; i < entries.size();) {
    if (passes(entries[i])) {
      ++i;
      continue;
    }
    if (i + 1 < entries.size()) entries[i] = std::move(entries.back());
    entries.pop_back();
  }
}

Answer<NodeServices> node_services(const CatalogTables& tables, const NodeName& name,
                                   const PeerName& peer, store::WatchSet* watches) {
  NodeServices found{tables.nodes.find(peer_key(peer, {name.value()}), watches), {}};
  if (found.node == nullptr) found.node = node_by_id(tables, name.value(), peer);
  if (found.node == nullptr) return {std::move(found), index_of(tables, node_row(name), peer)};
  const NodeName& own = found.node->node;
  found.services = tables.services.scan(peer_key(peer, {own.value()}), watches);
  return {std::move(found), index_of(tables, node_row(own), peer)};
}

Answer<std::vector<CheckServiceNode>> service_health(const CatalogTables& tables,
                                                     const ServiceName& name, const PeerName& peer,
                                                     store::WatchSet* watches) {
  return instances_with_checks(tables, services_by::name, name, peer, watches);
}

Answer<std::vector<CheckServiceNode>> connect_health(const CatalogTables& tables,
                                                     const ServiceName& name, const PeerName& peer,
                                                     store::WatchSet* watches) {
  return instances_with_checks(tables, services_by::connect, name, peer, watches);
}

Answer<std::vector<CheckServiceNode>> kind_health(const CatalogTables& tables,
                                                  std::string_view kind, const PeerName& peer,
                                                  store::WatchSet* watches) {
  Answer<std::vector<CheckServiceNode>> answer;
  const auto services = tables.services.scan_by(services_by::kind, peer_key(peer, {kind}), watches);
  for (const Instance& instance : with_nodes(tables, services, watches)) {
    answer.rows.push_back(with_checks(tables, instance));
  }
  if (watches != nullptr) tables.checks.scan(peer_key(peer), watches);
  answer.index = max_of(tables, {"nodes", "services", "checks"}, peer);
  return answer;
}

Answer<Checks> node_checks(const CatalogTables& tables, const NodeName& node, const PeerName& peer,
                           store::WatchSet* watches) {
  return {tables.checks.scan(peer_key(peer, {node.value()}), watches),
          index_of(tables, "checks", peer)};
}

Answer<Checks> service_checks(const CatalogTables& tables, const ServiceName& service,
                              const PeerName& peer, store::WatchSet* watches) {
  return {tables.checks.scan_by(checks_by::service, peer_key(peer, {service.value()}), watches),
          index_of(tables, "checks", peer)};
}

Answer<Checks> checks_in_state(const CatalogTables& tables, std::string_view state,
                               const PeerName& peer, store::WatchSet* watches) {
  const auto index = index_of(tables, "checks", peer);
  if (state == "any") return {tables.checks.scan(peer_key(peer), watches), index};
  return {tables.checks.scan_by(checks_by::status, peer_key(peer, {state}), watches), index};
}

Answer<const KvEntry*> kv_get(const CatalogTables& tables, std::string_view key,
                              store::WatchSet* watches) {
  const KvEntry* entry = tables.kv.find(key, watches);
  return {entry,
          entry != nullptr ? entry->indexes.modify : max_of(tables, {"kvs", "tombstones"}, {})};
}

Answer<std::vector<const KvEntry*>> kv_list(const CatalogTables& tables, std::string_view prefix,
                                            store::WatchSet* watches) {
  Answer<std::vector<const KvEntry*>> answer{tables.kv.scan(prefix, watches), 0};
  const auto whole = max_of(tables, {"kvs", "tombstones"}, {});
  if (prefix.empty()) return {std::move(answer.rows), whole};
  for (const KvEntry* entry : answer.rows) {
    answer.index = std::max(answer.index, entry->indexes.modify);
  }
  for (const Tombstone* stone : tables.tombstones.scan(prefix)) {
    answer.index = std::max(answer.index, stone->index);
  }
  if (answer.index == 0) {
    answer.index = whole;
    // Nothing lies or lay under the prefix: Consul wakes such a reader on every write of any key.
    tables.kv.scan("", watches);
  }
  return answer;
}

Answer<const ConfigEntry*> config_entry(const CatalogTables& tables, std::string_view kind,
                                        std::string_view name, store::WatchSet* watches) {
  return {tables.config_entries.find(store::key({kind, name}), watches),
          index_of(tables, "config-entries", {})};
}

Answer<std::vector<const ConfigEntry*>> config_entries(const CatalogTables& tables,
                                                       std::string_view kind,
                                                       store::WatchSet* watches) {
  const std::string prefix = kind.empty() ? std::string() : store::key({kind});
  return {tables.config_entries.scan(prefix, watches), index_of(tables, "config-entries", {})};
}

bool is_stored(const CatalogTables& tables, const ConfigEntry& entry) {
  const ConfigEntry* stored = config_entry(tables, kind_of(entry), name_of(entry)).rows;
  return stored != nullptr && same_content(*stored, entry);
}

std::string protocol_of(const CatalogTables& tables, const ServiceName& service,
                        const ConfigChange* change, store::WatchSet* watches) {
  const auto entry = [&](std::string_view kind, std::string_view name) -> const ConfigEntry* {
    if (change != nullptr && change->kind == kind && change->name == name) return change->entry;
    return config_entry(tables, kind, name, watches).rows;
  };
  if (const ConfigEntry* own = entry(ServiceDefaults::kind, service.value())) {
    const std::string& protocol = std::get<ServiceDefaults>(*own).protocol;
    if (!protocol.empty()) return protocol;
  }
  if (const ConfigEntry* shared = entry(ProxyDefaults::kind, "global")) {
    const auto& config = std::get<ProxyDefaults>(*shared).config;
    const auto found = config ? config->find("protocol") : Json::Object::const_iterator();
    if (config && found != config->end() && found->second.text() != nullptr &&
        !found->second.text()->empty()) {
      return *found->second.text();
    }
  }
  return "tcp";
}

bool is_http_like(std::string_view protocol) {
  return protocol == "http" || protocol == "http2" || protocol == "grpc";
}

const VirtualIp* virtual_ip(const CatalogTables& tables, const PeerName& peer,
                            const ServiceName& service, store::WatchSet* watches) {
  return tables.virtual_ips.find(peer_key(peer, {service.value()}), watches);
}

}  // namespace peerlab::catalog
