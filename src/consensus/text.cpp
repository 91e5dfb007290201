#include <fmt/format.h>

#include "peerlab/base/assert.hpp"
#include "peerlab/consensus/raft.hpp"

namespace peerlab::consensus {

Result<Timings> Timings::with_multiplier(int multiplier) {
  if (multiplier < 1 || multiplier > 10) {
    return failure(Errc::invalid_argument,
                   fmt::format("performance.raft_multiplier cannot be {}. Must be between 1 and 10",
                               multiplier));
  }
  // hashicorp/raft's defaults; the commit timeout is not multiplied (datacenter spec 1.3).
  Timings timings;
  timings.heartbeat = multiplier * std::chrono::milliseconds(1000);
  timings.election = multiplier * std::chrono::milliseconds(1000);
  timings.lease = multiplier * std::chrono::milliseconds(500);
  return timings;
}

Timings Timings::dev() {
  Timings timings;
  timings.heartbeat = std::chrono::milliseconds(35);
  timings.election = std::chrono::milliseconds(52);
  timings.lease = std::chrono::milliseconds(20);
  return timings;
}

std::string_view text(Refusal refusal) {
  switch (refusal) {
    case Refusal::not_leader:
      return "node is not the leader";
    case Refusal::leadership_lost:
      return "leadership lost while committing log";
    case Refusal::transfer_in_progress:
      return "leadership transfer in progress";
    case Refusal::transfer_timeout:
      return "leadership transfer timeout";
    case Refusal::configuration_busy:
      return "configuration change already in progress";
    case Refusal::unknown_server:
      return "server is not in the configuration";
    case Refusal::known_server:
      return "server id or address is in the configuration already";
    case Refusal::nothing_to_do:
      return "server has that role already";
    case Refusal::no_other_voter:
      return "cannot find peer";
    case Refusal::last_voter:
      return "need at least one voter in configuration";
    case Refusal::too_slow:
      return "server did not catch up with the log";
  }
  PEERLAB_ASSERT(false);
  return {};
}

std::string_view name(Role role) {
  switch (role) {
    case Role::follower:
      return "follower";
    case Role::candidate:
      return "candidate";
    case Role::leader:
      return "leader";
    case Role::halted:
      return "halted";
  }
  PEERLAB_ASSERT(false);
  return {};
}

}  // namespace peerlab::consensus
