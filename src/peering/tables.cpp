#include "peerlab/peering/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"
#include "rows.hpp"

namespace peerlab::peering {
namespace {

// Rows of Consul's `index` table.
constexpr std::string_view peering_row = "peering";
constexpr std::string_view bundle_row = "peering-trust-bundles";
constexpr std::string_view secrets_row = "peering-secrets";

std::string_view or_default(const PartitionName& partition) {
  return partition.value().empty() ? std::string_view("default")
                                   : std::string_view(partition.value());
}
std::string key_of(const PeerId& id) { return store::key({id.value()}); }
std::string key_of(const PartitionName& partition, const PeerName& name) {
  return store::key({or_default(partition), name.value()});
}

store::Table<Peering>::Schema peering_schema() {
  return {"peering",
          [](const Peering& row) { return key_of(row.id); },
          &encode_row<proto::Peering, Peering>,
          &decode_row<proto::Peering, Peering>,
          {{"name", [](const Peering& row) { return std::vector{key_of(row.partition, row.name)}; },
            true}}};
}

store::Table<PeeringSecrets>::Schema secrets_schema() {
  return {"peering-secrets",
          [](const PeeringSecrets& row) { return key_of(row.peer_id); },
          &encode_row<proto::Secrets, PeeringSecrets>,
          &decode_row<proto::Secrets, PeeringSecrets>,
          {{"uuid",
            [](const PeeringSecrets& row) {
              std::vector<std::string> keys;
              for (const std::string& uuid :
                   {row.establishment.value(), row.pending.value(), row.active.value()}) {
                if (!uuid.empty()) keys.push_back(store::key({uuid}));
              }
              return keys;
            },
            false}}};
}

store::Table<StoredTrustBundle>::Schema bundle_schema() {
  return {"peering-trust-bundles",
          [](const StoredTrustBundle& row) {
            return key_of(PartitionName(row.bundle.partition), PeerName(row.bundle.peer_name));
          },
          &encode_row<proto::TrustBundle, StoredTrustBundle>,
          &decode_row<proto::TrustBundle, StoredTrustBundle>,
          {}};
}

}  // namespace

PeeringTables::PeeringTables(store::Store& store)
    : store_(store),
      peerings_(store, peering_schema()),
      secrets_(store, secrets_schema()),
      bundles_(store, bundle_schema()) {}

const Peering* PeeringTables::by_id(const PeerId& id, store::WatchSet* watches) const {
  return peerings_.find(key_of(id), watches);
}

const Peering* PeeringTables::by_name(const PartitionName& partition, const PeerName& name,
                                      store::WatchSet* watches) const {
  return peerings_.find_by(0, key_of(partition, name), watches);
}

std::vector<const Peering*> PeeringTables::list(const PartitionName& partition,
                                                store::WatchSet* watches) const {
  return peerings_.scan_by(0, store::key({or_default(partition)}), watches);
}

std::vector<const Peering*> PeeringTables::list_all(store::WatchSet* watches) const {
  return peerings_.scan_by(0, "", watches);
}

const PeeringSecrets* PeeringTables::secrets(const PeerId& id, store::WatchSet* watches) const {
  return secrets_.find(key_of(id), watches);
}

bool PeeringTables::secret_in_use(const std::string& uuid) const {
  const auto holders = secrets_.scan_by(0, store::key({uuid}));
  return std::ranges::any_of(holders, [&](const PeeringSecrets* holder) {
    const Peering* peering = by_id(holder->peer_id);
    return peering != nullptr && !peering->should_dial();
  });
}

const StoredTrustBundle* PeeringTables::trust_bundle(const PartitionName& partition,
                                                     const PeerName& peer,
                                                     store::WatchSet* watches) const {
  return bundles_.find(key_of(partition, peer), watches);
}

std::vector<const StoredTrustBundle*> PeeringTables::trust_bundles(const PartitionName& partition,
                                                                   store::WatchSet* watches) const {
  return bundles_.scan(store::key({or_default(partition)}), watches);
}

// What follows changes the tables, inside the transaction of the caller.

Result<void> PeeringTables::apply(const Command& command, const Mutants& mutants,
                                  catalog::CatalogTables* catalog) {
  return std::visit(Overloaded{
                        [&](const RemoveImports& remove) -> Result<void> {
                          PEERLAB_ASSERT(catalog != nullptr);
                          for (const NodeName& node : remove.nodes) {
                            auto applied = catalog->apply(
                                catalog::Deregister{node, {}, {}, remove.peer}, mutants);
                            if (!applied) return tl::unexpected<Error>(std::move(applied.error()));
                          }
                          return {};
                        },
                        [&](const auto& kind) { return on(kind, mutants); },
                    },
                    command);
}

void PeeringTables::put(Peering peering) {
  const Peering* before = by_id(peering.id);
  peering.indexes.create = before != nullptr ? before->indexes.create : store_.raft_index();
  peering.indexes.modify = store_.raft_index();
  peerings_.put(std::move(peering));
  store_.bump(peering_row);
}

Result<void> PeeringTables::on(const TerminatePeering& terminate, const Mutants& mutants) {
  const Peering* before = by_id(terminate.id);
  if (before == nullptr) return {};
  // Consul does not look at the old state: when both sides delete at once, one record can stay as
  // TERMINATED with its DeletedAt and has to be deleted again (QP-03).
  if (before->deleted_at && !mutants.has(Mutant::QP_03)) return {};
  // Secrets stay until the operator deletes the peering (C-087).
  Peering peering = *before;
  peering.state = PeeringState::terminated;
  put(std::move(peering));
  return {};
}

Result<void> PeeringTables::on(const RemovePeering& remove, const Mutants&) {
  const Peering* peering = by_name(remove.partition, remove.name);
  if (peering == nullptr) return {};
  if (peering->is_active()) {
    return failure(Errc::invalid_argument,
                   "cannot delete a peering without first marking for deletion");
  }
  secrets_.erase(key_of(peering->id));
  peerings_.erase(*peering);
  store_.bump(peering_row);
  return {};
}

Result<void> PeeringTables::on(const WriteTrustBundle& write, const Mutants& mutants) {
  const PeeringTrustBundle& bundle = write.bundle;
  const PartitionName partition(bundle.partition);
  const PeerName name(bundle.peer_name);
  if (bundle.peer_name.empty()) return failure(Errc::invalid_argument, "missing peer name");
  const Peering* before = by_name(partition, name);
  if (before == nullptr) {
    return failure(Errc::invalid_argument,
                   "cannot write peering trust bundle for unknown peering " + bundle.peer_name);
  }
  if (before->deleted_at) {
    return failure(Errc::invalid_argument, "cannot write to peering that is marked for deletion");
  }
  // A TERMINATED record is left as it is, as by any write that keeps it so.
  if (before->is_active() && !mutants.has(Mutant::HB_081)) {
    Peering peering = *before;
    peering.peer_ca_pems = bundle.root_pems;
    for (std::string& pem : peering.peer_ca_pems) {
      if (!pem.ends_with('\n')) pem += '\n';
    }
    put(std::move(peering));
  }
  const StoredTrustBundle* stored = trust_bundle(partition, name);
  const auto create = stored != nullptr ? stored->indexes.create : store_.raft_index();
  bundles_.put({bundle, {create, store_.raft_index()}});
  store_.bump(bundle_row);
  return {};
}

Result<void> PeeringTables::on(const RemoveTrustBundle& remove, const Mutants&) {
  if (bundles_.erase(key_of(remove.partition, remove.peer))) store_.bump(bundle_row);
  return {};
}

Result<void> PeeringTables::on(const SecretsWrite& write, const Mutants& mutants) {
  return change_secrets(write, mutants).map_error([](Error error) {
    error.detail = "failed to write peering secret: " + error.detail;
    return error;
  });
}

Result<void> PeeringTables::change_secrets(const SecretsWrite& write, const Mutants& mutants) {
  // An incomplete request is told before an unknown peering is.
  if (auto valid = validate(write); !valid) return valid;
  const Peering* peering = by_id(write.peer_id);
  if (peering == nullptr) {
    return failure(Errc::invalid_argument,
                   fmt::format("unknown peering \"{}\" for secret", write.peer_id.value()));
  }
  auto secrets = apply_change(
      this->secrets(write.peer_id), write, peering->should_dial(),
      [this](const std::string& uuid) { return secret_in_use(uuid); }, mutants);
  if (!secrets) return tl::unexpected<Error>(std::move(secrets.error()));
  secrets_.put(std::move(*secrets));
  store_.bump(secrets_row);
  return {};
}

}  // namespace peerlab::peering
