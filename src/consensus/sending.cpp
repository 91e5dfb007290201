#include <algorithm>
#include <utility>

#include "convert.hpp"
#include "impl.hpp"

/// Messages on their way out, and what holds them back.
namespace peerlab::consensus {
namespace {

/// hashicorp/raft's MaxAppendEntries. libraft knows no limit.
constexpr unsigned max_append_entries = 64;

}  // namespace

void Raft::Impl::send(const raft_message& message) {
  const ServerId to(message.server_id);
  // libraft answers a leader that it knows no more.
  if (to == ServerId{}) return;
  switch (message.type) {
    case RAFT_IO_REQUEST_VOTE: {
      const raft_request_vote& m = message.request_vote;
      send(to, RequestVote{Term(m.term), ServerId(m.candidate_id), Index(m.last_log_index),
                           Term(m.last_log_term), m.disrupt_leader, m.pre_vote});
      return;
    }
    case RAFT_IO_REQUEST_VOTE_RESULT: {
      const raft_request_vote_result& m = message.request_vote_result;
      send(to, RequestVoteResult{Term(m.term), m.vote_granted, m.pre_vote == raft_tribool_true});
      return;
    }
    case RAFT_IO_APPEND_ENTRIES: {
      send_entries(to, message.append_entries);
      return;
    }
    case RAFT_IO_APPEND_ENTRIES_RESULT: {
      send_result(to, message.append_entries_result);
      return;
    }
    case RAFT_IO_INSTALL_SNAPSHOT: {
      send(to, InstallSnapshot{Term(message.install_snapshot.term), *snapshot_});
      return;
    }
    default: {
      const raft_timeout_now& m = message.timeout_now;
      send(to, TimeoutNow{Term(m.term), Index(m.last_log_index), Term(m.last_log_term)});
    }
  }
}

void Raft::Impl::send_entries(ServerId to, const raft_append_entries& m) {
  const unsigned count = std::min(m.n_entries, max_append_entries);
  if (count < m.n_entries) sent_upto_[to] = m.prev_log_index + count;
  round_ = Round(round_.value() + 1);
  followers_.try_emplace(to, Follower{.contact = now_}).first->second.told = m.leader_commit;
  send(to, AppendEntries{Term(m.term), round_, Index(m.prev_log_index), Term(m.prev_log_term),
                         Index(m.leader_commit), to_entries(m.entries, count)});
}

void Raft::Impl::send_result(ServerId to, const raft_append_entries_result& m) {
  AppendEntriesResult result{Term(m.term), Round{}, Index(m.rejected), Index(m.last_log_index)};
  if (completing_ != nullptr) {
    // The entries were checked against the leader of that term, and say nothing to another one.
    if (completing_->term.value() != raft_.current_term) return;
    result.round = completing_->round;
  } else if (receiving_) {
    result.round = receiving_->round;
    // libraft would vouch for its whole log, also for what the leader has not compared.
    if (result.rejected == Index{} && !mutants_.has(Mutant::RAFT_UNCHECKED_ACK)) {
      result.last_index = std::min(result.last_index, Index(receiving_->verified));
    }
  }
  send(to, result);
}

void Raft::Impl::send(ServerId to, Message message) {
  Send send{to, std::move(message)};
  // Nothing leaves that rests on a term or a vote which a crash might take back.
  if (last_vote_ <= durable_ || mutants_.has(Mutant::RAFT_VOTE_UNSYNCED)) {
    outputs_.push_back(std::move(send));
  } else {
    held_sends_.push_back(HeldSend{last_vote_, std::move(send)});
  }
}

void Raft::Impl::release_sends() {
  while (!held_sends_.empty() && held_sends_.front().until <= durable_) {
    outputs_.push_back(std::move(held_sends_.front().send));
    held_sends_.pop_front();
  }
}

}  // namespace peerlab::consensus
