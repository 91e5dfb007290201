#include "catalog/small_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "peerlab/catalog/config_write.hpp"
#include "peerlab/catalog/encode.hpp"
#include "peerlab/catalog/exports.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/catalog/request.hpp"

using namespace peerlab;
using namespace peerlab::catalog;

namespace {

const DatacenterName own("dc1");

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ec == std::errc{}) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::multimap<std::string, std::string> query_of(std::string_view text) {
  std::multimap<std::string, std::string> query;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    const auto equals = std::min(pair.find('='), pair.size());
    query.emplace(unescaped(pair.substr(0, equals)),
                  unescaped(pair.substr(std::min(equals + 1, pair.size()))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return query;
}

std::string value(const std::multimap<std::string, std::string>& query, const std::string& key) {
  const auto found = query.find(key);
  return found == query.end() ? "" : found->second;
}

/// Reads all of a text as a number.
std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [read, problem] = std::from_chars(text.data(), end, value);
  if (text.empty() || problem != std::errc{} || read != end) return std::nullopt;
  return value;
}

/// Strips a prefix; nothing if there is another.
std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

template <class Rows, class Print>
std::string list(const Rows& rows, Print print) {
  std::vector<std::string> items;
  for (const auto& row : rows) items.push_back(print(row));
  return json_list(items);
}

Meta node_meta_of(const std::multimap<std::string, std::string>& query) {
  Meta meta;
  const auto [begin, end] = query.equal_range("node-meta");
  for (auto at = begin; at != end; ++at) {
    const auto colon = at->second.find(':');
    meta[at->second.substr(0, colon)] =
        colon == std::string::npos ? "" : at->second.substr(colon + 1);
  }
  return meta;
}

bool has_meta(const Meta& meta, const Meta& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& pair) {
    const auto found = meta.find(pair.first);
    return found != meta.end() && found->second == pair.second;
  });
}

bool has_tags(const Service& service, const std::multimap<std::string, std::string>& query) {
  const auto [begin, end] = query.equal_range("tag");
  const auto lower = [](std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  };
  return std::all_of(begin, end, [&](const auto& pair) {
    return std::ranges::any_of(service.tags,
                               [&](const auto& tag) { return lower(tag) == lower(pair.second); });
  });
}

}  // namespace

Result<bool> SmallApi::apply(const Command& command) {
  // What goes through the log must come out of it as it went in.
  const auto read = decode_command(encode(command));
  if (!read || !(*read == command)) {
    return failure(Errc::malformed_message, "not the same after the log");
  }
  store::Transaction transaction(store_, ++index_);
  auto result = tables_.apply(*read);
  last_commit_ = result ? transaction.commit() : store::Commit{index_, {}};
  return result;
}

SmallApi::Answer SmallApi::answer(const Command& command) {
  const auto result = apply(command);
  if (!result) return {500, result.error().detail};
  return {200, *result ? "true" : "false"};
}

std::optional<SmallApi::Answer> SmallApi::call(std::string_view method, std::string_view path,
                                               std::string_view body) {
  const auto mark = std::min(path.find('?'), path.size());
  const Query query = query_of(path.substr(std::min(mark + 1, path.size())));
  path = path.substr(0, mark);
  // What the API room does around the rows is not done here.
  for (const char* beyond : {"filter", "near", "merge-central-config", "cached", "dc", "ns",
                             "partition", "sg", "index", "wait", "raw", "acquire", "release",
                             "consistent", "stale", "pretty", "max_stale", "max-age"}) {
    if (query.contains(beyond)) return std::nullopt;
  }
  if (method == "PUT" && path.starts_with("/v1/catalog/")) return write_catalog(path, body);
  if (method == "GET" && path.starts_with("/v1/catalog/")) return read_catalog(path, query);
  if (method == "GET" && path.starts_with("/v1/health/")) return read_health(path, query);
  if (const auto key = after(path, "/v1/kv/")) return kv(method, *key, query, body);
  if (path == "/v1/config" || path.starts_with("/v1/config/")) {
    return config(method, path, query, body);
  }
  if (method == "GET" && path == "/v1/exported-services") {
    return Answer{200, to_json_text(resolved_exports(tables_).rows),
                  resolved_exports(tables_).index};
  }
  return std::nullopt;
}

std::optional<SmallApi::Answer> SmallApi::write_catalog(std::string_view path,
                                                        std::string_view body) {
  const auto bad = [](const Error& error) {
    return Answer{400, "Request decode failed: " + error.detail};
  };
  if (path == "/v1/catalog/register") {
    const auto request = decode_register(body);
    if (!request) return bad(request.error());
    const auto command = settle_register(*request, own, tables_);
    if (!command) return Answer{500, command.error().detail};
    return answer(*command);
  }
  if (path == "/v1/catalog/deregister") {
    const auto request = decode_deregister(body);
    if (!request) return bad(request.error());
    const auto command = settle_deregister(*request);
    if (!command) return Answer{500, command.error().detail};
    return answer(*command);
  }
  return std::nullopt;
}

