#include "impl.hpp"

#include <algorithm>
#include <utility>

#include "convert.hpp"
#include "peerlab/base/assert.hpp"

namespace peerlab::consensus {

Raft::Impl::Impl(ServerId self, Timings timings, Persisted persisted, Random random,
                 Mutants mutants)
    : self_(self),
      timings_(timings),
      loaded_(std::move(persisted)),
      random_(random),
      mutants_(mutants) {
  PEERLAB_ASSERT(self_ != ServerId{} && timings_.trailing_logs > 0);
  plug();
}

Raft::Impl::~Impl() {
  if (started_) raft_close(&raft_, nullptr);
}

// --- After each call into libraft -------------------------------------------------------------

void Raft::Impl::settle() {
  do {
    if (transferring_ && !leading()) finish_transfer(true);
    align_configuration();
    note_transitions();
  } while (complete_deferred());

  for (const auto& [server, index] : std::exchange(sent_upto_, {})) {
    raft_progress* progress = leading() ? progress_of(server) : nullptr;
    if (progress != nullptr) progress->next_index = std::min(progress->next_index, index + 1);
  }
  confirm_leadership();
  if (raft_.state == RAFT_UNAVAILABLE && begun_) halt("a message contradicts what is committed");
}

bool Raft::Impl::complete_deferred() {
  if (mutants_.has(Mutant::RAFT_ACK_UNSYNCED)) complete_unsynced();
  if (sent_.empty() && snapshot_gets_.empty()) return false;
  for (const auto& [request, done] : std::exchange(sent_, {})) {
    if (done != nullptr) done(request, 0);
  }
  for (const auto& [request, done] : std::exchange(snapshot_gets_, {})) {
    done(request, snapshot_ ? from_snapshot(*snapshot_) : nullptr, snapshot_ ? 0 : RAFT_NOTFOUND);
  }
  return true;
}

void Raft::Impl::complete_unsynced() {
  for (std::size_t at = 0; at < writes_.size(); ++at) {
    if (writes_[at].append == nullptr) continue;
    const WriteUnderWay write = writes_[at];
    writes_[at].append = nullptr;
    completing_ = &write;
    complete_append(write);
    completing_ = nullptr;
  }
}

void Raft::Impl::note_transitions() {
  const Role before = std::exchange(told_role_, role());
  const Term term_before = std::exchange(told_term_, Term(raft_.current_term));
  const bool led = before == Role::leader;
  const bool changed = before != told_role_ || term_before != told_term_;

  if (led && changed) outputs_.push_back(LostLeadership{term_before});
  if (leader() != told_leader_) {
    told_leader_ = leader();
    outputs_.push_back(LeaderChanged{told_leader_, told_term_});
  }
  if (told_role_ == Role::follower && before != Role::follower) {
    missed_at_ = clock() + draw(timings_.heartbeat);
  }
  if (leading() && changed) lead();
}

void Raft::Impl::lead() {
  outputs_.push_back(BecameLeader{Term(raft_.current_term)});
  followers_.clear();
  for (const Server& server : configuration()) {
    if (server.id != self_) followers_[server.id] = Follower{.contact = now_};
  }
  raft_.heartbeat_timeout = static_cast<unsigned>(draw(timings_.heartbeat / 10));
  commit_told_at_ = 0;
  raft_.transfer = nullptr;
  // An entry of its own term lets a leader commit what its predecessors left (Raft, section 8).
  Pending& pending = pend(std::nullopt);
  first_of_term_ = last_index() + 1;
  const int status =
      raft_barrier(&raft_, &pending.barrier, [](struct raft_barrier* request, int outcome) {
        auto* done = static_cast<Pending*>(request->data);
        done->impl->finished(done->serial, Index(request->index), outcome);
      });
  PEERLAB_ASSERT(status == 0);
}

void Raft::Impl::note_configurations(raft_index first, const std::vector<Entry>& entries) {
  for (std::size_t at = 0; at < entries.size(); ++at) {
    if (entries[at].kind != EntryKind::configuration) continue;
    auto configuration = decode_configuration(entries[at].bytes);
    PEERLAB_ASSERT(configuration);
    configurations_[first + at] = std::move(*configuration);
    configuration_touched_ = true;
  }
}

// libraft forgets on a restart that its last configuration may not be committed, cannot go back to
// one that a snapshot has removed from the log, and goes by a new one only when it is durable. So
// we keep the list ourselves, and tell libraft what is in force.
void Raft::Impl::align_configuration() {
  if (!configuration_touched_ || configurations_.empty() || raft_.state == RAFT_UNAVAILABLE) return;
  configuration_touched_ = false;
  const auto& [index, in_force] = *configurations_.rbegin();
  if (leading()) {
    PEERLAB_ASSERT(to_configuration(raft_.configuration) == in_force);
    for (const Server& server : in_force) {
      if (server.id != self_) followers_.try_emplace(server.id, Follower{.contact = now_});
    }
  } else {
    raft_configuration_close(&raft_.configuration);
    raft_.configuration = from_configuration(in_force);
  }
  const auto after_commit = configurations_.upper_bound(raft_.commit_index);
  raft_.configuration_uncommitted_index = index > raft_.commit_index ? index : 0;
  if (after_commit != configurations_.begin()) {
    const auto committed = std::prev(after_commit);
    raft_.configuration_index = committed->first;
    // A snapshot of what is applied may still want an older one than the last committed.
    const auto applied = configurations_.upper_bound(raft_.last_applied);
    if (applied != configurations_.begin()) {
      configurations_.erase(configurations_.begin(), std::prev(applied));
    }
  }
  if (index != configuration_told_) {
    configuration_told_ = index;
    outputs_.push_back(ConfigurationChanged{Index(index), in_force});
  }
}

void Raft::Impl::finish_transfer(bool handed_over) {
  // libraft would keep the transfer, and let the server that was to take over have a second vote of
  // ours in one term.
  if (!mutants_.has(Mutant::RAFT_TRANSFER_REVOTE)) raft_.transfer = nullptr;
  const ProposalId id = *std::exchange(transferring_, std::nullopt);
  if (handed_over) {
    outputs_.push_back(Completed{id, Index(raft_.commit_index)});
  } else {
    refuse(id, Refusal::transfer_timeout);
  }
}

void Raft::Impl::confirm_leadership() {
  while (!verifications_.empty()) {
    const Verification& first = verifications_.front();
    if (leading()) {
      std::size_t confirmed = 0;
      for (const Server& server : configuration()) {
        if (!server.voter) continue;
        if (server.id == self_ || followers_[server.id].answered > first.asked) ++confirmed;
      }
      if (confirmed < quorum(configuration())) return;
      outputs_.push_back(Completed{first.id, Index(raft_.commit_index)});
    } else {
      refuse(first.id, Refusal::leadership_lost);
    }
    verifications_.pop_front();
  }
}

void Raft::Impl::halt(std::string reason) {
  if (halted_) return;
  halted_ = true;
  outputs_.push_back(Halted{std::move(reason)});
}

// --- Requests of the host under way -----------------------------------------------------------

Raft::Impl::Pending& Raft::Impl::pend(std::optional<ProposalId> id) {
  auto pending = std::make_unique<Pending>();
  pending->impl = this;
  pending->serial = ++last_serial_;
  pending->id = id;
  pending->apply.data = pending->barrier.data = pending->change.data = pending.get();
  return *pending_.emplace(pending->serial, std::move(pending)).first->second;
}

void Raft::Impl::finished(std::uint64_t serial, Index index, int status) {
  const auto found = pending_.find(serial);
  const std::optional<ProposalId> id = found->second->id;
  pending_.erase(found);
  if (!id) return;
  if (status == 0) {
    outputs_.push_back(Completed{*id, index});
  } else {
    refuse(*id, status == RAFT_NOCONNECTION ? Refusal::too_slow : Refusal::leadership_lost);
  }
}

void Raft::Impl::refuse(ProposalId id, Refusal why) { outputs_.push_back(Refused{id, why}); }

void Raft::Impl::not_taken(const Pending& pending, int status) {
  const ProposalId id = *pending.id;
  pending_.erase(pending.serial);
  switch (status) {
    case RAFT_NOTLEADER:
      return refuse(id, leading() ? Refusal::transfer_in_progress : Refusal::not_leader);
    case RAFT_CANTCHANGE:
      return refuse(id, Refusal::configuration_busy);
    case RAFT_DUPLICATEID:
    case RAFT_DUPLICATEADDRESS:
      return refuse(id, Refusal::known_server);
    case RAFT_BADROLE:
      return refuse(id, Refusal::nothing_to_do);
    case RAFT_NOTFOUND:
    case RAFT_BADID:
      return refuse(id, Refusal::unknown_server);
    default:
      PEERLAB_ASSERT(false);
  }
}

// --- Reading libraft's state --------------------------------------------------------------------

raft_index Raft::Impl::last_index() const {
  const raft_log& log = raft_.log;
  const std::size_t count =
      log.front <= log.back ? log.back - log.front : log.size - log.front + log.back;
  return log.offset + count;
}

raft_term Raft::Impl::term_of(raft_index index) const {
  const raft_log& log = raft_.log;
  if (index == 0) return 0;
  if (index == log.snapshot.last_index) return log.snapshot.last_term;
  if (index <= log.offset || index > last_index()) return 0;
  return log.entries[(log.front + (index - log.offset - 1)) % log.size].term;
}

raft_progress* Raft::Impl::progress_of(ServerId server) {
  for (unsigned at = 0; at < raft_.configuration.n; ++at) {
    if (raft_.configuration.servers[at].id == server.value())
      return &raft_.leader_state.progress[at];
  }
  return nullptr;
}

const Configuration& Raft::Impl::configuration() const {
  static const Configuration none;
  return configurations_.empty() ? none : configurations_.rbegin()->second;
}

bool Raft::Impl::sole_voter() const {
  const Server* server = find(configuration(), self_);
  return server != nullptr && server->voter && quorum(configuration()) == 1;
}

Role Raft::Impl::role() const {
  if (halted_) return Role::halted;
  switch (raft_.state) {
    case RAFT_LEADER:
      return Role::leader;
    case RAFT_CANDIDATE:
      return Role::candidate;
    case RAFT_FOLLOWER:
      return Role::follower;
    default:
      return begun_ ? Role::halted : Role::follower;
  }
}

std::optional<ServerId> Raft::Impl::leader() const {
  if (leading()) return self_;
  if (raft_.state != RAFT_FOLLOWER || raft_.follower_state.current_leader.id == 0) {
    return std::nullopt;
  }
  return ServerId(raft_.follower_state.current_leader.id);
}

State Raft::Impl::state() const {
  State state;
  if (!started_) return state;
  state.role = role();
  state.term = Term(raft_.current_term);
  state.voted_for = ServerId(raft_.voted_for);
  state.leader = leader();
  if (state.leader && !leading()) state.last_contact = instant(raft_.election_timer_start);
  state.commit = Index(raft_.commit_index);
  state.applied = Index(raft_.last_applied);
  state.stored = Index(raft_.last_stored);
  // Until libraft has read the disk, its log is empty.
  state.last_index = Index(begun_ ? last_index() : last_written_);
  state.last_term = Term(term_of(last_index()));
  state.snapshot = Index(raft_.log.snapshot.last_index);
  if (!configurations_.empty()) state.configuration_index = Index(configurations_.rbegin()->first);
  state.configuration = configuration();
  if (leading()) {
    for (unsigned at = 0; at < raft_.configuration.n; ++at) {
      const ServerId server(raft_.configuration.servers[at].id);
      if (server == self_) continue;
      const raft_progress& progress = raft_.leader_state.progress[at];
      const auto follower = followers_.find(server);
      state.progress[server] =
          Progress{Index(progress.match_index), Index(progress.next_index),
                   follower == followers_.end() ? Instant{} : follower->second.contact};
    }
  }
  state.writes_under_way = writes_.size();
  state.proposals_under_way = pending_.size() + verifications_.size();
  state.armed = armed_;
  return state;
}

}  // namespace peerlab::consensus
