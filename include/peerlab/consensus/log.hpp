#pragma once

#include <cstddef>
#include <deque>
#include <utility>
#include <variant>

#include "peerlab/consensus/raft.hpp"

namespace peerlab::consensus {

/// A write that Raft asks of its disk.
using Write = std::variant<Append, SaveVote, Truncate, PutSnapshot>;

/// The ticket of a write.
Ticket ticket(const Write& write);

/// Carries out one write on what a disk holds.
void carry_out(Persisted& disk, const Write& write);

/// Bytes that a write puts on a disk.
std::size_t size_on_disk(const Write& write);

/// A server's Raft files, as a list in memory: writes wait until they are synced, and a crash
/// loses those that wait.
class Log {
 public:
  explicit Log(Persisted disk = {}) : disk_(std::move(disk)) {}

  void write(Write write) { waiting_.push_back(std::move(write)); }

  /// Makes all writes up to and including `upto` durable.
  void sync(Ticket upto);

  /// Loses the waiting writes, but for the first `survivors` of them: what a kernel happened to
  /// have written by itself.
  void crash(std::size_t survivors = 0);

  std::size_t waiting() const { return waiting_.size(); }
  /// Of the last write that waits; there must be one.
  Ticket last_ticket() const { return ticket(waiting_.back()); }

  /// What a restarted server would find.
  const Persisted& disk() const { return disk_; }

 private:
  void carry_out_first();

  Persisted disk_;
  std::deque<Write> waiting_;
};

}  // namespace peerlab::consensus
