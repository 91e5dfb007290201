#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/result.hpp"
#include "peerlab/store/watch.hpp"

namespace peerlab::store {

/// A key of several parts. Parts are lower-cased, as Consul finds names without regard to case,
/// and ended by NUL, so that a key of the first parts is a prefix of just the rows that have them.
std::string key(std::initializer_list<std::string_view> parts);

/// What a store needs to know of a table, whatever its rows are.
class AnyTable {
 public:
  AnyTable() = default;
  AnyTable(const AnyTable&) = delete;
  AnyTable& operator=(const AnyTable&) = delete;
  virtual ~AnyTable() = default;

  virtual std::string_view name() const = 0;
  /// Puts back a row, or none, as it was before a change.
  virtual void put_back(const std::string& primary, std::shared_ptr<const void> row) = 0;
  /// Every row in primary order, encoded.
  virtual void save(const std::function<void(std::string_view row)>& sink) const = 0;
  virtual void load(std::string_view row) = 0;
  virtual void clear() = 0;
};

/// The state of one server: tables, and Consul's `index` table beside them, which holds for each
/// key (a table's name, `service.web`, ...) the log index that changed it last. All changes
/// are made inside a Transaction. Knows no clock and no chance.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// The value of an index row; 0 when there is none.
  RaftIndex index_of(std::string_view row, WatchSet* watches = nullptr) const;
  /// The highest of several index rows.
  RaftIndex max_index(std::initializer_list<std::string_view> rows,
                      WatchSet* watches = nullptr) const;

  /// Sets an index row to the index of the transaction.
  void bump(std::string_view row);
  void drop_index(std::string_view row);

  /// The index of the transaction at hand.
  RaftIndex raft_index() const;

  /// Hands over every row of every table and every index row, in a fixed order. Equal states give
  /// equal calls: this makes snapshots, digests and views of the state.
  using Sink = std::function<void(std::string_view table, std::string_view row)>;
  void save(const Sink& sink) const;

  /// Forgets everything; then load() takes what save() gave. Fails with `malformed_message` on a
  /// table that is not here. All waiters of the store must be abandoned afterwards.
  void clear();
  Result<void> load(std::string_view table, std::string_view row);

  /// The fingerprint of all that save() gives.
  std::uint64_t digest() const;

 private:
  friend class Transaction;
  template <class Row>
  friend class Table;

  struct Change {
    AnyTable* table;  // null for an index row
    std::string key;
    std::shared_ptr<const void> before;
  };
  struct Journal {
    Commit commit;
    std::vector<Change> changes;
  };

  std::size_t add(AnyTable& table);
  Journal& journal();
  void set_index(const std::string& row, RaftIndex value);
  void roll_back();

  std::vector<AnyTable*> tables_;
  std::map<std::string, RaftIndex, std::less<>> index_rows_;
  std::unique_ptr<Journal> journal_;
};

/// All changes of one log entry: they are made for good by commit(), together, or not at all.
/// A store has at most one at a time.
class Transaction {
 public:
  Transaction(Store& store, RaftIndex index);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  /// Takes everything back unless commit() was called.
  ~Transaction();

  Commit commit();

 private:
  Store* store_;
};

}  // namespace peerlab::store
