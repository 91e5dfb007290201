#include <fmt/format.h>

#include "handlers.hpp"
#include "json_text.hpp"
#include "peerlab/catalog/queries.hpp"
#include "rows.hpp"

// /v1/kv/*. (HTTP spec 3.9)
namespace peerlab::server::api {
namespace {

constexpr std::string_view pattern = "/v1/kv/";

/// The key that a path means: cleaned like a path, a trailing slash kept. (H-204)
tl::expected<std::string, std::string> key_of(const std::string& tail) {
  if (tail.empty()) return tail;
  if (tail.front() == ' ' || tail.back() == ' ') {
    return tl::unexpected<std::string>("invalid key name, leading/trailing spaces are not allowed");
  }
  const bool rooted = tail.front() == '/';
  std::vector<std::string_view> parts;
  for (std::string_view rest = tail; !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (part != ".." || !rooted) {
      parts.push_back(part);
    }
  }
  std::string key = rooted ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) key += '/';
    key += parts[i];
  }
  if (key.empty()) key = ".";
  if (key.starts_with("..")) {
    const bool leaves = key == ".." || key.starts_with("../");
    if (leaves) {
      return tl::unexpected<std::string>("invalid key name, path traversal is not allowed");
    }
  }
  if (tail.ends_with('/') && !key.ends_with('/')) key += '/';
  return key;
}

Answer missing_page_answer() { return {404, {}, {}, false}; }

/// The answer with the bare bytes; a browser must not take them for a page of its own. (H-192)
Answer raw(const std::string& value) {
  return {200,
          {{"Content-Type", "text/plain; charset=utf-8"},
           {"Content-Length", std::to_string(value.size())},
           {"X-Content-Type-Options", "nosniff"},
           {"Content-Security-Policy", "sandbox"}},
          value,
          false};
}

Page get_one(const View& view, const Exchange& exchange, const std::string& key,
             const acl::Authorizer& asking, store::WatchSet* watches) {
  if (auto allowed = asking.require({acl::Resource::key, acl::Access::read, key}); !allowed) {
    return failed_page(allowed.error().detail);
  }
  const auto found = catalog::kv_get(tables_of(view, exchange), key, watches);
  if (found.rows == nullptr) return {missing_page_answer(), found.index, true};
  if (exchange.query().has("raw")) return {raw(found.rows->value), found.index};
  return {json("[" + catalog::to_json_text(*found.rows) + "]"), found.index};
}

struct Listing {
  std::vector<const catalog::KvEntry*> entries;
  store::RaftIndex index = 0;
  bool kept_back = false;
};

Listing list(const View& view, const Exchange& exchange, const std::string& prefix,
             const acl::Authorizer& asking, store::WatchSet* watches) {
  auto found = catalog::kv_list(tables_of(view, exchange), prefix, watches);
  const std::size_t all = found.rows.size();
  std::erase_if(found.rows, [&](const auto* entry) { return !asking.key_read(entry->key); });
  const bool kept_back = found.rows.size() < all;
  return {std::move(found.rows), found.index, kept_back};
}

Page get_tree(const View& view, const Exchange& exchange, const std::string& prefix,
              const acl::Authorizer& asking, store::WatchSet* watches) {
  const Listing found = list(view, exchange, prefix, asking, watches);
  // Not a missing page: a prefix without keys wakes on every write. (datacenter 2.3)
  Page page{missing_page_answer(), found.index, true};
  if (!found.entries.empty()) {
    page = {json(json_array(found.entries,
                            [](const auto* entry) { return catalog::to_json_text(*entry); })),
            found.index};
  }
  page.filtered = found.kept_back;
  return page;
}

Page get_keys(const View& view, const Exchange& exchange, const std::string& prefix,
              const acl::Authorizer& asking, store::WatchSet* watches) {
  const Listing found = list(view, exchange, prefix, asking, watches);
  const Query& query = exchange.query();
  const std::string separator =
      query.has("seperator") ? query.get("seperator") : query.get("separator");
  const auto keys = catalog::cut_keys(found.entries, prefix, separator);
  Page page{json(json_array(keys)), found.index};
  if (keys.empty() && !prefix.empty()) page = {missing_page_answer(), found.index, true};
  page.filtered = found.kept_back;
  return page;
}

Prepared get(const ExchangePtr& exchange, const ReadOptions& options, std::string key) {
  const Query& query = exchange->query();
  const bool keys = query.has("keys");
  const bool tree = query.has("recurse");
  if (key.empty() && !keys && !tree) return refused(failed(400, "Missing key name"));
  const auto page = keys ? get_keys : tree ? get_tree : get_one;
  return Serving([exchange, options, key = std::move(key), page](const View& view) {
    return read_as(view, *exchange, options, {},
                   [exchange, key, page](const View& now, const acl::Authorizer& asking,
                                         store::WatchSet* watches) {
                     return page(now, *exchange, key, asking, watches);
                   });
  });
}

