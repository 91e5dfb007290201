#include <algorithm>
#include <cstring>
#include <utility>

#include "convert.hpp"
#include "impl.hpp"

namespace peerlab::consensus {
namespace {

/// hashicorp/raft's MaxAppendEntries. libraft knows no limit.
constexpr unsigned max_append_entries = 64;

}  // namespace

// --- What libraft calls -----------------------------------------------------------------------

void Raft::Impl::plug() {
  io_.version = 2;
  io_.impl = this;
  io_.init = [](raft_io*, raft_id, const char*) { return 0; };
  io_.close = [](raft_io* io, raft_io_close_cb done) {
    static_cast<Impl*>(io->impl)->abandon();
    done(io);
  };
  io_.load = [](raft_io* io, raft_term* term, raft_id* voted_for, raft_snapshot** snapshot,
                raft_index* first, raft_entry** entries, size_t* count) {
    static_cast<Impl*>(io->impl)->load(term, voted_for, snapshot, first, entries, count);
    return 0;
  };
  io_.start = [](raft_io* io, unsigned, raft_io_tick_cb tick, raft_io_recv_cb recv) {
    static_cast<Impl*>(io->impl)->tick_ = tick;
    static_cast<Impl*>(io->impl)->recv_ = recv;
    return 0;
  };
  // We start from what `bootstrapped` makes, and recover by writing a new disk.
  io_.bootstrap = [](raft_io*, const raft_configuration*) { return RAFT_CANTBOOTSTRAP; };
  io_.recover = [](raft_io*, const raft_configuration*) { return RAFT_INVALID; };
  io_.set_term = [](raft_io* io, raft_term term) {
    static_cast<Impl*>(io->impl)->save_vote(Term(term), ServerId{});
    return 0;
  };
  // libraft votes for itself before it takes the new term over from what it has just saved, so the
  // term saved last is the one that the vote belongs to.
  io_.set_vote = [](raft_io* io, raft_id candidate) {
    auto* impl = static_cast<Impl*>(io->impl);
    impl->save_vote(impl->saved_term_, ServerId(candidate));
    return 0;
  };
  io_.send = [](raft_io* io, raft_io_send* request, const raft_message* message,
                raft_io_send_cb done) {
    auto* impl = static_cast<Impl*>(io->impl);
    impl->send(*message);
    impl->sent_.emplace_back(request, done);
    return 0;
  };
  io_.append = [](raft_io* io, raft_io_append* request, const raft_entry entries[], unsigned count,
                  raft_io_append_cb done) {
    request->cb = done;
    static_cast<Impl*>(io->impl)->append(request, entries, count);
    return 0;
  };
  io_.truncate = [](raft_io* io, raft_index index) {
    static_cast<Impl*>(io->impl)->truncate(index);
    return 0;
  };
  io_.snapshot_put = [](raft_io* io, unsigned trailing, raft_io_snapshot_put* request,
                        const raft_snapshot* snapshot, raft_io_snapshot_put_cb done) {
    request->cb = done;
    static_cast<Impl*>(io->impl)->put_snapshot(trailing, request, *snapshot);
    return 0;
  };
  io_.snapshot_get = [](raft_io* io, raft_io_snapshot_get* request, raft_io_snapshot_get_cb done) {
    static_cast<Impl*>(io->impl)->snapshot_gets_.emplace_back(request, done);
    return 0;
  };
  io_.time = [](raft_io* io) { return static_cast<Impl*>(io->impl)->clock(); };
  io_.random = [](raft_io* io, int low, int high) {
    auto* impl = static_cast<Impl*>(io->impl);
    return low + static_cast<int>(impl->random_.below(static_cast<std::uint64_t>(high - low)));
  };
  io_.async_work = [](raft_io* io, raft_io_async_work* request, raft_io_async_work_cb done) {
    static_cast<Impl*>(io->impl)->taking_ = request;
    static_cast<Impl*>(io->impl)->taken_ = done;
    return 0;
  };

  // Version 3 lets a snapshot be taken later than it is asked for. The bytes themselves never pass
  // through libraft: `put_snapshot` finds them in `taken_snapshot_`.
  fsm_.version = 3;
  fsm_.data = this;
  fsm_.apply = [](raft_fsm* fsm, const raft_buffer* bytes, void** result) {
    *result = nullptr;
    static_cast<Impl*>(fsm->data)->apply(*bytes);
    return 0;
  };
  fsm_.snapshot = [](raft_fsm* fsm, raft_buffer* bufs[], unsigned* count) {
    *bufs = nullptr;
    *count = 0;
    static_cast<Impl*>(fsm->data)->take_snapshot();
    return 0;
  };
  fsm_.snapshot_async = [](raft_fsm*, raft_buffer*[], unsigned*) { return 0; };
  fsm_.restore = [](raft_fsm* fsm, raft_buffer* bytes) {
    raft_free(bytes->base);
    auto* impl = static_cast<Impl*>(fsm->data);
    const Snapshot& snapshot = *impl->restoring_;
    impl->outputs_.push_back(Restore{snapshot.index, snapshot.term, snapshot.bytes});
    return 0;
  };
  tracer_.emit = [](raft_tracer*, const char*, int, const char*) {};
}

void Raft::Impl::read_disk() {
  Persisted& disk = loaded_;
  saved_term_ = disk.term;
  last_written_ = disk.first.value() + disk.entries.size() - 1;
  if (disk.snapshot) {
    snapshot_ = std::make_shared<const Snapshot>(std::move(*disk.snapshot));
    restoring_ = snapshot_;
    configurations_[snapshot_->configuration_index.value()] = snapshot_->configuration;
  }
  note_configurations(disk.first.value(), disk.entries);
}

void Raft::Impl::load(raft_term* term, raft_id* voted_for, raft_snapshot** snapshot,
                      raft_index* first, raft_entry** entries, size_t* count) {
  const Persisted disk = std::exchange(loaded_, {});
  *term = disk.term.value();
  *voted_for = disk.voted_for.value();
  *snapshot = snapshot_ ? from_snapshot(*snapshot_) : nullptr;
  *first = disk.first.value();
  *entries = from_entries(disk.entries);
  *count = disk.entries.size();
}

void Raft::Impl::apply(const raft_buffer& bytes) {
  const raft_index index = raft_.last_applied + 1;
  outputs_.push_back(Committed{Index(index), Term(term_of(index)), std::string(view(bytes))});
}

void Raft::Impl::take_snapshot() {
  const raft_index index = raft_.last_applied;
  // libraft would store the configuration in force, which may not be committed yet.
  const auto committed = std::prev(configurations_.upper_bound(index));
  taken_snapshot_ =
      Snapshot{Index(index), Term(term_of(index)), committed->second, Index(committed->first), {}};
  outputs_.push_back(TakeSnapshot{Index(index)});
}

// --- Writes -------------------------------------------------------------------------------------

void Raft::Impl::save_vote(Term term, ServerId candidate) {
  saved_term_ = term;
  // A new term and the vote in it are one write.
  if (!outputs_.empty()) {
    if (auto* last = std::get_if<SaveVote>(&outputs_.back())) {
      *last = SaveVote{last->ticket, term, candidate};
      return;
    }
  }
  const Ticket ticket = next_ticket();
  last_vote_ = ticket;
  writes_.push_back(WriteUnderWay{.ticket = ticket, .term = term});
  outputs_.push_back(SaveVote{ticket, term, candidate});
}

void Raft::Impl::append(raft_io_append* request, const raft_entry* entries, unsigned count) {
  // libraft fills a barrier with whatever was in memory.
  if (leading() && entries[0].type == RAFT_BARRIER)
    std::memset(entries[0].buf.base, 0, entries[0].buf.len);
  if (leading() && entries[0].type == RAFT_CHANGE) rewrite_configuration(entries[0]);
  const raft_index first = last_written_ + 1;
  Append append{next_ticket(), Index(first), to_entries(entries, count)};
  last_written_ += count;
  note_configurations(first, append.entries);
  writes_.push_back(WriteUnderWay{.ticket = append.ticket,
                                  .append = request,
                                  .term = Term(raft_.current_term),
                                  .round = receiving_ ? receiving_->round : Round{}});
  outputs_.push_back(std::move(append));
}

/// libraft leaves the padding of a configuration that it encodes as it found it in memory, and lets
/// a new server join without log; in Consul it gets the log at once. The entry is new and as long
/// as what it becomes.
void Raft::Impl::rewrite_configuration(const raft_entry& entry) {
  for (unsigned at = 0; at < raft_.configuration.n; ++at) {
    raft_server& member = raft_.configuration.servers[at];
    if (member.id == adding_.value()) member.role = RAFT_STANDBY;
  }
  const std::string bytes = encode_configuration(to_configuration(raft_.configuration));
  std::memcpy(entry.buf.base, bytes.data(), std::min(bytes.size(), entry.buf.len));
}

void Raft::Impl::truncate(raft_index index) {
  const Ticket ticket = next_ticket();
  last_written_ = index - 1;
  configurations_.erase(configurations_.lower_bound(index), configurations_.end());
  configuration_touched_ = true;
  writes_.push_back(WriteUnderWay{.ticket = ticket});
  outputs_.push_back(Truncate{ticket, Index(index)});
}

void Raft::Impl::put_snapshot(unsigned trailing, raft_io_snapshot_put* request,
                              const raft_snapshot& snapshot) {
  PutSnapshot put{next_ticket(), {}, std::nullopt};
  const bool install = trailing == 0;
  if (install) {
    put.snapshot = *installing_;
    last_written_ = snapshot.index;
    configurations_.clear();
    configurations_[snapshot.configuration_index] = put.snapshot.configuration;
    configuration_touched_ = true;
  } else {
    put.snapshot = std::move(taken_snapshot_);
    put.keep_from = Index(snapshot.index > trailing ? snapshot.index - trailing + 1 : 1);
  }
  writes_.push_back(WriteUnderWay{.ticket = put.ticket,
                                  .put = request,
                                  .snapshot = std::make_shared<const Snapshot>(put.snapshot),
                                  .install = install,
                                  .buffers = snapshot.bufs,
                                  .term = Term(raft_.current_term)});
  outputs_.push_back(std::move(put));
}

void Raft::Impl::complete_writes(Ticket upto) {
  while (!writes_.empty() && writes_.front().ticket <= upto) {
    const WriteUnderWay write = std::move(writes_.front());
    writes_.pop_front();
    completing_ = &write;
    if (write.put != nullptr) {
      snapshot_ = write.snapshot;
      restoring_ = write.snapshot;
      configuration_touched_ = true;
      write.put->cb(write.put, 0);
    } else if (write.append != nullptr) {
      complete_append(write);
    }
    completing_ = nullptr;
  }
}

void Raft::Impl::complete_append(const WriteUnderWay& write) {
  configuration_touched_ = true;
  // libraft would count this write for commits. Entries of an earlier term must not be counted
  // (Raft, section 5.4.2); those of this term come right behind them.
  const bool of_earlier_term = leading() && write.term.value() != raft_.current_term &&
                               !mutants_.has(Mutant::RAFT_OLD_TERM_COMMIT);
  if (of_earlier_term) raft_.state = RAFT_FOLLOWER;
  write.append->cb(write.append, 0);
  if (of_earlier_term) raft_.state = RAFT_LEADER;
}

bool Raft::Impl::writing_entries() const {
  return std::any_of(writes_.begin(), writes_.end(),
                     [](const WriteUnderWay& write) { return write.append != nullptr; });
}

bool Raft::Impl::installing() const {
  return std::any_of(writes_.begin(), writes_.end(),
                     [](const WriteUnderWay& write) { return write.install; });
}

void Raft::Impl::abandon() {
  const std::deque<WriteUnderWay> writes = std::exchange(writes_, {});
  for (const WriteUnderWay& write : writes) {
    if (write.put != nullptr) write.put->cb(write.put, RAFT_CANCELED);
    if (write.install) raft_free(write.buffers);  // libraft forgets it in this case alone
    // Not RAFT_CANCELED, at which libraft truncates its log, once too often with several writes.
    if (write.append != nullptr) write.append->cb(write.append, 0);
  }
  for (const auto& [request, done] : std::exchange(snapshot_gets_, {})) {
    done(request, nullptr, RAFT_CANCELED);
  }
  for (const auto& [request, done] : std::exchange(sent_, {})) {
    if (done != nullptr) done(request, RAFT_CANCELED);
  }
  if (taking_ != nullptr) taken_(std::exchange(taking_, nullptr), RAFT_CANCELED);
}

// --- Sending ------------------------------------------------------------------------------------

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
