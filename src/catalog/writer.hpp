#pragma once

#include <string>
#include <string_view>

#include "peerlab/base/mutants.hpp"
#include "peerlab/catalog/tables.hpp"

namespace peerlab::catalog {

/// Applies commands to the tables: what each changes, and which index rows go along (datacenter
/// 2.2; Consul: agent/consul/state/catalog.go, kvs.go, config_entry.go).
class Writer {
 public:
  Writer(CatalogTables& tables, const Mutants& mutants, const GraphCheck& check_graph)
      : tables_(tables), mutants_(mutants), check_graph_(check_graph) {}

  Result<bool> apply(const Register& command);
  Result<bool> apply(const Deregister& command);
  Result<bool> apply(const KvWrite& command);
  Result<bool> apply(const ReapTombstones& command);
  Result<bool> apply(const UpsertConfig& command);
  Result<bool> apply(const DeleteConfig& command);

 private:
  // nodes.cpp
  Result<void> ensure_node(Node node);
  Result<void> no_clash(const Node& node, bool may_take_over) const;
  void delete_node(const NodeName& name, const PeerName& peer);
  void bump_services_of(const NodeName& node, const PeerName& peer);

  // services.cpp
  Result<void> ensure_service(Service service);
  void delete_service(const NodeName& node, const ServiceId& id, const PeerName& peer);
  void bump_service_rows(const Service& service);

  // checks.cpp
  Result<void> ensure_check(Check check);
  void delete_check(const NodeName& node, const CheckId& id, const PeerName& peer);
  void bump_users_of(const Check& check);

  // virtual_ips.cpp
  Result<std::string> assign_virtual_ip(const PeerName& peer, const ServiceName& service);
  void free_virtual_ip(const PeerName& peer, const ServiceName& service);
  bool named_by_entry(const ServiceName& service) const;

  // kv_writes.cpp
  bool set(KvEntry entry);
  void bury(const std::string& key);

  // config_writes.cpp
  Result<void> check_references(const ConfigChange& change) const;
  Result<void> check_permissions(const ConfigChange& change) const;

  RaftIndexes stamped(const RaftIndexes* existing) const;
  /// Sets an index row of this partition, for rows of the own cluster or of a peer.
  void bump(std::string_view row, const PeerName& peer = {});

  CatalogTables& tables_;
  const Mutants& mutants_;
  const GraphCheck& check_graph_;
};

/// The index row of a table, a node or a service, kept apart for each peer.
std::string peered_row(std::string_view row, const PeerName& peer);
std::string service_row(const ServiceName& name);
std::string node_row(const NodeName& name);

inline constexpr std::string_view last_extinction_row = "service_last_extinction";

/// Equal in all but the indexes.
template <class Row>
bool same_but_indexes(const Row& a, Row b) {
  b.indexes = a.indexes;
  return a == b;
}

}  // namespace peerlab::catalog
