#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/base/hash.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/consensus/types.hpp"

/// What servers of one cluster say to each other. The framing is our own: inside a datacenter
/// nobody else listens.
namespace peerlab::consensus {

/// Counts the AppendEntries of one leader, so that an answer can be matched with its question.
using Round = Strong<struct RoundTag, std::uint64_t>;

struct RequestVote {
  Term term;
  ServerId candidate;
  Index last_index;
  Term last_term;
  bool leadership_transfer = false;  ///< asked although there is a leader, with its consent
  bool pre_vote = false;             ///< would you vote for me? Changes nothing at the receiver
  friend bool operator==(const RequestVote&, const RequestVote&) = default;
};

struct RequestVoteResult {
  Term term;
  bool granted = false;
  bool pre_vote = false;
  friend bool operator==(const RequestVoteResult&, const RequestVoteResult&) = default;
};

struct AppendEntries {
  Term term;
  Round round;
  Index previous_index;  ///< of the entry before `entries[0]`; 0 when that is the first of all
  Term previous_term;
  Index leader_commit;
  std::vector<Entry> entries;  ///< empty in a heartbeat
  friend bool operator==(const AppendEntries&, const AppendEntries&) = default;
};

/// The answer to AppendEntries and to InstallSnapshot.
struct AppendEntriesResult {
  Term term;
  Round round;       ///< of the question; 0 after an InstallSnapshot
  Index rejected;    ///< the `previous_index` that was refused; 0 when nothing was
  Index last_index;  ///< the last entry known to be durable and equal; a hint when refused
  friend bool operator==(const AppendEntriesResult&, const AppendEntriesResult&) = default;
};

struct InstallSnapshot {
  Term term;
  Snapshot snapshot;
  friend bool operator==(const InstallSnapshot&, const InstallSnapshot&) = default;
};

/// From a leader that wants the receiver to take over: start an election at once.
struct TimeoutNow {
  Term term;
  Index last_index;
  Term last_term;
  friend bool operator==(const TimeoutNow&, const TimeoutNow&) = default;
};

using Message = std::variant<RequestVote, RequestVoteResult, AppendEntries, AppendEntriesResult,
                             InstallSnapshot, TimeoutNow>;

/// Version 1: a byte of version, a byte of type, then the fields in order, numbers as varints and
/// texts with their length.
std::string encode(const Message& message);
std::size_t encoded_size(const Message& message);

/// Reads what `encode` wrote. Fails with `malformed_message` on anything else; never reads beyond
/// `bytes`, nor allocates more than a small multiple of their number.
Result<Message> decode(std::string_view bytes);

/// Entries and snapshots as a disk stores them, in the same layout without version and type.
std::string encode(const Entry& entry);
std::string encode(const Snapshot& snapshot);
std::size_t encoded_size(const Entry& entry);
std::size_t encoded_size(const Snapshot& snapshot);
Result<Entry> decode_entry(std::string_view bytes);
Result<Snapshot> decode_snapshot(std::string_view bytes);

/// Feeds the encoded bytes of `message` to `hasher`.
void add(Hasher& hasher, const Message& message);

/// One line for people: `AppendEntries term 3 after 7/2, 2 entries, commit 6`.
std::string describe(const Message& message);

}  // namespace peerlab::consensus
