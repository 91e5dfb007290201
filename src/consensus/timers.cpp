#include <algorithm>
#include <vector>

#include "impl.hpp"
#include "peerlab/base/assert.hpp"

/// When things happen by themselves. libraft wants a tick at a steady pace and decides in it what
/// is due; an idle cluster would cost ticks and nothing else. So we read what is due next from its
/// public fields, ask to be woken then, and tick it only for what it has to do.
namespace peerlab::consensus {
namespace {

/// libraft takes 0 for "never", so its clock does not start there.
constexpr raft_time first_moment = 3'600'000;

raft_time milliseconds(Duration duration) {
  return static_cast<raft_time>(
      std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace

raft_time Raft::Impl::clock() const { return first_moment + milliseconds(now_ - started_at_); }

Instant Raft::Impl::instant(raft_time time) const {
  if (time < first_moment) return started_at_;
  return started_at_ + std::chrono::milliseconds(time - first_moment);
}

/// Uniform in [base, 2 base), as hashicorp/raft's randomTimeout, and at least a millisecond.
raft_time Raft::Impl::draw(Duration base) {
  const raft_time low = std::max<raft_time>(milliseconds(base), 1);
  return low + random_.below(low);
}

void Raft::Impl::on(const Expired&) {
  armed_.reset();
  switch (raft_.state) {
    case RAFT_FOLLOWER:
      return tick_follower();
    case RAFT_CANDIDATE:
      return tick_candidate();
    case RAFT_LEADER:
      return tick_leader();
    default:
      return;
  }
}

// D-001: contact does not re-arm a follower's timer. When it goes off and the leader was heard of
// less than a heartbeat timeout ago, it is drawn anew, so a follower reacts after 5 to 15 s.
void Raft::Impl::tick_follower() {
  if (clock() < missed_at_) return;
  missed_at_ = clock() + draw(timings_.heartbeat);
  if (clock() - raft_.election_timer_start < milliseconds(timings_.heartbeat)) return;
  const Server* server = find(configuration(), self_);
  // While a snapshot is being installed there is no log to be elected for.
  if (server != nullptr && server->voter && !installing()) {
    if (sole_voter()) {
      // libraft would lead without a new term: in that of a leader that has just removed itself, or
      // in its own, writing other entries under the term and index of those that a crash took from
      // it and that a non-voter may still have.
      raft_.current_term += 1;
      raft_.voted_for = self_.value();
      save_vote(Term(raft_.current_term), self_);
      electing_ = last_ticket_;
    } else {
      start_election();
    }
  } else {
    raft_.follower_state.current_leader.id = 0;
  }
}

void Raft::Impl::start_election() {
  raft_.follower_state.randomized_election_timeout = 0;
  tick_(&io_);
}

void Raft::Impl::tick_candidate() {
  if (clock() - raft_.election_timer_start < raft_.candidate_state.randomized_election_timeout)
    return;
  // Each new attempt asks for pre-votes first, also after a vote that was split, and only the first
  // one may disturb a leader. libraft would go on as it began.
  raft_.candidate_state.in_pre_vote = true;
  raft_.candidate_state.disrupt_leader = false;
  tick_(&io_);
}

// D-003: a leader steps down when the last contact with a quorum lies a lease timeout back. libraft
// looks only once in each election timeout whether there was any contact since the last look.
void Raft::Impl::tick_leader() {
  const raft_time now = clock();
  const bool lost = lease_end() && now >= *lease_end();
  for (unsigned at = 0; at < raft_.configuration.n; ++at) {
    const auto follower = followers_.find(ServerId(raft_.configuration.servers[at].id));
    raft_.leader_state.progress[at].recent_recv =
        !lost && follower != followers_.end() &&
        now_ - follower->second.contact < timings_.heartbeat;
  }
  raft_.election_timer_start = lost ? now - raft_.election_timeout : now;
  if (!lost && commit_told_at_ != 0 && now >= commit_told_at_) {
    commit_told_at_ = 0;
    send_heartbeats();
  }
  const bool beats = next_heartbeat() <= now;
  tick_(&io_);
  if (beats && leading()) {
    // hashicorp/raft: each heartbeat comes after randomTimeout(HeartbeatTimeout / 10).
    raft_.heartbeat_timeout = static_cast<unsigned>(draw(timings_.heartbeat / 10));
  }
}

/// Makes the next tick send to each follower that does not know the commit index.
void Raft::Impl::send_heartbeats() {
  for (unsigned at = 0; at < raft_.configuration.n; ++at) {
    const raft_server& server = raft_.configuration.servers[at];
    if (!replicates_to(server)) continue;
    if (followers_[ServerId(server.id)].told < raft_.commit_index) {
      raft_.leader_state.progress[at].last_send = 0;
    }
  }
}

bool Raft::Impl::replicates_to(const raft_server& server) const {
  return server.id != self_.value() &&
         (server.role != RAFT_SPARE || server.id == raft_.leader_state.promotee_id);
}

/// The last moment of the lease; none for a leader that needs nobody.
std::optional<raft_time> Raft::Impl::lease_end() const {
  std::vector<Instant> contacts;
  std::size_t needed = quorum(configuration());
  for (const Server& server : configuration()) {
    if (!server.voter) continue;
    if (server.id == self_) {
      --needed;
    } else {
      contacts.push_back(followers_.at(server.id).contact);
    }
  }
  if (needed == 0) return std::nullopt;
  PEERLAB_ASSERT(needed <= contacts.size());
  std::sort(contacts.rbegin(), contacts.rend());
  return first_moment + milliseconds(contacts[needed - 1] - started_at_) +
         milliseconds(timings_.lease);
}

raft_time Raft::Impl::next_heartbeat() const {
  raft_time due = ~raft_time{0};
  for (unsigned at = 0; at < raft_.configuration.n; ++at) {
    if (!replicates_to(raft_.configuration.servers[at])) continue;
    due = std::min(due, raft_.leader_state.progress[at].last_send + raft_.heartbeat_timeout);
  }
  return due;
}

std::optional<raft_time> Raft::Impl::next_due() const {
  switch (raft_.state) {
    case RAFT_FOLLOWER:
      return missed_at_;
    case RAFT_CANDIDATE:
      return raft_.election_timer_start + raft_.candidate_state.randomized_election_timeout;
    case RAFT_LEADER: {
      // A promotion that is too slow is noticed at a heartbeat.
      raft_time due = next_heartbeat();
      if (const auto lease = lease_end()) due = std::min(due, *lease);
      if (commit_told_at_ != 0) due = std::min(due, commit_told_at_);
      if (raft_.transfer != nullptr)
        due = std::min(due, raft_.transfer->start + raft_.election_timeout);
      if (due == ~raft_time{0}) return std::nullopt;
      return due;
    }
    default:
      return std::nullopt;
  }
}

/// hashicorp/raft replicates again a commit timeout after the last time, whether or not there is
/// anything new, and so followers hear of a commit. We do it only when they have not yet.
void Raft::Impl::note_commit() {
  if (raft_.commit_index == commit_noted_) return;
  commit_noted_ = raft_.commit_index;
  if (leading() && commit_told_at_ == 0) commit_told_at_ = clock() + draw(timings_.commit);
}

/// One wake-up is enough: one that comes too early finds nothing due, and asks for the next.
void Raft::Impl::arm() {
  const auto due = next_due();
  if (!due) return;
  const Instant at = instant(std::max(*due, clock() + 1));
  if (armed_ && *armed_ <= at && *armed_ > now_) return;
  armed_ = at;
  outputs_.push_back(Arm{at});
}

}  // namespace peerlab::consensus
