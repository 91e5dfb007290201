#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/catalog/tables.hpp"
#include "peerlab/peering/tables.hpp"
#include "peerlab/server/ca.hpp"
#include "peerlab/server/command.hpp"
#include "peerlab/store/store.hpp"

namespace peerlab::server {

/// The replicated state of one server: the tables of all rooms over one store. Changed by apply()
/// and restore() alone; equal logs make equal states on every server.
class State {
 public:
  /// `partitions` are those beside the default one, which an enterprise cluster may have.
  /// `datacenter` is the own name, which some refusals of config entries spell out.
  explicit State(const std::vector<PartitionName>& partitions = {},
                 DatacenterName datacenter = DatacenterName("dc1"));

  const store::Store& store() const { return store_; }
  const catalog::CatalogTables& catalog() const { return catalog_; }
  /// The tables of one partition, empty being the default one; nullptr where there is none such.
  const catalog::CatalogTables* catalog(const PartitionName& partition) const;
  /// The default one (empty) first, then the others by name.
  std::vector<PartitionName> partitions() const;
  const peering::PeeringTables& peering() const { return peering_; }
  const CaTable& ca() const { return ca_; }

  /// What the log entry came to and what it touched: hand `commit` to the waiters. An entry that
  /// was refused touches nothing.
  struct Change {
    ApplyResult result;
    store::Commit commit;
  };

  /// Applies one entry. Knows no clock and no chance. `server` is for a planted bug alone (HB-001);
  /// whatever a server is called, it must make the same of the log.
  Change apply(store::RaftIndex index, const Command& command, const Mutants& mutants,
               const NodeName& server);
  /// The same from the log's bytes. What cannot be read is refused and changes nothing; Consul
  /// panics here.
  Change apply(store::RaftIndex index, std::string_view bytes, const Mutants& mutants,
               const NodeName& server);

  /// All tables and index rows as bytes; equal states give equal bytes.
  std::string snapshot(const Mutants& mutants) const;
  /// Replaces everything. The waiters of the store must be abandoned then. Fails with
  /// `malformed_message` for bytes that snapshot() did not write; the state is empty then.
  Result<void> restore(std::string_view snapshot);

  std::uint64_t digest() const { return store_.digest(); }

  /// `visit(table, row)` for each row of each table, encoded, in a fixed order.
  template <class Visitor>
  void describe(Visitor&& visit) const {
    store_.save([&](std::string_view table, std::string_view row) { visit(table, row); });
  }

 private:
  catalog::CatalogTables* writable_catalog(const PartitionName& partition);
  ApplyResult change(const Command& command, const Mutants& mutants, const NodeName& server);

  DatacenterName datacenter_;
  // Tables register at the store in this order, which is that of snapshots.
  store::Store store_;
  catalog::CatalogTables catalog_{store_};
  CaTable ca_{store_};
  peering::PeeringTables peering_{store_};
  std::map<PartitionName, std::unique_ptr<catalog::CatalogTables>> partitions_;
};

}  // namespace peerlab::server
