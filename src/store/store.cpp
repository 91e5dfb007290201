#include "peerlab/store/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/hash.hpp"

namespace peerlab::store {

namespace {

constexpr std::string_view index_table = "index";

}  // namespace

std::string key(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) {
    for (const char c : part) {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    out += '\0';
  }
  return out;
}

RaftIndex Store::index_of(std::string_view row, WatchSet* watches) const {
  if (watches != nullptr) watches->add(Watch{0, 0, false, std::string(row)});
  const auto found = index_rows_.find(row);
  return found == index_rows_.end() ? 0 : found->second;
}

RaftIndex Store::max_index(std::initializer_list<std::string_view> rows, WatchSet* watches) const {
  RaftIndex highest = 0;
  for (const std::string_view row : rows) highest = std::max(highest, index_of(row, watches));
  return highest;
}

void Store::bump(std::string_view row) { set_index(std::string(row), raft_index()); }

void Store::drop_index(std::string_view row) {
  if (index_of(row) != 0) set_index(std::string(row), 0);
}

void Store::set_index(const std::string& row, RaftIndex value) {
  const RaftIndex before = index_of(row);
  if (value == before) return;
  journal().changes.push_back({nullptr, row, std::make_shared<const RaftIndex>(before)});
  journal().commit.touched.insert(Watch{0, 0, false, row});
  if (value == 0) {
    index_rows_.erase(row);
  } else {
    index_rows_[row] = value;
  }
}

RaftIndex Store::raft_index() const {
  PEERLAB_ASSERT(journal_ != nullptr);
  return journal_->commit.index;
}

Store::Journal& Store::journal() {
  PEERLAB_ASSERT(journal_ != nullptr);
  return *journal_;
}

std::size_t Store::add(AnyTable& table) {
  PEERLAB_ASSERT(table.name() != index_table);
  tables_.push_back(&table);
  return tables_.size();  // number 0 is the table of index rows
}

void Store::roll_back() {
  for (auto change = journal_->changes.rbegin(); change != journal_->changes.rend(); ++change) {
    if (change->table != nullptr) {
      change->table->put_back(change->key, std::move(change->before));
    } else if (const auto before = *static_cast<const RaftIndex*>(change->before.get());
               before == 0) {
      index_rows_.erase(change->key);
    } else {
      index_rows_[change->key] = before;
    }
  }
  journal_.reset();
}

void Store::save(const Sink& sink) const {
  for (const AnyTable* table : tables_) {
    table->save([&](std::string_view row) { sink(table->name(), row); });
  }
  for (const auto& [row, value] : index_rows_) {
    sink(index_table, fmt::format("{} {}", value, row));
  }
}

void Store::clear() {
  PEERLAB_ASSERT(journal_ == nullptr);
  for (AnyTable* table : tables_) table->clear();
  index_rows_.clear();
}

Result<void> Store::load(std::string_view table, std::string_view row) {
  PEERLAB_ASSERT(journal_ == nullptr);
  if (table == index_table) {
    RaftIndex value = 0;
    const char* end = std::from_chars(row.data(), row.data() + row.size(), value).ptr;
    if (end == row.data() + row.size() || *end != ' ') {
      return failure(Errc::malformed_message, fmt::format("index row \"{}\"", row));
    }
    index_rows_[std::string(end + 1, row.data() + row.size())] = value;
    return {};
  }
  const auto found =
      std::ranges::find_if(tables_, [&](AnyTable* known) { return known->name() == table; });
  if (found == tables_.end()) {
    return failure(Errc::malformed_message, fmt::format("unknown table \"{}\"", table));
  }
  (*found)->load(row);
  return {};
}

std::uint64_t Store::digest() const {
  Hasher hasher;
  save([&](std::string_view table, std::string_view row) {
    hasher.add(table);
    hasher.add(row);
  });
  return hasher.digest();
}

Transaction::Transaction(Store& store, RaftIndex index) : store_(&store) {
  PEERLAB_ASSERT(store.journal_ == nullptr);
  store.journal_ = std::make_unique<Store::Journal>();
  store.journal_->commit.index = index;
}

Transaction::~Transaction() {
  if (store_ != nullptr) store_->roll_back();
}

Commit Transaction::commit() {
  PEERLAB_ASSERT(store_ != nullptr);
  Commit commit = std::move(store_->journal_->commit);
  store_->journal_.reset();
  store_ = nullptr;
  return commit;
}

}  // namespace peerlab::store
