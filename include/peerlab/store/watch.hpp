#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace peerlab::store {

/// The index of a log entry. It orders all changes of a store.
using RaftIndex = std::uint64_t;

/// One place of a store that a read looked at: a key of one index of one table, or all keys that
/// begin with it.
struct Watch {
  std::size_t table = 0;  ///< as registered at the store; 0 holds the index rows
  std::size_t index = 0;  ///< 0 is the primary index
  bool prefix = false;
  std::string key;
  friend auto operator<=>(const Watch&, const Watch&) = default;
};

/// All that the answer of a read depended on. A read fills it only when it is given one.
class WatchSet {
 public:
  void add(Watch watch) { watches_.insert(std::move(watch)); }
  const std::set<Watch>& watches() const { return watches_; }
  bool empty() const { return watches_.empty(); }

 private:
  std::set<Watch> watches_;
};

/// What one log entry changed: the keys, in every index, of all rows before and after.
struct Commit {
  RaftIndex index = 0;
  std::set<Watch> touched;  ///< no prefixes
};

/// The blocked queries of one store, by numbers that their owner gave them.
///
/// A query waits with the watch set of its last evaluation and is woken once; it is then
/// evaluated anew and may wait again (datacenter 2.3).
class Waiters {
 public:
  using Id = std::uint64_t;

  /// Replaces an earlier wait of the same id.
  void wait(Id id, WatchSet watches);

  /// The client went away or its time is up. Unknown ids are fine.
  void forget(Id id);

  /// Takes out and returns those whose watches fire, in ascending order.
  std::vector<Id> wake(const Commit& commit);

  /// Takes out and returns all: the store they looked at was replaced by a snapshot.
  std::vector<Id> abandon();

  std::size_t size() const { return waiting_.size(); }

 private:
  using Place = std::pair<std::size_t, std::size_t>;  // table, index

  std::map<Id, WatchSet> waiting_;
  std::map<Watch, std::set<Id>> by_watch_;
  // Lengths of the prefixes watched at each place, so that a change is looked up once per length
  // and not once per waiter.
  std::map<Place, std::map<std::size_t, std::size_t>> prefix_lengths_;
};

}  // namespace peerlab::store