std::optional<SmallApi::Answer> SmallApi::read_catalog(std::string_view path, const Query& query) {
  const PeerName peer(value(query, "peer"));
  const Meta meta = node_meta_of(query);
  if (path == "/v1/catalog/nodes") {
    auto found = list_nodes(tables_);
    std::erase_if(found.rows, [&](const Node* node) { return !has_meta(node->meta, meta); });
    return Answer{200, list(found.rows, [](const Node* node) { return to_json_text(*node); }),
                  found.index};
  }
  if (path == "/v1/catalog/services") {
    const auto found = list_services(tables_, {}, meta);
    return Answer{200, to_json_text(found.rows), found.index};
  }
  const auto instances = [&](auto found) {
    std::erase_if(found.rows, [&](const Instance& instance) {
      return !has_meta(instance.node->meta, meta) || !has_tags(*instance.service, query);
    });
    const auto print = [](const Instance& instance) {
      return service_node_json(*instance.node, *instance.service);
    };
    return Answer{200, list(found.rows, print), found.index};
  };
  if (const auto name = after(path, "/v1/catalog/service/"); name && !name->empty()) {
    return instances(service_instances(tables_, ServiceName(unescaped(*name)), peer));
  }
  if (const auto name = after(path, "/v1/catalog/connect/"); name && !name->empty()) {
    return instances(connect_instances(tables_, ServiceName(unescaped(*name)), peer));
  }
  if (const auto name = after(path, "/v1/catalog/node/"); name && !name->empty()) {
    const auto found = node_services(tables_, NodeName(unescaped(*name)));
    if (found.rows.node == nullptr) return Answer{200, "null", found.index};
    std::string services;
    for (const Service* service : found.rows.services) {
      services += fmt::format("{}\"{}\":{}", services.empty() ? "" : ",", service->id.value(),
                              to_json_text(*service));
    }
    return Answer{200,
                  fmt::format("{{\"Node\":{},\"Services\":{{{}}}}}", to_json_text(*found.rows.node),
                              services),
                  found.index};
  }
  if (const auto name = after(path, "/v1/catalog/node-services/"); name && !name->empty()) {
    const auto found = node_services(tables_, NodeName(unescaped(*name)));
    if (found.rows.node == nullptr) {
      return Answer{200, R"({"Node":null,"Services":null})", found.index};
    }
    const auto print = [](const Service* service) { return to_json_text(*service); };
    const std::string services =
        found.rows.services.empty() ? "null" : list(found.rows.services, print);
    return Answer{
        200,
        fmt::format("{{\"Node\":{},\"Services\":{}}}", to_json_text(*found.rows.node), services),
        found.index};
  }
  return std::nullopt;
}

std::optional<SmallApi::Answer> SmallApi::read_health(std::string_view path, const Query& query) {
  const PeerName peer(value(query, "peer"));
  const Meta meta = node_meta_of(query);
  if (query.contains("passing") && !value(query, "passing").empty()) return std::nullopt;
  const auto checks = [&](auto found) {
    std::erase_if(found.rows, [&](const Check* check) {
      const Node* node = tables_.nodes.find(peer_key({}, {check->node.value()}));
      return !has_meta(node->meta, meta);
    });
    return Answer{200, list(found.rows, [](const Check* check) { return to_json_text(*check); }),
                  found.index};
  };
  const auto entries = [&](auto found) {
    std::erase_if(found.rows, [&](const CheckServiceNode& entry) {
      return !has_meta(entry.node.meta, meta) || !has_tags(entry.service, query);
    });
    if (query.contains("passing")) keep_passing(found.rows);
    return Answer{
        200, list(found.rows, [](const CheckServiceNode& entry) { return to_json_text(entry); }),
        found.index};
  };
  if (const auto name = after(path, "/v1/health/node/"); name && !name->empty()) {
    return checks(node_checks(tables_, NodeName(unescaped(*name))));
  }
  if (const auto name = after(path, "/v1/health/checks/"); name && !name->empty()) {
    return checks(service_checks(tables_, ServiceName(unescaped(*name))));
  }
  if (const auto state = after(path, "/v1/health/state/"); state && !state->empty()) {
    return checks(checks_in_state(tables_, unescaped(*state)));
  }
  if (const auto name = after(path, "/v1/health/service/"); name && !name->empty()) {
    return entries(service_health(tables_, ServiceName(unescaped(*name)), peer));
  }
  if (const auto name = after(path, "/v1/health/connect/"); name && !name->empty()) {
    return entries(connect_health(tables_, ServiceName(unescaped(*name)), peer));
  }
  return std::nullopt;
}

