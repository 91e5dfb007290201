#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "peerlab/consensus/log.hpp"

namespace peerlab::consensus {

/// The five safety properties of Raft (Ongaro and Ousterhout, figure 3), watched over a whole
/// cluster, event by event. Knows servers by what they ask for and tell alone.
///
/// Each log is kept as a chain: the hash at an index covers the entries up to it. Two logs are
/// equal up to an index when their hashes there are.
class Safety {
 public:
  /// The server starts from this disk.
  void start(ServerId server, const Persisted& disk);
  void observe(ServerId server, const Output& output);
  /// After all outputs of one event.
  void observe(ServerId server, const State& state);

  /// The first breach, with the property's name.
  const std::optional<std::string>& breach() const { return breach_; }

  /// The highest index that any server has committed.
  std::uint64_t committed() const { return committed_.empty() ? 0 : committed_.rbegin()->first; }
  std::size_t elections() const { return leaders_.size(); }

 private:
  using Chain = std::map<std::uint64_t, std::uint64_t>;  // hash by index
  struct Commit {
    std::uint64_t hash = 0;
    Term in;  ///< the term of the leader that committed it
  };
  struct Watched {
    Chain chain;
    std::optional<Term> leads_in;
    std::uint64_t commit = 0;
    std::uint64_t applied = 0;
  };

  void extend(ServerId server, Watched& watched, std::uint64_t index, const Entry& entry);
  void start_at(Watched& watched, const Snapshot& snapshot);
  void note_append(ServerId server, Watched& watched, const Append& append);
  void note_truncate(ServerId server, Watched& watched, const Truncate& truncate);
  void note_leader(ServerId server, Watched& watched, Term term);
  void note_committed(ServerId server, Watched& watched, const Committed& committed);
  static bool lacks(const Watched& watched, std::uint64_t index, std::uint64_t hash);
  void broken(const std::string& property, ServerId server, const std::string& what);

  std::map<ServerId, Watched> servers_;
  std::map<Term, ServerId> leaders_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> entries_;  // by index and term
  std::map<std::uint64_t, Commit> committed_;
  std::map<std::uint64_t, std::string> applied_;
  std::optional<std::string> breach_;
};

}  // namespace peerlab::consensus
