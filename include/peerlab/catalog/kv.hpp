#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "peerlab/catalog/types.hpp"

namespace peerlab::catalog {

/// One key of the key/value store.
struct KvEntry {
  std::uint64_t lock_index = 0;
  std::string key;  ///< any bytes; compared as they are
  std::uint64_t flags = 0;
  std::string value;
  std::string session;
  RaftIndexes indexes;
  friend bool operator==(const KvEntry&, const KvEntry&) = default;
};

/// An element of what GET /v1/kv answers.
std::string to_json_text(const KvEntry& entry);

/// The keys of a listing as `?keys` answers them: cut after the first `separator` beyond the
/// prefix, each once. An empty separator cuts nothing.
std::vector<std::string> cut_keys(const std::vector<const KvEntry*>& entries,
                                  std::string_view prefix, std::string_view separator);

}  // namespace peerlab::catalog
