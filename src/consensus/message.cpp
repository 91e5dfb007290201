#include "peerlab/consensus/message.hpp"

#include <fmt/format.h>

#include <optional>
#include <type_traits>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::consensus {
namespace {

// --- The layout, once: `fields` names the fields of a struct in order, and the same list is used
// --- to write, to measure and to read.

template <class Self, class T>
concept Is = std::is_same_v<std::remove_const_t<Self>, T>;

void fields(auto&& archive, Is<RequestVote> auto& self) {
  archive(self.term, self.candidate, self.last_index, self.last_term, self.leadership_transfer,
          self.pre_vote);
}
void fields(auto&& archive, Is<RequestVoteResult> auto& self) {
  archive(self.term, self.granted, self.pre_vote);
}
void fields(auto&& archive, Is<AppendEntries> auto& self) {
  archive(self.term, self.round, self.previous_index, self.previous_term, self.leader_commit,
          self.entries);
}
void fields(auto&& archive, Is<AppendEntriesResult> auto& self) {
  archive(self.term, self.round, self.rejected, self.last_index);
}
void fields(auto&& archive, Is<InstallSnapshot> auto& self) { archive(self.term, self.snapshot); }
void fields(auto&& archive, Is<TimeoutNow> auto& self) {
  archive(self.term, self.last_index, self.last_term);
}
void fields(auto&& archive, Is<Entry> auto& self) { archive(self.term, self.kind, self.bytes); }
void fields(auto&& archive, Is<Server> auto& self) { archive(self.id, self.address, self.voter); }
void fields(auto&& archive, Is<Snapshot> auto& self) {
  archive(self.index, self.term, self.configuration, self.configuration_index, self.bytes);
}

// --- Writing -------------------------------------------------------------------------------------

struct ToString {
  std::string& out;
  void byte(unsigned char value) { out.push_back(static_cast<char>(value)); }
  void bytes(std::string_view value) { out += value; }
};

struct ToCount {
  std::size_t count = 0;
  void byte(unsigned char) { ++count; }
  void bytes(std::string_view value) { count += value.size(); }
};

template <class Sink>
struct Writer {
  Sink sink;

  void operator()(const auto&... values) { (put(values), ...); }

  void put(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) sink.byte(static_cast<unsigned char>(value | 0x80U));
    sink.byte(static_cast<unsigned char>(value));
  }
  void put(bool value) { sink.byte(value ? 1 : 0); }
  void put(EntryKind kind) { sink.byte(static_cast<unsigned char>(kind)); }
  void put(const std::string& text) {
    put(std::uint64_t{text.size()});
    sink.bytes(text);
  }
  template <class Tag>
  void put(const Strong<Tag, std::uint64_t>& strong) {
    put(strong.value());
  }
  template <class T>
  void put(const std::vector<T>& list) {
    put(std::uint64_t{list.size()});
    for (const T& item : list) fields(*this, item);
  }
  void put(const Snapshot& snapshot) { fields(*this, snapshot); }
};

template <class Sink>
void write(Writer<Sink>& writer, const Message& message) {
  writer.sink.byte(1);
  writer.sink.byte(static_cast<unsigned char>(message.index()));
  std::visit([&](const auto& kind) { fields(writer, kind); }, message);
}

template <class T>
std::string written(const T& value) {
  std::string out;
  Writer<ToString> writer{ToString{out}};
  fields(writer, value);
  return out;
}

template <class T>
std::size_t measured(const T& value) {
  Writer<ToCount> writer{};
  fields(writer, value);
  return writer.sink.count;
}

// --- Reading -------------------------------------------------------------------------------------

struct Reader {
  std::string_view bytes;
  bool good = true;

  void operator()(auto&... values) { (take(values), ...); }

  unsigned char byte() {
    if (bytes.empty()) {
      good = false;
      return 0;
    }
    const auto value = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    return value;
  }
  void take(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t part = byte();
      // One spelling for each number: no bits beyond 64, no needless zeros at the end.
      if ((shift == 63 && part > 1) || (shift > 0 && part == 0)) good = false;
      value |= (part & 0x7FU) << shift;
      if (part < 0x80 || !good) return;
    }
    good = false;
  }
  void take(bool& value) {
    const unsigned char read = byte();
    if (read > 1) good = false;
    value = read == 1;
  }
  void take(EntryKind& kind) {
    const unsigned char read = byte();
    if (read < 1 || read > 3) good = false;
    kind = static_cast<EntryKind>(read);
  }
  void take(std::string& text) {
    std::uint64_t size = 0;
    take(size);
    if (size > bytes.size()) good = false;
    if (!good) return;
    text = bytes.substr(0, size);
    bytes.remove_prefix(size);
  }
  template <class Tag>
  void take(Strong<Tag, std::uint64_t>& strong) {
    std::uint64_t value = 0;
    take(value);
    strong = Strong<Tag, std::uint64_t>(value);
  }
  template <class T>
  void take(std::vector<T>& list) {
    std::uint64_t size = 0;
    take(size);
    // An item takes three bytes at least, so a count that lies cannot make us allocate much.
    if (size > bytes.size() / 3) good = false;
    for (std::uint64_t taken = 0; good && taken < size; ++taken) {
      fields(*this, list.emplace_back());
    }
  }
  void take(Snapshot& snapshot) { fields(*this, snapshot); }
};

