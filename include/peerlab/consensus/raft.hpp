#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/random.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/consensus/message.hpp"
#include "peerlab/consensus/types.hpp"

/// Raft as a core: no disk, no network, no clock. Consensus itself is done by libraft (C-Raft),
/// behind this header; when timers fire and what leaves before what is durable is decided here, so
/// that servers behave as Consul's do (datacenter spec, section 1.3).
namespace peerlab::consensus {

/// Consul's defaults at `raft_multiplier` 5 (D-001). Kept to whole milliseconds.
struct Timings {
  Duration heartbeat = std::chrono::seconds(5);      ///< a follower misses its leader after this
  Duration election = std::chrono::seconds(5);       ///< a candidate tries again after 1 to 2 of it
  Duration lease = std::chrono::milliseconds(2500);  ///< a leader without quorum steps down after
  Duration commit = std::chrono::milliseconds(50);   ///< followers hear of a commit in 1 to 2 of it
  Duration install_snapshot = std::chrono::seconds(10);  ///< an unanswered snapshot is sent again
  std::uint64_t snapshot_threshold = 16384;  ///< entries applied since the last snapshot
  std::uint64_t trailing_logs = 10240;       ///< entries kept before a snapshot; not 0

  /// Fails with `invalid_argument` and Consul's text unless 1 <= multiplier <= 10 (D-002).
  static Result<Timings> with_multiplier(int multiplier);

  /// Those of `consul agent -dev`.
  static Timings dev();
};

/// Names a request of the host until its Completed or Refused. The host picks them, each once.
using ProposalId = Strong<struct ProposalIdTag, std::uint64_t>;

/// Names a write. Tickets grow by one with each write that is asked for.
using Ticket = Strong<struct TicketTag, std::uint64_t>;

// --- What can happen to a server ---------------------------------------------------------------

/// The first input, once.
struct Started {};
struct Received {
  ServerId from;
  Message message;
};
/// A time that was armed has come. Early and needless ones do no harm.
struct Expired {};
/// All writes up to and including this one are durable, so one sync may answer several.
struct Written {
  Ticket ticket;
};
/// The disk refused. The server halts: it no longer knows what is on its disk.
struct WriteFailed {
  Ticket ticket;
};

struct Propose {
  ProposalId id;
  std::string bytes;
};
/// Completes when all that was committed before has been applied here. Takes a log entry.
struct Barrier {
  ProposalId id;
};
/// Completes when a quorum has confirmed that this server still led after it was asked. Takes no
/// log entry; for consistent reads (D-027).
struct VerifyLeader {
  ProposalId id;
};
/// To one server, or to the best one. Completes when this server no longer leads.
struct TransferLeadership {
  ProposalId id;
  std::optional<ServerId> to;
};
/// The server joins without a vote (spec 1.2).
struct AddServer {
  ProposalId id;
  ServerId server;
  std::string address;
};
/// Gives a vote, once the server has caught up with the log.
struct Promote {
  ProposalId id;
  ServerId server;
};
struct Demote {
  ProposalId id;
  ServerId server;
};
struct RemoveServer {
  ProposalId id;
  ServerId server;
};
/// The answer to TakeSnapshot: the state as it was when that was carried out.
struct SnapshotTaken {
  std::string bytes;
};

using Input =
    std::variant<Started, Received, Expired, Written, WriteFailed, Propose, Barrier, VerifyLeader,
                 TransferLeadership, AddServer, Promote, Demote, RemoveServer, SnapshotTaken>;

// --- What it may ask for in return; to be carried out in order -----------------------------------

struct Send {
  ServerId to;
  Message message;
};

// The four writes. They must reach the disk in this order, so that a crash leaves a prefix of them.
struct Append {
  Ticket ticket;
  Index first;
  std::vector<Entry> entries;
};
struct SaveVote {
  Ticket ticket;
  Term term;
  ServerId voted_for;
};
/// Entries at `from` and beyond go.
struct Truncate {
  Ticket ticket;
  Index from;
};
/// Replaces an older snapshot. Entries before `keep_from` go; without it all entries go.
struct PutSnapshot {
  Ticket ticket;
  Snapshot snapshot;
  std::optional<Index> keep_from;
};

/// Wake me with Expired then. Replaces an earlier Arm.
struct Arm {
  Instant due;
};

/// Apply this. Indexes grow; those of barriers and configurations are left out.
struct Committed {
  Index index;
  Term term;
  std::string bytes;
};
/// Take the whole state from this, in place of what there is.
struct Restore {
  Index index;
  Term term;
  std::string bytes;
};
/// Copy the state as it is now, with everything committed so far applied, and hand it in.
struct TakeSnapshot {
  Index index;
};

/// `index` is that of the entry; of a VerifyLeader or TransferLeadership that of the last commit.
struct Completed {
  ProposalId id;
  Index index;
};
enum class Refusal {
  not_leader,
  leadership_lost,  ///< the entry may or may not be committed later
  transfer_in_progress,
  transfer_timeout,
  configuration_busy,  ///< another change is under way, or this leader has committed nothing yet
  unknown_server,
  known_server,   ///< id or address is taken
  nothing_to_do,  ///< the server has that vote already
  no_other_voter,
  last_voter,  ///< the configuration must keep a voter
  too_slow,    ///< a server to be promoted did not catch up
};
/// What Consul answers, where it has such an answer.
std::string_view text(Refusal refusal);
struct Refused {
  ProposalId id;
  Refusal why;
};

struct BecameLeader {
  Term term;
};
struct LostLeadership {
  Term term;
};
/// Who leads as far as this server knows: itself, another, or nobody.
struct LeaderChanged {
  std::optional<ServerId> leader;
  Term term;
};
/// The configuration in force has changed. Raft obeys one as soon as it is in the log.
struct ConfigurationChanged {
  Index index;
  Configuration configuration;
};
/// The server does nothing any more; only a restart from its disk helps.
struct Halted {
  std::string reason;
};

using Output = std::variant<Send, Append, SaveVote, Truncate, PutSnapshot, Arm, Committed, Restore,
                            TakeSnapshot, Completed, Refused, BecameLeader, LostLeadership,
                            LeaderChanged, ConfigurationChanged, Halted>;

enum class Role { follower, candidate, leader, halted };
std::string_view name(Role role);

/// What a leader knows about another server.
struct Progress {
  Index match;  ///< known to be durable there
  Index next;   ///< to be sent next
  Instant last_contact;
  friend bool operator==(const Progress&, const Progress&) = default;
};

/// What a server knows, for people, checks and digests.
struct State {
  Role role = Role::follower;
  Term term;
  ServerId voted_for;
  std::optional<ServerId> leader;
  Index commit;
  Index applied;
  Index stored;  ///< last entry that is durable
  Index last_index;
  Term last_term;
  Index snapshot;
  Index configuration_index;
  Configuration configuration;
  std::optional<Instant> last_contact;    ///< of a follower with its leader
  std::map<ServerId, Progress> progress;  ///< of a leader
  std::uint64_t writes_under_way = 0;
  std::uint64_t proposals_under_way = 0;
  std::optional<Instant> armed;
};

/// One server's part in Raft.
class Raft {
 public:
  /// `persisted` is what the server's disk holds: `bootstrapped(...)` for a founder, empty for a
  /// server that waits to be added. `random` must be forked for this server.
  Raft(ServerId self, Timings timings, Persisted persisted, Random random, Mutants mutants = {});
  ~Raft();
  Raft(Raft&&) noexcept;
  Raft& operator=(Raft&&) noexcept;

