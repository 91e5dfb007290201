#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "peerlab/base/strong.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/trace/fact.hpp"

namespace peerlab::trace {

/// Counts from 1 in each trace; 0 is no record.
using RecordId = Strong<struct RecordIdTag, std::uint64_t>;

/// One thing that happened.
struct Record {
  RecordId id;
  RecordId cause;  ///< what made it happen: an earlier record, or none
  Instant at;      ///< by the time of the world, not by the host's own clock
  Where where;
  Fact fact;
};

enum class Level {
  facts,   ///< what roles record, and what happens to hosts, connections and links
  events,  ///< also every frame and timer: large, for debugging and diagrams
};

/// What happened in a run, in order, and the fingerprint of the run.
///
/// Comes from the simulator, from processes, from a real Consul, or from a test that writes it by
/// hand. The fingerprint covers every event, also those that no record tells of.
class Trace {
 public:
  explicit Trace(Level level = Level::facts) : level_(level) {}

  Level level() const { return level_; }

  /// The number of the host called `name`, the same for the same name.
  Where intern(std::string_view name);
  /// `where` must come from `intern` of this trace.
  const std::string& name(Where where) const { return names_.at(where.value()); }

  /// Appends a record; `cause` must be an earlier one or none.
  RecordId append(RecordId cause, Instant at, Where where, Fact fact);

  const std::vector<Record>& records() const { return records_; }
  auto begin() const { return records_.begin(); }
  auto end() const { return records_.end(); }
  /// `id` must be that of a record of this trace.
  const Record& operator[](RecordId id) const { return records_.at(id.value() - 1); }

  /// The fingerprint of the run; see RollingHash. Zero for traces written by hand.
  std::uint64_t hash() const { return hash_; }
  void set_hash(std::uint64_t hash) { hash_ = hash; }

 private:
  Level level_;
  std::vector<Record> records_;
  std::vector<std::string> names_;
  std::unordered_map<std::uint64_t, Where> by_hash_;  // of the names; looked up only
  std::uint64_t hash_ = 0;
};

}  // namespace peerlab::trace
