#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/base/time.hpp"

namespace peerlab::server {

/// What only the leader does, in the order in which a new leader takes it up. (datacenter 1.5)
enum class Duty {
  acls,                       ///< builtin policies, anonymous and management token
  acl_replication,            ///< in a secondary datacenter: from the primary
  token_reaping,              ///< in a primary
  tombstone_collection,       ///< of deleted keys
  session_timers,             ///< all sessions with a TTL start afresh
  autopilot,                  ///< its configuration exists; dead servers are removed
  config_replication,         ///< secondary
  federation_replication,     ///< secondary
  federation_anti_entropy,    ///< says where the own mesh gateways are
  peering_streams,            ///< dials, and keeps the streams of, all active peerings
  peering_deferred_deletion,  ///< cleans up behind peerings that were deleted or terminated
  connect_ca,                 ///< the CA is made (primary) or gets its intermediate; pruning
  config_bootstrap,           ///< entries of the agent's configuration; primary
  consistent_reads,           ///< from here on the leader answers `?consistent`
};

std::string_view duty_name(Duty duty);

/// What decides which duties there are.
struct LeaderSettings {
  bool secondary = false;  ///< of a WAN federation
  bool acl_enabled = false;
  bool peering_enabled = true;
  bool connect_enabled = true;
};

/// The loop that runs on a server from the moment it wins an election until it loses leadership.
///
/// It first makes sure with a barrier that everything committed before has been applied here, then
/// takes up its duties one after another, and brings the catalog in line with gossip every minute.
/// (Consul: agent/consul/leader.go)
class Leader {
 public:
  explicit Leader(LeaderSettings settings) : settings_(settings) {}

  struct Gained {};
  struct Lost {};
  struct BarrierPassed {};
  struct BarrierFailed {};
  struct Started {
    Duty duty;
  };
  struct StartFailed {
    Duty duty;
  };
  struct TransferFailed {};
  struct Expired {};   ///< the timer of the last Arm
  struct Restored {};  ///< an operator restored a snapshot: everything must be taken up anew
  using Input = std::variant<Gained, Lost, BarrierPassed, BarrierFailed, Started, StartFailed,
                             TransferFailed, Expired, Restored>;

  struct Announce {};  ///< the user event `consul:new-leader`
  struct Barrier {};   ///< BarrierPassed or BarrierFailed, after 2 min at the latest
  struct Start {
    Duty duty;  ///< Started or StartFailed
  };
  struct Stop {
    Duty duty;
  };
  struct Reconcile {};  ///< the catalog with the members of gossip
  struct Transfer {};   ///< give leadership away, three tries; TransferFailed or Lost
  struct Arm {
    Instant due;  ///< replaces an earlier one
  };
  using Output = std::variant<Announce, Barrier, Start, Stop, Reconcile, Transfer, Arm>;

  std::vector<Output> step(Instant now, const Input& input);

  bool is_leader() const { return leading_; }
  /// All duties have been taken up.
  bool is_established() const { return established_; }
  /// `X-Consul` reads with `?consistent` are served.
  bool is_ready() const { return running_.contains(Duty::consistent_reads); }

 private:
  std::vector<Output> on(Instant now, const Gained& gained);
  std::vector<Output> on(Instant now, const Lost& lost);
  std::vector<Output> on(Instant now, const BarrierPassed& passed);
  std::vector<Output> on(Instant now, const BarrierFailed& failed);
  std::vector<Output> on(Instant now, const Started& started);
  std::vector<Output> on(Instant now, const StartFailed& failed);
  std::vector<Output> on(Instant now, const TransferFailed& failed);
  std::vector<Output> on(Instant now, const Expired& expired);
  std::vector<Output> on(Instant now, const Restored& restored);

  bool applies(Duty duty) const;
  std::vector<Output> take_up(std::optional<Duty> after);
  std::vector<Output> revoke();

  LeaderSettings settings_;
  bool leading_ = false;
  bool established_ = false;
  std::optional<Duty> starting_;
  std::set<Duty> running_;
};

}  // namespace peerlab::server
