#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "peerlab/base/assert.hpp"
#include "peerlab/store/store.hpp"

namespace peerlab::store {

/// Rows of one kind, ordered by a primary key and found by any number of secondary ones.
///
/// Rows are values that never change in place: put() replaces. A pointer to a row stays good until
/// the transaction ends in which the row is replaced or erased.
template <class Row>
class Table final : public AnyTable {
 public:
  /// A further way to find rows. A row may have several keys in it, or none.
  struct Index {
    std::string_view name;
    std::vector<std::string> (*keys)(const Row&);
    bool unique = false;  ///< two rows with one key are then a fault of the caller
  };
  struct Schema {
    std::string name;
    std::string (*primary)(const Row&);
    std::string (*encode)(const Row&);
    Row (*decode)(std::string_view);
    std::vector<Index> indexes = {};
  };

  /// The store must outlive the table's use; tables must be made in a fixed order.
  Table(Store& store, Schema schema)
      : store_(store), schema_(std::move(schema)), secondary_(schema_.indexes.size()) {
    number_ = store.add(*this);
  }

  std::string_view name() const override { return schema_.name; }
  std::size_t size() const { return rows_.size(); }

  /// The row of that primary key, or nullptr.
  const Row* find(std::string_view key, WatchSet* watches = nullptr) const {
    watch(watches, 0, false, key);
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : found->second.get();
  }

  /// All rows whose primary key begins with `prefix`, in its order.
  std::vector<const Row*> scan(std::string_view prefix, WatchSet* watches = nullptr) const {
    watch(watches, 0, true, prefix);
    std::vector<const Row*> found;
    for (auto at = rows_.lower_bound(prefix); at != rows_.end() && at->first.starts_with(prefix);
         ++at) {
      found.push_back(at->second.get());
    }
    return found;
  }

  /// All rows that have a key in secondary index number `index` that begins with `prefix`, in the
  /// order of that key, then of the primary one.
  std::vector<const Row*> scan_by(std::size_t index, std::string_view prefix,
                                  WatchSet* watches = nullptr) const {
    watch(watches, index + 1, true, prefix);
    const auto& entries = secondary_.at(index);
    std::vector<const Row*> found;
    for (auto at = entries.lower_bound(std::pair<std::string_view, std::string_view>(prefix, ""));
         at != entries.end() && at->first.first.starts_with(prefix); ++at) {
      found.push_back(at->second);
    }
    return found;
  }

  /// The row of a key in a unique index, or nullptr.
  const Row* find_by(std::size_t index, std::string_view key, WatchSet* watches = nullptr) const {
    PEERLAB_ASSERT(schema_.indexes.at(index).unique);
    watch(watches, index + 1, false, key);
    const auto& entries = secondary_.at(index);
    const auto at = entries.lower_bound(std::pair<std::string_view, std::string_view>(key, ""));
    return at == entries.end() || at->first.first != key ? nullptr : at->second;
  }

  /// Inserts a row, or replaces that of the same primary key. Needs a transaction.
  void put(Row row) {
    std::string key = schema_.primary(row);
    change(key, std::make_shared<const Row>(std::move(row)));
  }

  /// Returns whether there was such a row. Needs a transaction.
  bool erase(std::string_view key) {
    if (rows_.find(key) == rows_.end()) return false;
    change(std::string(key), nullptr);
    return true;
  }
  bool erase(const Row& row) { return erase(schema_.primary(row)); }

  void put_back(const std::string& primary, std::shared_ptr<const void> row) override {
    replace(primary, std::static_pointer_cast<const Row>(std::move(row)));
  }
  void save(const std::function<void(std::string_view row)>& sink) const override {
    for (const auto& [key, row] : rows_) sink(schema_.encode(*row));
  }
  void load(std::string_view row) override {
    auto loaded = std::make_shared<const Row>(schema_.decode(row));
    std::string key = schema_.primary(*loaded);
    replace(key, std::move(loaded));
  }
  void clear() override {
    rows_.clear();
    for (auto& entries : secondary_) entries.clear();
  }

 private:
  struct Before {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return std::pair<std::string_view, std::string_view>(a.first, a.second) <
             std::pair<std::string_view, std::string_view>(b.first, b.second);
    }
  };
  using Entries = std::map<std::pair<std::string, std::string>, const Row*, Before>;

  void watch(WatchSet* watches, std::size_t index, bool prefix, std::string_view key) const {
    if (watches != nullptr) watches->add(Watch{number_, index, prefix, std::string(key)});
  }

  void touch(std::size_t index, std::string key) {
    store_.journal().commit.touched.insert(Watch{number_, index, false, std::move(key)});
  }

  void touch_all(const Row& row) {
    for (std::size_t i = 0; i < secondary_.size(); ++i) {
      for (std::string& key : schema_.indexes[i].keys(row)) touch(i + 1, std::move(key));
    }
  }

  void change(const std::string& key, std::shared_ptr<const Row> row) {
    touch(0, key);
    if (row) touch_all(*row);
    std::shared_ptr<const Row> before = replace(key, std::move(row));
    if (before) touch_all(*before);
    store_.journal().changes.push_back({this, key, std::move(before)});
  }

  /// Returns what stood there before.
  std::shared_ptr<const Row> replace(const std::string& key, std::shared_ptr<const Row> row) {
    std::shared_ptr<const Row> before;
    if (const auto found = rows_.find(key); found != rows_.end()) {
      before = std::move(found->second);
      rows_.erase(found);
      unlink(key, *before);
    }
    if (row) {
      link(key, *row);
      rows_.emplace(key, std::move(row));
    }
    return before;
  }

  void unlink(const std::string& primary, const Row& row) {
    for (std::size_t i = 0; i < secondary_.size(); ++i) {
      for (std::string& key : schema_.indexes[i].keys(row)) {
        secondary_[i].erase({std::move(key), primary});
      }
    }
  }

  void link(const std::string& primary, const Row& row) {
    for (std::size_t i = 0; i < secondary_.size(); ++i) {
      for (std::string& key : schema_.indexes[i].keys(row)) {
        PEERLAB_ASSERT(!schema_.indexes[i].unique || find_by(i, key) == nullptr);
        secondary_[i].emplace(std::pair{std::move(key), primary}, &row);
      }
    }
  }

  Store& store_;
  Schema schema_;
  std::size_t number_ = 0;
  std::map<std::string, std::shared_ptr<const Row>, std::less<>> rows_;
  std::vector<Entries> secondary_;
};

}  // namespace peerlab::store
