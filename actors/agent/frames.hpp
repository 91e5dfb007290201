#pragma once

#include <optional>
#include <string>
#include <vector>

#include "peerlab/base/hash.hpp"
#include "peerlab/catalog/command.hpp"

namespace peerlab::actors {

// What client agents say to servers. The framing inside a cluster is our own.

/// A change of the catalog. A follower hands it on to its leader.
struct CatalogWrite {
  static constexpr std::string_view frame_name = "rpc/catalog-write";
  PartitionName partition;
  catalog::Command command;
  bool forwarded = false;

  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};
struct CatalogWritten {
  static constexpr std::string_view frame_name = "rpc/catalog-written";
  std::string error;  ///< empty: it is done

  std::size_t encoded_size() const { return 32 + error.size(); }
  void hash_into(Hasher& hasher) const { hasher.add(error); }
};

/// What the catalog knows of a node. Any server answers, from what it has.
struct NodeRead {
  static constexpr std::string_view frame_name = "rpc/node-read";
  PartitionName partition;
  NodeName node;

  std::size_t encoded_size() const { return 32 + partition.value().size() + node.value().size(); }
  void hash_into(Hasher& hasher) const {
    hasher.add(partition.value());
    hasher.add(node.value());
  }
};
struct NodeRows {
  static constexpr std::string_view frame_name = "rpc/node-rows";
  std::optional<catalog::Node> node;
  std::vector<catalog::Service> services;
  std::vector<catalog::Check> checks;

  std::size_t encoded_size() const { return 32 + 300 * services.size() + 150 * checks.size(); }
  void hash_into(Hasher& hasher) const;
};

}  // namespace peerlab::actors
