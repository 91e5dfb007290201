#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cluster.hpp"

namespace peerlab::consensus {

/// What a random run has to tell.
struct ChaosReport {
  std::optional<std::string>
      breach;  ///< of a safety property, or of liveness once all is well again
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  std::uint64_t committed = 0;
  std::size_t elections = 0;
  std::size_t restores = 0;
  std::size_t configurations = 0;
};

/// A cluster of three or five under random crashes, cuts (one way, too), losses, slow disks,
/// transfers, snapshots and changes of its members; then all is made well, and it must recover.
ChaosReport chaos(std::uint64_t seed, Mutants mutants = {});

}  // namespace peerlab::consensus
