#include <algorithm>
#include <cstring>
#include <utility>

#include "convert.hpp"
#include "impl.hpp"

/// Writes: what libraft wants on the disk, and what it is told once that is there.
namespace peerlab::consensus {

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
      // A leader's writes are of its own term: the vote for itself went to the disk behind all
      // earlier ones, and is durable. So libraft may count the entry for a commit.
      configuration_touched_ = true;
      write.append->cb(write.append, 0);
    }
    completing_ = nullptr;
  }
}

bool Raft::Impl::writing_entries() const {
  return std::any_of(writes_.begin(), writes_.end(),
                     [](const WriteUnderWay& write) { return write.append != nullptr; });
}

bool Raft::Impl::installing() const {
  return std::any_of(writes_.begin(), writes_.end(),
                     [](const WriteUnderWay& write) { return write.install; });
}

}  // namespace peerlab::consensus