/// Of these parameters one at most may be there. (H-199, H-200)
bool conflicts(const Query& query, std::initializer_list<const char*> names) {
  int present = 0;
  for (const char* name : names) present += query.has(name) ? 1 : 0;
  return present > 1;
}

Answer conflict(const Query& query) {
  Answer answer = failed(400, fmt::format("Conflicting flags: {}\n", query.encoded()));
  return answer;
}

Answer too_large(const Exchange& exchange, std::uint64_t limit) {
  if (exchange.request().chunked) {
    return failed(413, fmt::format("Request body too large. Max allowed is {} bytes.", limit));
  }
  return failed(413, fmt::format("Request body({} bytes) too large, max size: {} bytes. See "
                                 "https://developer.hashicorp.com/docs/agent/config/"
                                 "config-files#kv_max_value_size.",
                                 exchange.request().body.size(), limit));
}

Answer matched(const Applied& applied) {
  if (applied.result.failed()) return failed(applied.result.error);
  return json_bool(applied.result.value != 0);
}

Serving write(const ExchangePtr& exchange, catalog::KvWrite wanted) {
  return Serving([exchange, wanted = std::move(wanted)](const View& view) -> Step {
    const auto asking = authorizer(view, *exchange);
    if (!asking) return done(asking.error());
    const bool tree = wanted.verb == catalog::KvWrite::Verb::erase_tree;
    const auto allowed =
        (*asking)->require({acl::Resource::key, acl::Access::write, wanted.entry.key,
                            tree ? acl::Scope::prefix : acl::Scope::one});
    if (!allowed) return done(failed(allowed.error().detail));
    return propose(CatalogCommand{catalog::Command(wanted), exchange->partition()}, matched);
  });
}

Prepared put(const ExchangePtr& exchange, const View& view, std::string key) {
  using Verb = catalog::KvWrite::Verb;
  const Query& query = exchange->query();
  if (key.empty()) return refused(failed(400, "Missing key name"));
  if (conflicts(query, {"cas", "acquire", "release"})) return refused(conflict(query));
  catalog::KvWrite wanted;
  if (query.has("flags")) {
    const auto flags = parse_uint(query.get("flags"));
    if (!flags) return refused(failed(flags.error()));
    wanted.entry.flags = *flags;
  }
  if (query.has("cas")) {
    const auto index = parse_uint(query.get("cas"));
    if (!index) return refused(failed(index.error()));
    wanted.entry.indexes.modify = *index;
    wanted.verb = Verb::cas;
  }
  if (query.has("acquire") || query.has("release")) {
    return refused(failed(501, "locks are not implemented by peerlab"));
  }
  // Without a length the limit is looked at late, with some bytes of grace. (H-202)
  const std::uint64_t limit = view.settings.kv_max_value_size;
  const std::uint64_t grace = exchange->request().chunked ? 4096 : 0;
  if (exchange->request().body.size() > limit + grace) return refused(too_large(*exchange, limit));
  wanted.entry.key = std::move(key);
  wanted.entry.value = exchange->request().body;
  return write(exchange, std::move(wanted));
}

Prepared erase(const ExchangePtr& exchange, std::string key) {
  using Verb = catalog::KvWrite::Verb;
  const Query& query = exchange->query();
  if (conflicts(query, {"recurse", "cas"})) return refused(conflict(query));
  catalog::KvWrite wanted;
  wanted.verb = query.has("recurse") ? Verb::erase_tree : Verb::erase;
  if (key.empty() && wanted.verb == Verb::erase) return refused(failed(400, "Missing key name"));
  if (query.has("cas")) {
    const auto index = parse_uint(query.get("cas"));
    if (!index) return refused(failed(index.error()));
    wanted.entry.indexes.modify = *index;
    wanted.verb = Verb::erase_cas;
  }
  wanted.entry.key = std::move(key);
  return write(exchange, std::move(wanted));
}

}  // namespace

Prepared kv(const ExchangePtr& exchange, const View& view) {
  const auto options = exchange->read_options();
  if (!options) return refused(options.error());
  auto key = key_of(exchange->tail(pattern));
  if (!key) return refused(failed(std::move(key.error())));
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  const std::string& method = exchange->request().method;
  if (method == "GET") return get(exchange, *options, *std::move(key));
  if (method == "PUT") return put(exchange, view, *std::move(key));
  return erase(exchange, *std::move(key));
}

}  // namespace peerlab::server::api
