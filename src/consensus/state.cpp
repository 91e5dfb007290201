#include "impl.hpp"

/// What can be read off libraft's public struct.
namespace peerlab::consensus {

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
      return Role::halted;
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
  state.last_index = Index(last_index());
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
