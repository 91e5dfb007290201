#include <algorithm>

#include "convert.hpp"
#include "impl.hpp"
#include "peerlab/base/assert.hpp"

/// What arrives from other servers. Each message is changed, put off or dropped here where libraft
/// 0.15 could not handle it as Raft demands; docs/decisions/libraft.md tells the story of each
/// case.
namespace peerlab::consensus {
namespace {

/// No honest term or index comes near it.
constexpr std::uint64_t highest_number = ~std::uint64_t{0} / 2;

/// Whether a leader could have sent this. Bytes from a stranger may decode to anything.
bool plausible(const AppendEntries& append) {
  if (append.term == Term{}) return false;
  if ((append.previous_index == Index{}) != (append.previous_term == Term{})) return false;
  if (append.previous_index.value() > highest_number) return false;
  Term last = append.previous_term;
  for (const Entry& entry : append.entries) {
    if (entry.term == Term{} || entry.term < last || entry.term > append.term) return false;
    last = entry.term;
    if (entry.kind == EntryKind::configuration && !decode_configuration(entry.bytes)) return false;
  }
  return last <= append.term;
}

bool plausible(const InstallSnapshot& install) {
  const Snapshot& snapshot = install.snapshot;
  if (snapshot.index == Index{} || snapshot.index.value() > highest_number) return false;
  if (snapshot.term == Term{} || snapshot.term > install.term) return false;
  if (snapshot.configuration_index == Index{} || snapshot.configuration_index > snapshot.index) {
    return false;
  }
  // What can be written as an entry can be told to libraft.
  return std::none_of(snapshot.configuration.begin(), snapshot.configuration.end(),
                      [](const Server& server) {
                        return server.id == ServerId{} ||
                               server.address.find('\0') != std::string::npos;
                      }) &&
         decode_configuration(encode_configuration(snapshot.configuration)).has_value();
}

// libraft keeps the names of a follower's states to itself: probe, pipeline, snapshot.
constexpr unsigned short progress_probe = 0;
constexpr unsigned short progress_snapshot = 2;

raft_message message_of(unsigned short type) {
  raft_message message{};
  message.type = type;
  return message;
}

}  // namespace

void Raft::Impl::on(const Received& received) {
  if (received.from == ServerId{} || received.from == self_) return;
  if (raft_.state == RAFT_UNAVAILABLE) return;
  std::visit(
      [&](const auto& message) {
        // A term that cannot be counted on from would come round to 0.
        if (message.term.value() <= highest_number) receive(received.from, message);
      },
      received.message);
}

void Raft::Impl::deliver(ServerId from, raft_message& message) {
  const Server* server = find(configuration(), from);
  // libraft only keeps the address to print it.
  const std::string address = server == nullptr ? std::string() : server->address;
  message.server_id = from.value();
  message.server_address = address.c_str();
  recv_(&io_, &message);
  receiving_.reset();
}

void Raft::Impl::postpone(ServerId from, Message message) {
  postponed_ = Received{from, std::move(message)};
}

/// Two leaders in one term: impossible, unless somebody broke the rules. We do not join in.
bool Raft::Impl::rival(Term term) const { return leading() && term.value() == raft_.current_term; }

void Raft::Impl::receive(ServerId from, const RequestVote& request) {
  if (request.candidate != from || request.term == Term{}) return;
  const Server* candidate = find(configuration(), from);
  const bool stranger =
      !configuration().empty() && (candidate == nullptr || !candidate->voter);  // D-005
  if (stranger || installing()) {
    const Term term = request.pre_vote ? request.term : Term(raft_.current_term);
    return send(from, RequestVoteResult{term, false, request.pre_vote});
  }
  // A leader that asks for votes leads no more, and may be elected again without delay (hashicorp/
  // raft refuses a candidate because of *another* leader only). D-006 is libraft's.
  const bool was_our_leader = leader() == from && !leading();
  if (was_our_leader) raft_.follower_state.current_leader.id = 0;
  raft_message message = message_of(RAFT_IO_REQUEST_VOTE);
  message.request_vote.term = request.term.value();
  message.request_vote.candidate_id = request.candidate.value();
  message.request_vote.last_log_index = request.last_index.value();
  message.request_vote.last_log_term = request.last_term.value();
  message.request_vote.disrupt_leader = request.leadership_transfer;
  message.request_vote.pre_vote = request.pre_vote;
  deliver_to_voter(from, message);
  if (was_our_leader && request.pre_vote && raft_.state == RAFT_FOLLOWER) {
    raft_.follower_state.current_leader.id = from.value();
  }
}

/// A server votes for whoever asks, also when it is no voter itself: the candidate may know of a
/// promotion that has not arrived here, and knows whose votes count. libraft refuses then.
void Raft::Impl::deliver_to_voter(ServerId from, raft_message& message) {
  const raft_configuration actual = raft_.configuration;
  raft_.configuration = from_configuration({Server{self_, {}, true}});
  deliver(from, message);
  raft_configuration_close(&raft_.configuration);
  raft_.configuration = actual;
}

void Raft::Impl::receive(ServerId from, const RequestVoteResult& result) {
  // We never asked for votes in so late a term.
  if (result.granted && result.term.value() > raft_.current_term + 1) return;
  raft_message message = message_of(RAFT_IO_REQUEST_VOTE_RESULT);
  message.request_vote_result.term = result.term.value();
  message.request_vote_result.vote_granted = result.granted;
  message.request_vote_result.pre_vote = TO_RAFT_TRIBOOL(result.pre_vote);
  deliver(from, message);
}

/// Whether an entry of ours would have to go.
bool Raft::Impl::conflicts(const AppendEntries& append) const {
  if (term_of(append.previous_index.value()) != append.previous_term.value()) return false;
  raft_index index = append.previous_index.value();
  for (const Entry& entry : append.entries) {
    const raft_term ours = term_of(++index);
    if (ours != 0 && ours != entry.term.value()) return true;
  }
  return false;
}

void Raft::Impl::receive(ServerId from, const AppendEntries& original) {
  if (!plausible(original) || rival(original.term)) return;
  AppendEntries append = original;
  // What a snapshot has replaced is committed and therefore equal. libraft would append it anew.
  const raft_index snapshot = raft_.log.snapshot.last_index;
  if (append.previous_index.value() < snapshot && append.term.value() >= raft_.current_term) {
    const raft_index covered = snapshot - append.previous_index.value();
    if (covered > append.entries.size()) return;
    append.entries.erase(append.entries.begin(),
                         append.entries.begin() + static_cast<std::ptrdiff_t>(covered));
    append.previous_index = Index(snapshot);
    append.previous_term = Term(raft_.log.snapshot.last_term);
  }
  if (append.term.value() >= raft_.current_term && conflicts(append)) {
    // libraft loses count of what is stored when it drops entries that are just being written.
    if (writing_entries()) return postpone(from, original);
    // `align_configuration` takes a dropped configuration back; libraft cannot always.
    raft_.configuration_uncommitted_index = 0;
    configuration_touched_ = true;
  }
  const raft_index verified = append.previous_index.value() + append.entries.size();
  receiving_ = Receiving{verified, append.round};
  raft_message message = message_of(RAFT_IO_APPEND_ENTRIES);
  message.append_entries.term = append.term.value();
  message.append_entries.prev_log_index = append.previous_index.value();
  message.append_entries.prev_log_term = append.previous_term.value();
  message.append_entries.leader_commit = std::min<raft_index>(
      append.leader_commit.value(), verified);  // as in figure 3.1 of the dissertation
  message.append_entries.entries = from_entries(append.entries);
  message.append_entries.n_entries = static_cast<unsigned>(append.entries.size());
  deliver(from, message);
}

/// The highest index that a commit could be counted for once `result` is known, or 0. libraft tries
/// the leader's last entry alone, and does not ask of which term it is (Raft, section 5.4.2).
raft_index Raft::Impl::commit_candidate(ServerId from, const AppendEntriesResult& result) {
  std::vector<raft_index> matches;
  for (const Server& server : configuration()) {
    if (!server.voter) continue;
    raft_index match = progress_of(server.id)->match_index;
    if (server.id == from && result.rejected == Index{}) {
      match = std::max(match, std::min<raft_index>(result.last_index.value(), last_index()));
    }
    matches.push_back(match);
  }
  std::sort(matches.rbegin(), matches.rend());
  const std::size_t needed = quorum(configuration());
  if (matches.size() < needed) return 0;
  const raft_index index = std::min<raft_index>(matches[needed - 1], raft_.last_stored);
  return term_of(index) == raft_.current_term ? index : 0;
}

void Raft::Impl::receive(ServerId from, const AppendEntriesResult& result) {
  raft_message message = message_of(RAFT_IO_APPEND_ENTRIES_RESULT);
  message.append_entries_result.term = result.term.value();
  message.append_entries_result.rejected = result.rejected.value();
  message.append_entries_result.last_log_index = result.last_index.value();
  if (!rival(result.term) || find(configuration(), from) == nullptr) return deliver(from, message);

  Follower& follower = followers_[from];
  follower.contact = now_;
  follower.answered = std::max(follower.answered, result.round);
  // libraft counts for the entry it believes to have stored last, and uses that for nothing else
  // while it takes in a result.
  const raft_index stored = raft_.last_stored;
  if (!mutants_.has(Mutant::RAFT_OLD_TERM_COMMIT)) {
    raft_.last_stored = commit_candidate(from, result);
  }
  const raft_progress before = *progress_of(from);
  deliver(from, message);
  raft_.last_stored = stored;
  probe_on(from, before);
}

/// Tries the next place at once when a follower has refused one or has taken a snapshot. libraft
/// waits for a heartbeat.
void Raft::Impl::probe_on(ServerId server, const raft_progress& before) {
  raft_progress* progress = leading() ? progress_of(server) : nullptr;
  if (progress == nullptr || progress->state != progress_probe) return;
  const bool moved = progress->next_index < before.next_index || before.state == progress_snapshot;
  if (!moved || progress->next_index > last_index()) return;
  progress->last_send = 0;
  tick_leader();
}

void Raft::Impl::receive(ServerId from, const InstallSnapshot& install) {
  if (!plausible(install) || rival(install.term)) return;
  // libraft would forget entries that are just being written, or vouch for them.
  if (writing_entries()) return postpone(from, install);
  const Snapshot& snapshot = install.snapshot;
  receiving_ = Receiving{snapshot.index.value(), Round{}};
  installing_ = &snapshot;
  raft_message message = message_of(RAFT_IO_INSTALL_SNAPSHOT);
  message.install_snapshot.term = install.term.value();
  message.install_snapshot.last_index = snapshot.index.value();
  message.install_snapshot.last_term = snapshot.term.value();
  // An entry of a later term in its place was never committed and must go; libraft would keep it.
  const bool replaces = term_of(snapshot.index.value()) > snapshot.term.value();
  if (replaces) message.install_snapshot.last_term = ~raft_term{0};
  message.install_snapshot.conf = from_configuration(snapshot.configuration);
  message.install_snapshot.conf_index = snapshot.configuration_index.value();
  message.install_snapshot.data = raft_buffer{allocate(snapshot.bytes), snapshot.bytes.size()};
  deliver(from, message);
  if (raft_.log.snapshot.last_term == ~raft_term{0}) {
    raft_.log.snapshot.last_term = snapshot.term.value();
  }
  installing_ = nullptr;
}

void Raft::Impl::receive(ServerId from, const TimeoutNow& timeout) {
  if (installing()) return;
  raft_message message = message_of(RAFT_IO_TIMEOUT_NOW);
  message.timeout_now.term = timeout.term.value();
  message.timeout_now.last_log_index = timeout.last_index.value();
  message.timeout_now.last_log_term = timeout.last_term.value();
  deliver(from, message);
}

}  // namespace peerlab::consensus
