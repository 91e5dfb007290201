#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/catalog/command.hpp"
#include "peerlab/catalog/config_entry.hpp"
#include "peerlab/catalog/kv.hpp"
#include "peerlab/catalog/types.hpp"
#include "peerlab/store/store.hpp"
#include "peerlab/store/table.hpp"

namespace peerlab::catalog {

/// Where a key was deleted, kept so that the index of a listing does not fall (datacenter 2.4).
struct Tombstone {
  std::string key;
  std::uint64_t index = 0;
};

/// The address by which transparent proxies dial a service (traffic 8.4).
struct VirtualIp {
  PeerName peer;
  ServiceName service;
  std::uint64_t offset = 0;  ///< added to 240.0.0.0
  RaftIndexes indexes;

  std::string address() const;
};

/// An address to be given out next, or the counter of those given out so far.
struct FreeVirtualIp {
  std::uint64_t offset = 0;
  bool is_counter = false;
};

// The secondary indexes, by number.
namespace nodes_by {
inline constexpr std::size_t id = 0;
}
namespace services_by {
inline constexpr std::size_t name = 0;     ///< peer, name
inline constexpr std::size_t connect = 1;  ///< peer, name that mesh callers dial
inline constexpr std::size_t kind = 2;     ///< peer, kind
}  // namespace services_by
namespace checks_by {
inline constexpr std::size_t status = 0;        ///< peer, status
inline constexpr std::size_t service = 1;       ///< peer, service name
inline constexpr std::size_t node_service = 2;  ///< peer, node, service id ("" for the node's own)
}  // namespace checks_by

/// What a config entry write would change.
struct ConfigChange {
  std::string_view kind;
  std::string_view name;
  const ConfigEntry* entry;  ///< null when it is deleted
};

class CatalogTables;

/// Refuses a change of config entries for what it would do to discovery chains; fails with the
/// text for the writer. Asked before the change is made. Given by the room that knows chains.
using GraphCheck = std::function<Result<void>(const CatalogTables&, const ConfigChange&)>;

/// The replicated state of the catalog of one partition. Names are compared without regard to
/// case. The tables are for reading (see queries.hpp); apply() alone changes them.
class CatalogTables {
 public:
  /// The store must outlive the tables. A partition other than `default` has tables and index rows
  /// of its own, called `nodes@<partition>` and so on.
  explicit CatalogTables(store::Store& store,
                         const PartitionName& partition = PartitionName("default"));

  /// Applies one entry of the log inside the transaction at hand. False: a check-and-set did not
  /// match. Fails with Consul's text; the transaction must then be taken back.
  Result<bool> apply(const Command& command, const Mutants& mutants = {},
                     const GraphCheck& check_graph = {});

  /// The name of an index row of this partition.
  std::string index_row(std::string_view row) const { return std::string(row) + suffix_; }

  store::Store& store() const { return store_; }

 private:
  store::Store& store_;
  std::string suffix_;

 public:
  store::Table<Node> nodes;
  store::Table<Service> services;
  store::Table<Check> checks;
  store::Table<VirtualIp> virtual_ips;
  store::Table<FreeVirtualIp> free_virtual_ips;
  store::Table<KvEntry> kv;
  store::Table<Tombstone> tombstones;
  store::Table<ConfigEntry> config_entries;
};

/// The key of a row of a peer: names of peers come first, `~` standing for the own cluster.
std::string peer_key(const PeerName& peer, std::initializer_list<std::string_view> parts = {});

}  // namespace peerlab::catalog
