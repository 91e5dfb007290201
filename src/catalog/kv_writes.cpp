#include "catalog/writer.hpp"

namespace peerlab::catalog {

namespace {

bool same_as_stored(const KvEntry& a, const KvEntry& b) { return same_but_indexes(a, b); }

}  // namespace

Result<bool> Writer::apply(const KvWrite& command) {
  const KvEntry& entry = command.entry;
  const KvEntry* existing = tables_.kv.find(entry.key);
  const std::uint64_t expected = entry.indexes.modify;
  switch (command.verb) {
    case KvWrite::Verb::set:
      return set(entry);
    case KvWrite::Verb::cas:
      // Index 0 means: only if there is none yet (D-054).
      if ((existing != nullptr ? existing->indexes.modify : 0) != expected) return false;
      return set(entry);
    case KvWrite::Verb::erase_cas:
      if (existing == nullptr) return true;  // gone is gone (D-055)
      if (existing->indexes.modify != expected) return false;
      [[fallthrough]];
    case KvWrite::Verb::erase:
      if (existing == nullptr) return true;
      bury(entry.key);
      tables_.kv.erase(entry.key);
      return true;
    case KvWrite::Verb::erase_tree:
      break;
  }
  const auto below = tables_.kv.scan(entry.key);
  if (below.empty()) return true;
  // One stone for the whole prefix; a listing of everything needs none.
  if (!entry.key.empty()) bury(entry.key);
  bump("kvs");
  for (const KvEntry* gone : below) tables_.kv.erase(std::string(gone->key));
  return true;
}

bool Writer::set(KvEntry entry) {
  const KvEntry* existing = tables_.kv.find(entry.key);
  if (existing != nullptr) {
    // A plain write leaves the lock with its holder but counts it anew (http 3.9).
    entry.session = existing->session;
    if (same_as_stored(*existing, entry)) return true;
  } else {
    entry.session.clear();
  }
  entry.indexes = stamped(existing != nullptr ? &existing->indexes : nullptr);
  bump("kvs");
  tables_.kv.put(std::move(entry));
  return true;
}

void Writer::bury(const std::string& key) {
  tables_.tombstones.put({key, tables_.store().raft_index()});
  bump("tombstones");
  bump("kvs");
}

Result<bool> Writer::apply(const ReapTombstones& command) {
  for (const Tombstone* stone : tables_.tombstones.scan("")) {
    if (stone->index <= command.index) tables_.tombstones.erase(std::string(stone->key));
  }
  return true;
}

}  // namespace peerlab::catalog
