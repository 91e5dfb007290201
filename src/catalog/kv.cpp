#include "peerlab/catalog/kv.hpp"

#include <fmt/format.h>

#include "peerlab/base/encoding.hpp"
#include "peerlab/base/go_json.hpp"

namespace peerlab::catalog {

std::string to_json_text(const KvEntry& entry) {
  const std::string value = entry.value.empty() ? "null" : go_json_quote(to_base64(entry.value));
  const std::string session =
      entry.session.empty() ? "" : ",\"Session\":" + go_json_quote(entry.session);
  return fmt::format(
      R"({{"LockIndex":{},"Key":{},"Flags":{},"Value":{}{},"CreateIndex":{},"ModifyIndex":{}}})",
      entry.lock_index, go_json_quote(entry.key), entry.flags, value, session, entry.indexes.create,
      entry.indexes.modify);
}

std::vector<std::string> cut_keys(const std::vector<const KvEntry*>& entries,
                                  std::string_view prefix, std::string_view separator) {
  std::vector<std::string> keys;
  for (const KvEntry* entry : entries) {
    std::string key = entry->key;
    if (!separator.empty()) {
      const auto at = key.find(separator, prefix.size());
      if (at != std::string::npos) key.resize(at + separator.size());
    }
    // The entries are in order, so keys that were cut to the same come in a row.
    if (keys.empty() || keys.back() != key) keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace peerlab::catalog
