#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/catalog/tables.hpp"
#include "peerlab/mesh/sidecar.hpp"
#include "peerlab/peering/chain_targets.hpp"
#include "peerlab/peering/resource.hpp"
#include "peerlab/peering/stream.hpp"
#include "peerlab/store/watch.hpp"

namespace peerlab::peering {

/// What an exporter reads. All of it must outlive the call.
struct ExportSource {
  const catalog::CatalogTables& catalog;  ///< of the partition of the peering
  const catalog::CatalogTables&
      main_catalog;             ///< of the default partition: it has the `mesh` entry
  const mesh::OwnCluster& own;  ///< datacenter, partition, roots
  bool connect_enabled = true;
  /// The `consul` instances of those servers that can serve, by node name.
  const std::vector<catalog::CheckServiceNode>& ready_servers;
};

/// What one peer is told about the own cluster, kept up to date: lists, instances, synthetic
/// proxies, roots and server addresses. One exporter goes with one stream, since every stream
/// starts from nothing. A change gives those resources alone whose content changed, in the order in
/// which Consul sends them: proxies, then the list, then services. (spec section 8)
class Exporter {
 public:
  /// Goes into the PeerStream as it is.
  using Output = std::variant<ResourceChanged, ResourceWithdrawn>;
  using Outputs = std::vector<Output>;

  /// `peer` is our name of the peering: exports name it so.
  Exporter(PeerName peer, Mutants planted = {}) : peer_(std::move(peer)), mutants_(planted) {}

  /// Everything there is. Call it once, and again after the store was restored from a snapshot;
  /// then only what differs comes out.
  Outputs start(const ExportSource& source);
  /// After each log entry; looks only at what the entry touched.
  Outputs on(const store::Commit& commit, const ExportSource& source);
  Outputs roots_changed(const ExportSource& source);
  Outputs servers_changed(const ExportSource& source);

  template <class Visitor>
  void describe(Visitor&& visit) const {
    visit("peer", peer_.value());
    visit("services", static_cast<std::uint64_t>(services_.size()));
    visit("chains", static_cast<std::uint64_t>(chains_.size()));
  }

 private:
  using Id = store::Waiters::Id;
  using ResourceKey = std::pair<ResourceType, std::string>;

  void read_list(const ExportSource& source);
  void read_gateways(const ExportSource& source);
  void read_addresses(const ExportSource& source);
  void read_service(const std::string& name, const ExportSource& source);
  void put_proxies(const std::string& name, const ExportSource& source);
  void put_roots(const ExportSource& source);
  void put(std::string id, Resource resource);
  void withdraw(ResourceType type, const std::string& id);
  Outputs take() { return std::exchange(outputs_, {}); }

  PeerName peer_;
  Mutants mutants_;
  store::Waiters waiters_;
  std::map<std::string, Id> services_;  ///< exported, with the id under which each is watched
  std::map<Id, std::string> names_;     ///< the same the other way round
  Id next_id_ = 0;
  std::map<std::string, Chain> chains_;
  std::vector<catalog::CheckServiceNode> gateways_;
  std::map<ResourceKey, Resource> last_;
  std::uint64_t lists_read_ = 0;
  Outputs outputs_;
};

}  // namespace peerlab::peering
