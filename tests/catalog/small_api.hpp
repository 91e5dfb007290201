#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "peerlab/catalog/tables.hpp"

/// Just enough of Consul's HTTP API over one set of tables to hold recorded exchanges against
/// them. Knows no agents, no ACL and no blocking; every write is one log entry.
class SmallApi {
 public:
  explicit SmallApi(std::uint64_t first_index) : index_(first_index) {}

  struct Answer {
    int status = 200;
    std::string body;
    std::uint64_t index = 0;  ///< X-Consul-Index; 0 when there is none
  };

  /// Nothing where the request is not one of those that are known here.
  std::optional<Answer> call(std::string_view method, std::string_view path, std::string_view body);

  /// Applies a command as one log entry.
  peerlab::Result<bool> apply(const peerlab::catalog::Command& command);

  std::uint64_t log_index() const { return index_; }
  const peerlab::catalog::CatalogTables& tables() const { return tables_; }
  peerlab::store::Store& store() { return store_; }
  const peerlab::store::Commit& last_commit() const { return last_commit_; }

 private:
  using Query = std::multimap<std::string, std::string>;

  std::optional<Answer> write_catalog(std::string_view path, std::string_view body);
  std::optional<Answer> read_catalog(std::string_view path, const Query& query);
  std::optional<Answer> read_health(std::string_view path, const Query& query);
  std::optional<Answer> kv(std::string_view method, std::string_view key, const Query& query,
                           std::string_view body);
  std::optional<Answer> config(std::string_view method, std::string_view path, const Query& query,
                               std::string_view body);
  Answer answer(const peerlab::catalog::Command& command);

  std::uint64_t index_;
  peerlab::store::Store store_;
  peerlab::catalog::CatalogTables tables_{store_};
  peerlab::store::Commit last_commit_;
};
