#pragma once

#include <optional>

#include "actors/server/context.hpp"
#include "peerlab/peering/deferred_deletion.hpp"

namespace peerlab::actors {

/// The leader's duty to clean up behind peerings that were deleted or terminated.
class PeeringCleanup {
 public:
  explicit PeeringCleanup(ServerContext& context) : context_(context) {}

  void start();
  void stop();
  /// An entry of the log was applied.
  void committed(const store::Commit& commit);

 private:
  void wake();
  void step(const peering::DeferredDeletion::Input& input);

  ServerContext& context_;
  std::optional<peering::DeferredDeletion> core_;  // while this server leads
  store::Waiters waiters_;
  Timers::Id timer_ = 0;
  std::uint64_t reign_ = 0;  // so that late answers to an earlier reign are told
};

}  // namespace peerlab::actors