template <class T>
std::optional<T> read(std::string_view bytes) {
  Reader reader{bytes};
  T value{};
  fields(reader, value);
  if (!reader.good || !reader.bytes.empty()) return std::nullopt;
  return value;
}

template <class T>
Result<T> read_or_fail(std::string_view bytes, const char* what) {
  if (auto value = read<T>(bytes)) return std::move(*value);
  return failure(Errc::malformed_message, fmt::format("malformed Raft {}", what));
}

template <std::size_t kind = 0>
std::optional<Message> read_kind(std::size_t wanted, std::string_view bytes) {
  if constexpr (kind < std::variant_size_v<Message>) {
    if (kind != wanted) return read_kind<kind + 1>(wanted, bytes);
    if (auto value = read<std::variant_alternative_t<kind, Message>>(bytes)) return *value;
  }
  return std::nullopt;
}

}  // namespace

std::string encode(const Message& message) {
  std::string out;
  Writer<ToString> writer{ToString{out}};
  write(writer, message);
  return out;
}

std::size_t encoded_size(const Message& message) {
  Writer<ToCount> writer{};
  write(writer, message);
  return writer.sink.count;
}

Result<Message> decode(std::string_view bytes) {
  if (bytes.size() < 2 || bytes[0] != 1) {
    return failure(Errc::malformed_message, "not a Raft message of version 1");
  }
  auto message = read_kind(static_cast<unsigned char>(bytes[1]), bytes.substr(2));
  if (!message) return failure(Errc::malformed_message, "malformed Raft message");
  return std::move(*message);
}

std::string encode(const Entry& entry) { return written(entry); }
std::string encode(const Snapshot& snapshot) { return written(snapshot); }
std::size_t encoded_size(const Entry& entry) { return measured(entry); }
std::size_t encoded_size(const Snapshot& snapshot) { return measured(snapshot); }
Result<Entry> decode_entry(std::string_view bytes) { return read_or_fail<Entry>(bytes, "entry"); }
Result<Snapshot> decode_snapshot(std::string_view bytes) {
  return read_or_fail<Snapshot>(bytes, "snapshot");
}

void add(Hasher& hasher, const Message& message) { hasher.add(encode(message)); }

std::string describe(const Message& message) {
  return std::visit(
      Overloaded{
          [](const RequestVote& m) {
            return fmt::format("{} term {}, last {}/{}{}",
                               m.pre_vote ? "RequestPreVote" : "RequestVote", m.term.value(),
                               m.last_index.value(), m.last_term.value(),
                               m.leadership_transfer ? ", leadership transfer" : "");
          },
          [](const RequestVoteResult& m) {
            return fmt::format("{} term {}, {}", m.pre_vote ? "PreVoteResult" : "VoteResult",
                               m.term.value(), m.granted ? "granted" : "refused");
          },
          [](const AppendEntries& m) {
            return fmt::format("AppendEntries term {} after {}/{}, {} entries, commit {}",
                               m.term.value(), m.previous_index.value(), m.previous_term.value(),
                               m.entries.size(), m.leader_commit.value());
          },
          [](const AppendEntriesResult& m) {
            if (m.rejected != Index{}) {
              return fmt::format("AppendEntriesResult term {}, rejected {}, last {}",
                                 m.term.value(), m.rejected.value(), m.last_index.value());
            }
            return fmt::format("AppendEntriesResult term {}, last {}", m.term.value(),
                               m.last_index.value());
          },
          [](const InstallSnapshot& m) {
            return fmt::format("InstallSnapshot term {}, up to {}/{}, {} bytes", m.term.value(),
                               m.snapshot.index.value(), m.snapshot.term.value(),
                               m.snapshot.bytes.size());
          },
          [](const TimeoutNow& m) {
            return fmt::format("TimeoutNow term {}, last {}/{}", m.term.value(),
                               m.last_index.value(), m.last_term.value());
          },
      },
      message);
}

}  // namespace peerlab::consensus
