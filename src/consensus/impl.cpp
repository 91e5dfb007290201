#include "impl.hpp"

#include <algorithm>
#include <utility>

#include "convert.hpp"
#include "peerlab/base/assert.hpp"

/// What is to be done after each call into libraft.
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
  if (raft_.state == RAFT_UNAVAILABLE) halt("a message contradicts what is committed");
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
    configuration_touched_ = true;
    write.append->cb(write.append, 0);
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

}  // namespace peerlab::consensus
