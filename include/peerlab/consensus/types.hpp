#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/strong.hpp"

/// Raft among the servers of one datacenter (datacenter spec, section 1): the values it keeps.
namespace peerlab::consensus {

/// One server of a cluster, for as long as it keeps its data. Never 0.
using ServerId = Strong<struct ServerIdTag, std::uint64_t>;

/// Counts elections. At most one leader per term.
using Term = Strong<struct TermTag, std::uint64_t>;

/// A place in the log. The first entry is 1, and 0 means "none".
using Index = Strong<struct IndexTag, std::uint64_t>;

struct Server {
  ServerId id;
  std::string address;  ///< for people and roles; unique in a configuration, without NUL
  bool voter = true;
  friend bool operator==(const Server&, const Server&) = default;
};

/// The members of a cluster, in the order in which they were added.
using Configuration = std::vector<Server>;

/// The voters that make a majority: half of them, rounded down, and one more.
std::size_t quorum(const Configuration& configuration);
const Server* find(const Configuration& configuration, ServerId id);

enum class EntryKind : std::uint8_t { command = 1, barrier = 2, configuration = 3 };

struct Entry {
  Term term;
  EntryKind kind = EntryKind::command;
  std::string bytes;  ///< of a configuration: see `encode_configuration`
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// The state machine as it was once the entry at `index` had been applied.
struct Snapshot {
  Index index;
  Term term;
  Configuration configuration;
  Index configuration_index;
  std::string bytes;
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

/// All that a server must find again after a restart.
struct Persisted {
  Term term;
  ServerId voted_for;  ///< 0 when it has not voted in `term`
  std::optional<Snapshot> snapshot;
  Index first{1};  ///< index of `entries[0]`; not beyond the snapshot's index + 1
  std::vector<Entry> entries;
  friend bool operator==(const Persisted&, const Persisted&) = default;
};

/// What every founding server of a cluster starts from: term 1, and the configuration as the first
/// entry. A pure function of the members, so servers that see the same ones agree (spec 1.4).
Persisted bootstrapped(const Configuration& configuration);

/// The payload of a configuration entry, laid out as libraft has it.
std::string encode_configuration(const Configuration& configuration);

/// Nothing when the bytes are not a configuration of at least one server, or name a server or an
/// address twice.
std::optional<Configuration> decode_configuration(std::string_view bytes);

}  // namespace peerlab::consensus
