#pragma once

#include <boost/test/unit_test.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "peerlab/consensus/raft.hpp"

namespace peerlab::consensus {

/// One core at a table: the test plays its disk, its clock and all other servers.
class Seat {
 public:
  explicit Seat(Persisted persisted, Mutants mutants = {}, Timings timings = {})
      : raft_(ServerId(1), timings, std::move(persisted), Random(1), mutants) {
    feed(Started{});
  }

  /// Feeds one input and keeps what comes out, until the next.
  const std::vector<Output>& feed(const Input& input) {
    outputs_ = raft_.step(now, input);
    for (const Output& output : outputs_) {
      if (const auto* arm = std::get_if<Arm>(&output)) armed_ = arm->due;
      note_ticket<Append>(output);
      note_ticket<SaveVote>(output);
      note_ticket<Truncate>(output);
      note_ticket<PutSnapshot>(output);
    }
    return outputs_;
  }
  const std::vector<Output>& hear(std::uint64_t from, Message message) {
    return feed(Received{ServerId(from), std::move(message)});
  }
  const std::vector<Output>& write() { return feed(Written{last_ticket_}); }
  const std::vector<Output>& wake() {
    BOOST_REQUIRE(armed_.has_value());
    now = std::max(now, *armed_);
    return feed(Expired{});
  }

  /// The last output of this kind from the last input.
  template <class T>
  std::optional<T> out() const {
    std::optional<T> found;
    for (const Output& output : outputs_) {
      if (const auto* is = std::get_if<T>(&output)) found = *is;
    }
    return found;
  }
  /// The last message of this kind that the last input made it send to a server.
  template <class T>
  std::optional<T> sent(std::uint64_t to) const {
    std::optional<T> found;
    for (const Output& output : outputs_) {
      const auto* send = std::get_if<Send>(&output);
      if (send == nullptr || send->to != ServerId(to)) continue;
      if (const auto* is = std::get_if<T>(&send->message)) found = *is;
    }
    return found;
  }

  /// Waits for its election timer, and has server 2 vote for it. Its own first entry is not
  /// durable yet.
  Term win_election() {
    while (state().role != Role::candidate) wake();
    hear(2, RequestVoteResult{Term(state().term.value() + 1), true, true});
    write();
    hear(2, RequestVoteResult{state().term, true, false});
    BOOST_REQUIRE((state().role == Role::leader));
    return state().term;
  }

  State state() const { return raft_.state(); }

  Instant now{};

 private:
  template <class Write>
  void note_ticket(const Output& output) {
    if (const auto* write = std::get_if<Write>(&output)) last_ticket_ = write->ticket;
  }

  Raft raft_;
  std::vector<Output> outputs_;
  std::optional<Instant> armed_;
  Ticket last_ticket_;
};

inline Configuration three_founders_configuration() {
  return {{ServerId(1), "s1", true}, {ServerId(2), "s2", true}, {ServerId(3), "s3", true}};
}

/// The disk of one of three founders that has seen these entries after the first.
inline Persisted three_founders(std::vector<Entry> more = {}, Term term = Term(1)) {
  Persisted disk = bootstrapped(three_founders_configuration());
  disk.term = term;
  disk.entries.insert(disk.entries.end(), more.begin(), more.end());
  return disk;
}

inline Entry command(std::uint64_t term, std::string bytes) {
  return Entry{Term(term), EntryKind::command, std::move(bytes)};
}

}  // namespace peerlab::consensus
