#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/peering/record.hpp"
#include "peerlab/peering/resource.hpp"
#include "peerlab/peering/secrets.hpp"

namespace peerlab::peering {

// The changes that peering puts into Raft's log. Whatever is drawn by chance (IDs, secrets) or read
// from a clock (DeletedAt) was put into them by the leader.

/// Creates or replaces a record; a change of its secrets may ride along and then is part of the
/// same write. (Consul: PeeringWriteRequest)
struct WritePeering {
  Peering peering;
  std::optional<SecretsWrite> secrets;
  friend bool operator==(const WritePeering&, const WritePeering&) = default;
};

/// Removes a record that is marked for deletion.
struct RemovePeering {
  PartitionName partition;
  PeerName name;
  friend bool operator==(const RemovePeering&, const RemovePeering&) = default;
};

/// The peer said `Terminated`.
struct TerminatePeering {
  PeerId id;
  friend bool operator==(const TerminatePeering&, const TerminatePeering&) = default;
};

/// Stores the roots of a peer, `bundle.peer_name` being our name of it, and hands them to its
/// record.
struct WriteTrustBundle {
  PeeringTrustBundle bundle;
  friend bool operator==(const WriteTrustBundle&, const WriteTrustBundle&) = default;
};

struct RemoveTrustBundle {
  PartitionName partition;
  PeerName peer;
  friend bool operator==(const RemoveTrustBundle&, const RemoveTrustBundle&) = default;
};

/// Removes nodes that were imported from a peer, with their services and checks.
struct RemoveImports {
  PartitionName partition;
  PeerName peer;
  std::vector<NodeName> nodes;
  friend bool operator==(const RemoveImports&, const RemoveImports&) = default;
};

using Command = std::variant<WritePeering, RemovePeering, TerminatePeering, WriteTrustBundle,
                             RemoveTrustBundle, SecretsWrite, RemoveImports>;

/// Bytes for the log; equal commands give equal bytes.
std::string encode(const Command& command);
/// Fails with `malformed_message`.
Result<Command> decode_command(std::string_view bytes);

}  // namespace peerlab::peering