std::optional<SmallApi::Answer> SmallApi::kv(std::string_view method, std::string_view key,
                                             const Query& query, std::string_view body) {
  const std::string name = unescaped(key);
  KvEntry entry;
  entry.key = name;
  if (query.contains("cas")) {
    const auto cas = number(value(query, "cas"));
    if (!cas) return std::nullopt;
    entry.indexes.modify = *cas;
  }
  const bool recurse = query.contains("recurse");
  if (method == "PUT") {
    if (name.empty()) return std::nullopt;
    if (query.contains("flags")) {
      const auto flags = number(value(query, "flags"));
      if (!flags) return std::nullopt;
      entry.flags = *flags;
    }
    entry.value = body;
    const auto verb = query.contains("cas") ? KvWrite::Verb::cas : KvWrite::Verb::set;
    return answer(KvWrite{verb, entry});
  }
  if (method == "DELETE") {
    if ((name.empty() && !recurse) || (recurse && query.contains("cas"))) return std::nullopt;
    const auto verb = recurse                 ? KvWrite::Verb::erase_tree
                      : query.contains("cas") ? KvWrite::Verb::erase_cas
                                              : KvWrite::Verb::erase;
    return answer(KvWrite{verb, entry});
  }
  if (method != "GET") return std::nullopt;
  if (query.contains("keys")) {
    const auto found = kv_list(tables_, name);
    if (found.rows.empty() && !name.empty()) return Answer{404, "", found.index};
    const std::string separator = value(query, "separator") + value(query, "seperator");
    std::vector<std::string> keys;
    for (const std::string& cut : cut_keys(found.rows, name, separator)) {
      keys.push_back(go_json_quote(cut));
    }
    return Answer{200, json_list(keys), found.index};
  }
  if (recurse) {
    const auto found = kv_list(tables_, name);
    if (found.rows.empty()) return Answer{404, "", found.index};
    return Answer{200, list(found.rows, [](const KvEntry* row) { return to_json_text(*row); }),
                  found.index};
  }
  if (name.empty()) return std::nullopt;
  const auto found = kv_get(tables_, name);
  if (found.rows == nullptr) return Answer{404, "", found.index};
  return Answer{200, json_list({to_json_text(*found.rows)}), found.index};
}

std::optional<SmallApi::Answer> SmallApi::config(std::string_view method, std::string_view path,
                                                 const Query& query, std::string_view body) {
  const auto cas = number(value(query, "cas"));
  if (!value(query, "cas").empty() && !cas) return std::nullopt;
  if (method == "PUT") {
    const auto decoded = decode_config_entry(body);
    if (!decoded) return Answer{400, "Request decoding failed: " + decoded.error().detail};
    const auto entry = normalize(*decoded);
    if (!entry) {
      return Answer{entry.error().code == Errc::permission_denied ? 403 : 500,
                    entry.error().detail};
    }
    if (is_stored(tables_, *entry)) return Answer{200, "true"};
    return answer(UpsertConfig{*entry, cas});
  }
  if (path == "/v1/config") return std::nullopt;
  const std::string_view rest = path.substr(std::string_view("/v1/config/").size());
  const auto slash = std::min(rest.find('/'), rest.size());
  const std::string kind(rest.substr(0, slash));
  const std::string name = unescaped(rest.substr(std::min(slash + 1, rest.size())));
  if (!kind.empty() && !is_config_entry_kind(kind)) {
    return Answer{method == "GET" ? 500 : 400, "invalid config entry kind: " + kind};
  }
  if (method == "DELETE") {
    if (slash == rest.size()) return Answer{404, "Must provide both a kind and name to delete"};
    if (config_entry(tables_, kind, name).rows == nullptr) {
      return Answer{200, cas ? "true" : "{}"};
    }
    auto outcome = answer(DeleteConfig{kind, name, cas});
    if (!cas && outcome.status == 200) outcome.body = "{}";
    return outcome;
  }
  if (slash == rest.size()) {
    const auto found = config_entries(tables_, kind);
    return Answer{200, list(found.rows, [](const ConfigEntry* row) { return to_json_text(*row); }),
                  found.index};
  }
  const auto found = config_entry(tables_, kind, name);
  if (found.rows == nullptr) {
    return Answer{404, fmt::format("Config entry not found for \"{}\" / \"{}\"", kind, name),
                  found.index};
  }
  return Answer{200, to_json_text(*found.rows), found.index};
}
