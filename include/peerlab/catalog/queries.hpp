#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "peerlab/catalog/encode.hpp"
#include "peerlab/catalog/tables.hpp"
#include "peerlab/catalog/types.hpp"

/// What the API reads. Each answers with the index that goes into X-Consul-Index (0 where Consul
/// shows 1), and notes in `watches`, when given one, what a blocked caller must be woken for. The
/// two are not the same: some answers carry the index of a whole table but wait for one row
/// (datacenter 2.2). Pointers stay good until the next transaction.
namespace peerlab::catalog {

template <class Rows>
struct Answer {
  Rows rows;
  store::RaftIndex index = 0;
};

struct Instance {
  const Node* node;
  const Service* service;
};

/// All nodes, ordered by name.
Answer<std::vector<const Node*>> list_nodes(const CatalogTables& tables, const PeerName& peer = {},
                                            store::WatchSet* watches = nullptr);

/// Names with the tags of all instances, each tag once; only of nodes that have all of `node_meta`.
Answer<ServiceTags> list_services(const CatalogTables& tables, const PeerName& peer = {},
                                  const Meta& node_meta = {}, store::WatchSet* watches = nullptr);

/// Instances by name, ordered by node and id.
Answer<std::vector<Instance>> service_instances(const CatalogTables& tables,
                                                const ServiceName& name, const PeerName& peer = {},
                                                store::WatchSet* watches = nullptr);

/// What a mesh caller of the name may dial: its sidecars and native instances.
Answer<std::vector<Instance>> connect_instances(const CatalogTables& tables,
                                                const ServiceName& name, const PeerName& peer = {},
                                                store::WatchSet* watches = nullptr);

/// A node with its services ordered by id; no node if there is none. The node may also be named by
/// the beginning of its ID, when that is unique.
struct NodeServices {
  const Node* node = nullptr;
  std::vector<const Service*> services;
};
Answer<NodeServices> node_services(const CatalogTables& tables, const NodeName& name,
                                   const PeerName& peer = {}, store::WatchSet* watches = nullptr);

/// As service_instances and connect_instances, with all checks: those of the node, then those of
/// the service, each by id.
Answer<std::vector<CheckServiceNode>> service_health(const CatalogTables& tables,
                                                     const ServiceName& name,
                                                     const PeerName& peer = {},
                                                     store::WatchSet* watches = nullptr);
Answer<std::vector<CheckServiceNode>> connect_health(const CatalogTables& tables,
                                                     const ServiceName& name,
                                                     const PeerName& peer = {},
                                                     store::WatchSet* watches = nullptr);

/// Drops every entry with a check that is not passing, as `?passing` does. The last entry moves to
/// where one was dropped, and so the order changes just as Consul's does.
void keep_passing(std::vector<CheckServiceNode>& entries);

/// All instances of a kind, such as the mesh gateways, with their checks.
Answer<std::vector<CheckServiceNode>> kind_health(const CatalogTables& tables,
                                                  std::string_view kind, const PeerName& peer = {},
                                                  store::WatchSet* watches = nullptr);

using Checks = std::vector<const Check*>;
Answer<Checks> node_checks(const CatalogTables& tables, const NodeName& node,
                           const PeerName& peer = {}, store::WatchSet* watches = nullptr);
Answer<Checks> service_checks(const CatalogTables& tables, const ServiceName& service,
                              const PeerName& peer = {}, store::WatchSet* watches = nullptr);
/// `any` stands for all states.
Answer<Checks> checks_in_state(const CatalogTables& tables, std::string_view state,
                               const PeerName& peer = {}, store::WatchSet* watches = nullptr);

/// The entry of a key, or null.
Answer<const KvEntry*> kv_get(const CatalogTables& tables, std::string_view key,
                              store::WatchSet* watches = nullptr);
/// All entries whose key begins with `prefix`, in the order of their bytes.
Answer<std::vector<const KvEntry*>> kv_list(const CatalogTables& tables, std::string_view prefix,
                                            store::WatchSet* watches = nullptr);

/// One entry, or null. The index is that of all entries, yet only a change of this one wakes.
Answer<const ConfigEntry*> config_entry(const CatalogTables& tables, std::string_view kind,
                                        std::string_view name, store::WatchSet* watches = nullptr);
/// All of a kind by name; all there are, by kind and name, when the kind is empty.
Answer<std::vector<const ConfigEntry*>> config_entries(const CatalogTables& tables,
                                                       std::string_view kind,
                                                       store::WatchSet* watches = nullptr);

/// The entry of a kind that has one name, such as `get_entry<ServiceDefaults>(tables, "web")`.
template <class Entry>
const Entry* get_entry(const CatalogTables& tables, std::string_view name,
                       store::WatchSet* watches = nullptr) {
  const ConfigEntry* entry = config_entry(tables, Entry::kind, name, watches).rows;
  return entry == nullptr ? nullptr : std::get_if<Entry>(entry);
}

/// True when writing the entry would change nothing: Consul then answers `true` and writes no log
/// entry, whatever a check-and-set asks for.
bool is_stored(const CatalogTables& tables, const ConfigEntry& entry);

/// The protocol of a service by its service-defaults, else by proxy-defaults, else `tcp`. With a
/// change, as it would be after it.
std::string protocol_of(const CatalogTables& tables, const ServiceName& service,
                        const ConfigChange* change = nullptr, store::WatchSet* watches = nullptr);
/// True for http, http2 and grpc.
bool is_http_like(std::string_view protocol);

/// The virtual IP of a service of a peer, if it has one.
const VirtualIp* virtual_ip(const CatalogTables& tables, const PeerName& peer,
                            const ServiceName& service, store::WatchSet* watches = nullptr);

}  // namespace peerlab::catalog
