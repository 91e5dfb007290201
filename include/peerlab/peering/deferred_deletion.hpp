#pragma once

#include <functional>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/catalog/tables.hpp"
#include "peerlab/peering/command.hpp"
#include "peerlab/peering/limiter.hpp"
#include "peerlab/peering/tables.hpp"

namespace peerlab::peering {

/// What the clean-up looks at. All of it must outlive the call.
struct DeletionView {
  const PeeringTables& peerings;
  /// The catalog of a partition; null where there is none.
  std::function<const catalog::CatalogTables*(const PartitionName&)> catalog;
};

/// Defaults of Consul (leader_peering.go; spec 9.7).
struct DeletionLimits {
  Duration interval = std::chrono::milliseconds(100);  ///< between replicated writes ...
  int burst = 10;                                      ///< ... after so many at once
  std::size_t batch_bytes = 256 * 1024;                ///< names of nodes in one write
  Duration retry = std::chrono::seconds(1);            ///< after a write that was refused
};

/// The leader's clean-up behind peerings that were deleted or terminated: first the imported nodes
/// in batches (services and checks go with them), then the trust bundle, then the record, which
/// stays if it is TERMINATED. One write at a time, and only so many per second. A server makes one
/// when it becomes leader and drops it when it is no longer. (spec 9.7, 9.8)
class DeferredDeletion {
 public:
  /// Once when the work begins, and whenever an entry of the log changed a peering.
  struct Woken {};
  /// The last Propose was applied, or refused.
  struct Applied {
    Result<void> result;
  };
  struct Due {};
  using Input = std::variant<Woken, Applied, Due>;

  struct Propose {
    Command command;
  };
  struct Arm {
    Instant due;
  };
  using Output = std::variant<Propose, Arm>;

  explicit DeferredDeletion(bool peering_enabled, Mutants planted = {}, DeletionLimits limits = {})
      : enabled_(peering_enabled),
        mutants_(planted),
        limits_(limits),
        limiter_(limits.interval, limits.burst) {}

  /// What to do next; nothing where there is no work, or while something is under way.
  std::optional<Output> step(Instant now, const Input& input, const DeletionView& view);

 private:
  enum class Phase { idle, waiting, proposed };

  std::optional<Output> advance(Instant now, const DeletionView& view);
  std::optional<Command> next_write(const DeletionView& view);
  std::optional<Command> write_for(const Peering& peering, const DeletionView& view) const;

  bool enabled_;
  Mutants mutants_;
  DeletionLimits limits_;
  Phase phase_ = Phase::idle;
  Limiter limiter_;
  std::vector<Peering> pass_;  ///< records of this pass, as they were at its beginning
  bool again_ = false;         ///< something changed during the pass
};

}  // namespace peerlab::peering
