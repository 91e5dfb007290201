#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "actors/operator_role.hpp"

namespace peerlab::actors {

struct PartitionSetup {
  std::string partition;  ///< empty for the default one
  std::vector<std::string> servers;
  std::vector<std::string> entries;  ///< JSON, as PUT /v1/config takes them
};

/// The name of the actor of `dc1` or `dc1@web`. No host of a topology can have it.
std::string tenant_name(const std::string& partition_path);

/// An admin partition: its tenant's operator. It writes the entries that the topology wants, where
/// there are none of their name yet, and whatever steps of the scenario ask it for.
class PartitionRole final : public OperatorRole {
 public:
  /// `setup` must outlive the role.
  PartitionRole(engine::Host& host, const PartitionSetup& setup)
      : OperatorRole(host), setup_(setup) {}

  void start() override { write_next(); }
  void on(const engine::Due& due) override;
  using OperatorRole::on;

 private:
  void ended(std::uint64_t call, int status) override;
  void write_next();

  const PartitionSetup& setup_;
  std::size_t written_ = 0;
  std::size_t tries_ = 0;
};

}  // namespace peerlab::actors
