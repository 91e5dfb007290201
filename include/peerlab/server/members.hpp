#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "peerlab/base/names.hpp"
#include "peerlab/catalog/command.hpp"
#include "peerlab/catalog/tables.hpp"

namespace peerlab::server {

/// A member of the LAN pool, as the leader knows it from gossip.
struct Member {
  enum class Status { alive, failed, left };

  NodeName node;
  std::string id;       ///< of the node, a UUID
  std::string address;  ///< on the LAN
  Status status = Status::alive;

  /// What a server says of itself beside that.
  struct Server {
    std::string wan_address;  ///< empty: as on the LAN
    std::uint16_t rpc_port = 8300;
    int grpc_port = -1;  ///< negative: off
    int grpc_tls_port = -1;
    bool read_replica = false;
  };
  std::optional<Server> server;
};

/// The version that servers of the baseline show.
inline constexpr std::string_view consul_version = "1.23.0";

/// What the leader writes so that the catalog agrees with a member; nothing where it does already.
/// A failed member only turns its `serfHealth` critical, one that left is deregistered, but never
/// `self`. (datacenter 1.11)
std::optional<catalog::Command> reconcile(const Member& member, const NodeName& self,
                                          const DatacenterName& datacenter,
                                          const catalog::CatalogTables& tables);

/// Nodes of the catalog that carry `serfHealth` though gossip does not know them: they are reaped
/// once a minute. Nodes that were registered from outside carry none and stay. (datacenter 1.11)
std::vector<catalog::Command> reap(const std::vector<Member>& members, const NodeName& self,
                                   const catalog::CatalogTables& tables);

}  // namespace peerlab::server