  /// The only way in and the only way out. Equal calls give equal outputs. `now` is the server's
  /// monotonic clock: an instant before the last one counts as the last one.
  std::vector<Output> step(Instant now, const Input& input);

  State state() const;

  /// Calls `visitor(name, value)` for each part of the state, always in the same order.
  template <class Visitor>
  void describe(Visitor&& visitor) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

template <class Visitor>
void Raft::describe(Visitor&& visitor) const {
  const State now = state();
  visitor("role", name(now.role));
  visitor("term", now.term.value());
  visitor("voted_for", now.voted_for.value());
  visitor("leader", now.leader.value_or(ServerId{}).value());
  visitor("commit", now.commit.value());
  visitor("applied", now.applied.value());
  visitor("stored", now.stored.value());
  visitor("last_index", now.last_index.value());
  visitor("last_term", now.last_term.value());
  visitor("snapshot", now.snapshot.value());
  visitor("configuration_index", now.configuration_index.value());
  for (const Server& server : now.configuration) {
    visitor(server.voter ? "voter" : "non_voter", server.id.value());
  }
  for (const auto& [id, progress] : now.progress) {
    visitor("follower", id.value());
    visitor("match", progress.match.value());
    visitor("next", progress.next.value());
  }
  visitor("writes_under_way", now.writes_under_way);
  visitor("proposals_under_way", now.proposals_under_way);
}

}  // namespace peerlab::consensus
