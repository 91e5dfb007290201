#pragma once

#include <string>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/catalog/tables.hpp"
#include "peerlab/peering/command.hpp"
#include "peerlab/peering/record.hpp"
#include "peerlab/peering/resource.hpp"
#include "peerlab/peering/secrets.hpp"
#include "peerlab/store/store.hpp"
#include "peerlab/store/table.hpp"

namespace peerlab::peering {

/// The roots of a peer as they are kept, under our name of it.
struct StoredTrustBundle {
  PeeringTrustBundle bundle;
  catalog::RaftIndexes indexes;
  friend bool operator==(const StoredTrustBundle&, const StoredTrustBundle&) = default;
};

/// The replicated state of peering: records, secrets and trust bundles. Names are compared without
/// regard to case, and an empty partition is the default one. Pointers stay good until the row is
/// changed.
class PeeringTables {
 public:
  /// The store must outlive the tables.
  explicit PeeringTables(store::Store& store);

  const Peering* by_id(const PeerId& id, store::WatchSet* watches = nullptr) const;
  const Peering* by_name(const PartitionName& partition, const PeerName& name,
                         store::WatchSet* watches = nullptr) const;
  /// All of a partition, ordered by name.
  std::vector<const Peering*> list(const PartitionName& partition,
                                   store::WatchSet* watches = nullptr) const;
  /// All there are, ordered by partition and name.
  std::vector<const Peering*> list_all(store::WatchSet* watches = nullptr) const;

  const PeeringSecrets* secrets(const PeerId& id, store::WatchSet* watches = nullptr) const;
  /// True where an accepting peering of this cluster holds the UUID as one of its secrets.
  bool secret_in_use(const std::string& uuid) const;

  const StoredTrustBundle* trust_bundle(const PartitionName& partition, const PeerName& peer,
                                        store::WatchSet* watches = nullptr) const;
  /// All of a partition, ordered by peer name.
  std::vector<const StoredTrustBundle*> trust_bundles(const PartitionName& partition,
                                                      store::WatchSet* watches = nullptr) const;

  /// Applies one entry of the log inside the transaction at hand. Fails with Consul's text (spec
  /// 4.4, 2.2, 9.5); the transaction must then be taken back. Draws nothing by chance.
  ///
  /// RemoveImports takes rows out of the catalog of its partition, which must be given then.
  Result<void> apply(const Command& command, const Mutants& mutants,
                     catalog::CatalogTables* catalog = nullptr);

 private:
  Result<void> on(const WritePeering& write, const Mutants& mutants);
  Result<void> on(const RemovePeering& remove, const Mutants& mutants);
  Result<void> on(const TerminatePeering& terminate, const Mutants& mutants);
  Result<void> on(const WriteTrustBundle& write, const Mutants& mutants);
  Result<void> on(const RemoveTrustBundle& remove, const Mutants& mutants);
  Result<void> on(const SecretsWrite& write, const Mutants& mutants);

  Result<void> change_secrets(const SecretsWrite& write, const Mutants& mutants);
  void put(Peering peering);

  store::Store& store_;
  store::Table<Peering> peerings_;
  store::Table<PeeringSecrets> secrets_;
  store::Table<StoredTrustBundle> bundles_;
};

}  // namespace peerlab::peering
