#include "peerlab/server/state.hpp"

#include <fmt/format.h>

#include "command.pb.h"
#include "graph_check.hpp"
#include "peerlab/base/hash.hpp"
#include "peerlab/base/overloaded.hpp"

namespace peerlab::server {
namespace {

ApplyResult outcome(const Result<void>& result) {
  return result ? ApplyResult{} : ApplyResult{result.error().detail, 0};
}

ApplyResult unknown_partition(const PartitionName& partition) {
  return {fmt::format("unknown partition \"{}\"", partition.value()), 0};
}

/// HB-001: an ID that is made up while the entry is applied differs from server to server.
peering::Command with_own_id(const peering::Command& command, const NodeName& server) {
  auto write = std::get_if<peering::WritePeering>(&command);
  if (write == nullptr || write->peering.state != peering::PeeringState::pending) return command;
  peering::WritePeering changed = *write;
  const std::string digits = hash_text(hash_of(server.value())) + hash_text(hash_of("HB-001"));
  changed.peering.id =
      PeerId(fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                         digits.substr(12, 4), digits.substr(16, 4), digits.substr(20, 12)));
  if (changed.secrets) changed.secrets->peer_id = changed.peering.id;
  return changed;
}

}  // namespace

State::State(const std::vector<PartitionName>& partitions, DatacenterName datacenter)
    : datacenter_(std::move(datacenter)) {
  for (const PartitionName& partition : partitions) {
    partitions_.emplace(partition, std::make_unique<catalog::CatalogTables>(store_, partition));
  }
}

const catalog::CatalogTables* State::catalog(const PartitionName& partition) const {
  if (partition.value().empty() || partition.value() == "default") return &catalog_;
  const auto found = partitions_.find(partition);
  return found == partitions_.end() ? nullptr : found->second.get();
}

std::vector<PartitionName> State::partitions() const {
  std::vector<PartitionName> out{PartitionName()};
  for (const auto& [name, tables] : partitions_) out.push_back(name);
  return out;
}

catalog::CatalogTables* State::writable_catalog(const PartitionName& partition) {
  return const_cast<catalog::CatalogTables*>(catalog(partition));
}

State::Change State::apply(store::RaftIndex index, const Command& command, const Mutants& mutants,
                           const NodeName& server) {
  store::Transaction transaction(store_, index);
  ApplyResult result = change(command, mutants, server);
  if (result.failed()) return {std::move(result), store::Commit{index, {}}};
  return {std::move(result), transaction.commit()};
}

State::Change State::apply(store::RaftIndex index, std::string_view bytes, const Mutants& mutants,
                           const NodeName& server) {
  const auto command = decode_command(bytes);
  if (!command) return {ApplyResult{command.error().detail, 0}, store::Commit{index, {}}};
  return apply(index, *command, mutants, server);
}

ApplyResult State::change(const Command& command, const Mutants& mutants, const NodeName& server) {
  return std::visit(
      Overloaded{
          [&](const CatalogCommand& of) -> ApplyResult {
            auto* tables = writable_catalog(of.partition);
            if (tables == nullptr) return unknown_partition(of.partition);
            const auto applied = tables->apply(
                of.command, mutants,
                [&](const catalog::CatalogTables& seen, const catalog::ConfigChange& wanted) {
                  return check_graph(seen, wanted, datacenter_);
                });
            return applied ? ApplyResult{{}, *applied ? 1u : 0u}
                           : ApplyResult{applied.error().detail, 0};
          },
          [&](const peering::Command& of) -> ApplyResult {
            catalog::CatalogTables* imports = nullptr;
            if (const auto* remove = std::get_if<peering::RemoveImports>(&of)) {
              imports = writable_catalog(remove->partition);
              if (imports == nullptr) return unknown_partition(remove->partition);
            }
            const bool planted = mutants.has(Mutant::HB_001);
            return outcome(
                peering_.apply(planted ? with_own_id(of, server) : of, mutants, imports));
          },
          [&](const CaCommand& of) {
            const auto taken = ca_.apply(of);
            return taken ? ApplyResult{{}, *taken} : ApplyResult{taken.error().detail, 0};
          },
      },
      command);
}

std::string State::snapshot(const Mutants& mutants) const {
  proto::Snapshot snapshot;
  store_.save([&](std::string_view table, std::string_view row) {
    if (mutants.has(Mutant::HB_031) && table == "peering-secrets") return;
    auto* saved = snapshot.add_rows();
    saved->set_table(std::string(table));
    saved->set_row(std::string(row));
  });
  return snapshot.SerializeAsString();
}

Result<void> State::restore(std::string_view bytes) {
  store_.clear();
  proto::Snapshot snapshot;
  if (!snapshot.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return failure(Errc::malformed_message, "snapshot does not parse");
  }
  for (const auto& row : snapshot.rows()) {
    if (auto loaded = store_.load(row.table(), row.row()); !loaded) {
      store_.clear();
      return loaded;
    }
  }
  return {};
}

}  // namespace peerlab::server
