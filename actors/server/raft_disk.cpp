#include "actors/server/raft_disk.hpp"

#include <optional>

#include "peerlab/base/overloaded.hpp"
#include "peerlab/consensus/message.hpp"

namespace peerlab::actors {
namespace {

using namespace consensus;

constexpr std::string_view journal_file = "raft/journal";
constexpr std::string_view new_journal_file = "raft/journal.new";

/// What one line of the journal says.
enum class Kind : char { begin = 'b', entry = 'e', truncate = 't', vote = 'v', snapshot = 's' };

void put(std::string& out, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>((number >> shift) & 255U);
}

/// Takes a number off the front; nothing if the journal ends there, as after a torn write.
std::optional<std::uint64_t> take(std::string_view& in) {
  if (in.size() < 8) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t byte = 0; byte < 8; ++byte) {
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(in[byte])) << (8 * byte);
  }
  in.remove_prefix(8);
  return number;
}

std::string line(Kind kind, std::uint64_t first, std::uint64_t second, std::string_view bytes) {
  std::string out(1, static_cast<char>(kind));
  put(out, first);
  put(out, second);
  put(out, bytes.size());
  out += bytes;
  return out;
}

std::string lines_of(const Write& write) {
  return std::visit(
      Overloaded{
          [](const Append& append) {
            std::string out;
            for (std::size_t at = 0; at < append.entries.size(); ++at) {
              out += line(Kind::entry, append.first.value() + at, 0, encode(append.entries[at]));
            }
            return out;
          },
          [](const SaveVote& vote) {
            return line(Kind::vote, vote.term.value(), vote.voted_for.value(), {});
          },
          [](const Truncate& truncate) {
            return line(Kind::truncate, truncate.from.value(), 0, {});
          },
          [](const PutSnapshot& put_snapshot) {
            const std::uint64_t keep = put_snapshot.keep_from ? put_snapshot.keep_from->value() : 0;
            return line(Kind::snapshot, keep, 0, encode(put_snapshot.snapshot));
          },
      },
      write);
}

/// The write that a line tells of; nothing if it makes no sense.
std::optional<Write> write_of(Kind kind, std::uint64_t first, std::uint64_t second,
                              std::string_view bytes) {
  switch (kind) {
    case Kind::begin:
      return std::nullopt;
    case Kind::entry: {
      const Result<Entry> entry = decode_entry(bytes);
      if (!entry) return std::nullopt;
      return Append{{}, Index(first), {*entry}};
    }
    case Kind::truncate:
      return Truncate{{}, Index(first)};
    case Kind::vote:
      return SaveVote{{}, Term(first), ServerId(second)};
    case Kind::snapshot: {
      const Result<Snapshot> snapshot = decode_snapshot(bytes);
      if (!snapshot) return std::nullopt;
      return PutSnapshot{
          {}, *snapshot, first == 0 ? std::nullopt : std::optional<Index>(Index(first))};
    }
  }
  return std::nullopt;
}

}  // namespace

RaftDisk::RaftDisk(net::Disk& disk, Persisted fresh) : disk_(disk) {
  if (const std::optional<std::string_view> journal = disk.read(journal_file)) {
    read(*journal);
  } else {
    content_ = std::move(fresh);
    begin_anew();
    disk_.sync(journal_file);
  }
}

void RaftDisk::read(std::string_view journal) {
  while (!journal.empty()) {
    const Kind kind = static_cast<Kind>(journal.front());
    journal.remove_prefix(1);
    const auto first = take(journal);
    const auto second = first ? take(journal) : std::nullopt;
    const auto size = second ? take(journal) : std::nullopt;
    if (!size || *size > journal.size()) return;
    if (kind == Kind::begin) {
      content_.first = Index(*first);
      continue;
    }
    const std::optional<Write> write = write_of(kind, *first, *second, journal.substr(0, *size));
    if (!write) return;
    carry_out(content_, *write);
    journal.remove_prefix(*size);
  }
}

void RaftDisk::write(const Write& write) {
  carry_out(content_, write);
  if (std::holds_alternative<PutSnapshot>(write)) {
    begin_anew();
  } else {
    disk_.append(journal_file, lines_of(write));
  }
}

void RaftDisk::sync() { disk_.sync(journal_file); }

void RaftDisk::begin_anew() {
  std::string journal = lines_of(SaveVote{{}, content_.term, content_.voted_for});
  if (content_.snapshot) {
    journal += lines_of(PutSnapshot{{}, *content_.snapshot, content_.first});
  }
  // Entries from before the snapshot may be kept; where they begin follows from nothing else.
  journal += line(Kind::begin, content_.first.value(), 0, {});
  journal += lines_of(Append{{}, content_.first, content_.entries});
  disk_.write(new_journal_file, std::move(journal));
  disk_.rename(new_journal_file, journal_file);
}

}  // namespace peerlab::actors
