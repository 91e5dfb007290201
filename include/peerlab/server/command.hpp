#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/catalog/command.hpp"
#include "peerlab/peering/command.hpp"
#include "peerlab/server/ca.hpp"

namespace peerlab::server {

/// A change of the catalog of one admin partition; empty is the default one.
struct CatalogCommand {
  catalog::Command command;
  PartitionName partition = {};
  friend bool operator==(const CatalogCommand&, const CatalogCommand&) = default;
};

/// Everything that changes the replicated state of a cluster: one entry of its log.
using Command = std::variant<CatalogCommand, peering::Command, CaCommand>;

/// Whose change it is: `catalog`, `peering` or `ca`.
std::string_view kind_of(const Command& command);

/// Bytes for the log; equal commands give equal bytes.
std::string encode(const Command& command);
/// Fails with `malformed_message`; any bytes are safe.
Result<Command> decode_command(std::string_view bytes);

/// What applying an entry came to. The same on every server.
struct ApplyResult {
  /// Consul's text where the entry was refused; nothing has changed then.
  std::string error;
  /// What the command gives back: 1 or 0 for a check-and-set that matched or not, a serial number.
  std::uint64_t value = 1;

  bool failed() const { return !error.empty(); }
  friend bool operator==(const ApplyResult&, const ApplyResult&) = default;
};

}  // namespace peerlab::server
