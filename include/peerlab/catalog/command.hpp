#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/base/result.hpp"
#include "peerlab/catalog/config_entry.hpp"
#include "peerlab/catalog/kv.hpp"
#include "peerlab/catalog/types.hpp"

/// The changes that the catalog puts into Raft's log.
namespace peerlab::catalog {

/// Creates or updates a node, perhaps with one service and checks. All rows are of the peer that
/// `node.peer` names. With `skip_node_update` a node that exists stays as it is.
struct Register {
  Node node;
  bool skip_node_update = false;
  std::optional<Service> service;
  std::vector<Check> checks;
  friend bool operator==(const Register&, const Register&) = default;
};

/// Removes the service if one is named, else the check, else the node with all it has.
struct Deregister {
  NodeName node;
  ServiceId service_id;
  CheckId check_id;
  PeerName peer;
  friend bool operator==(const Deregister&, const Deregister&) = default;
};

struct KvWrite {
  enum class Verb { set, cas, erase, erase_cas, erase_tree };
  Verb verb = Verb::set;
  KvEntry entry;  ///< for the cas verbs `indexes.modify` is the index expected
  friend bool operator==(const KvWrite&, const KvWrite&) = default;
};

/// Prunes the tombstones of deleted keys up to an index. The leader orders it, so that all servers
/// forget at the same entry.
struct ReapTombstones {
  std::uint64_t index = 0;
  friend bool operator==(const ReapTombstones&, const ReapTombstones&) = default;
};

/// Stores an entry that went through normalize().
struct UpsertConfig {
  ConfigEntry entry;
  std::optional<std::uint64_t> cas;  ///< the ModifyIndex expected; 0 only creates
  friend bool operator==(const UpsertConfig&, const UpsertConfig&) = default;
};

struct DeleteConfig {
  std::string kind;
  std::string name;
  std::optional<std::uint64_t> cas;
  friend bool operator==(const DeleteConfig&, const DeleteConfig&) = default;
};

using Command =
    std::variant<Register, Deregister, KvWrite, ReapTombstones, UpsertConfig, DeleteConfig>;

/// Bytes for the log; equal commands give equal bytes.
std::string encode(const Command& command);
/// Fails with `malformed_message`; any bytes are safe.
Result<Command> decode_command(std::string_view bytes);

}  // namespace peerlab::catalog
