#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/catalog/command.hpp"
#include "peerlab/catalog/tables.hpp"
#include "peerlab/peering/command.hpp"
#include "peerlab/peering/resource.hpp"
#include "peerlab/peering/stream.hpp"
#include "peerlab/peering/tables.hpp"

namespace peerlab::peering {

/// Where the resources of one peer go. All of it must outlive the call.
struct ImportTarget {
  const catalog::CatalogTables& catalog;  ///< of the partition of the peering
  const PeeringTables& peerings;
  PeerId peering;  ///< our own ID of it
  PeerName peer;   ///< our name of it, which all rows bear, whatever the payload says
  PartitionName partition;
};

/// One replicated write of an import.
struct ImportWrite {
  std::variant<catalog::Command, Command> command;
  std::string failed;  ///< stands in front of the store's text where the write is refused
};

/// What an import comes to: the writes, one after the other, and if `failure` is set the text with
/// which it then ends all the same. Consul does not write in one transaction, so what was written
/// before a failure stays (spec 9.3).
struct ImportPlan {
  std::vector<ImportWrite> writes;
  std::optional<std::string> failure;
  std::string context;  ///< stands in front of every failure
};

/// Compares what the peer sent with what is stored, and writes only what differs (spec 9.3 to 9.5,
/// 7.8). The payload must not be `malformed`: the stream refuses that before. Node IDs that are no
/// UUIDs, forbidden service metadata and senseless trust bundles are refused here.
ImportPlan plan_import(const ImportTarget& target, const std::string& resource_id,
                       const Resource& resource, const Mutants& mutants);

/// Carries a plan out, write by write, and says what the stream must be told at the end.
class Importing {
 public:
  using Output = std::variant<ImportWrite, ImportApplied, ImportFailed>;

  explicit Importing(ImportPlan plan) : plan_(std::move(plan)) {}

  /// The first write to propose, or the end.
  Output start() { return next(); }
  /// The same after the last write was applied, or refused.
  Output applied(const Result<void>& result);

 private:
  Output next() const;
  Output fail(const std::string& cause) const;

  ImportPlan plan_;
  std::size_t done_ = 0;
};

}  // namespace peerlab::peering
