#include "read_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "peerlab/base/assert.hpp"
#include "peerlab/text/utf8.hpp"
#include "read_call.hpp"
#include "values.hpp"

namespace peerlab::scenario {

using checks::Tenant;
using text::Node;

namespace {

std::optional<std::string> text_at(const Node& node, std::string_view key) {
  const Node* value = node.get(key);
  if (value == nullptr) return std::nullopt;
  return value->text;
}

std::optional<bool> flag_at(const Node& node, std::string_view key) {
  const Node* value = node.get(key);
  if (value == nullptr) return std::nullopt;
  return value->text == "true";
}

std::optional<checks::Count> count_at(const Node& node, std::string_view key) {
  const Node* value = node.get(key);
  if (value == nullptr) return std::nullopt;
  return count(*value);
}

std::optional<Duration> duration_at(const Node& node, std::string_view key) {
  const Node* value = node.get(key);
  if (value == nullptr) return std::nullopt;
  return duration(*value);
}

bool is_any(const Node& in) { return in.text == "any"; }

}  // namespace

std::vector<checks::Check> CheckReader::list(const Node& list,
                                             std::vector<text::Span>& spans) const {
  Checks found;
  for (const Node& item : elements(list)) {
    for (const text::Entry& entry : item.entries) {
      if (!is_word(entry)) continue;
      add(entry.key, entry.value, found);
      spans.resize(found.size(), entry.key_span);
    }
    cover(item, checks());
  }
  return found;
}

bool CheckReader::is_word(const text::Entry& entry) {
  return entry.key != "as" && entry.key != "covers";
}

void CheckReader::cover(const Node& item, std::span<const Word> words) const {
  const text::Entry* covers = item.find("covers");
  if (covers == nullptr) return;
  for (const text::Entry& entry : item.entries) {
    if (!is_word(entry)) continue;
    const Word::Group group = find_word(words, entry.key)->group;
    const bool checks_something = group == Word::Group::check || group == Word::Group::fact ||
                                  find_word(checks(), entry.key) != nullptr ||
                                  entry.value.get("expect") != nullptr;
    if (checks_something) continue;
    lookup_.diagnostics()
        .error(text::codes::not_covered, covers->key_span,
               fmt::format("{} checks nothing, so it proves nothing", text::quote(entry.key)))
        .help("write `covers` beside the check that proves the statement");
    return;
  }
  for (const Node& statement : elements(covers->value)) covers_.insert(statement.text);
}

void CheckReader::add(std::string_view word, const Node& node, Checks& into) const {
  using Way = checks::ServicesCheck::Way;
  if (word == "call") return into.emplace_back(call(node)), void();
  if (word == "http") return into.emplace_back(http(node)), void();
  if (word == "leader") return into.emplace_back(leader(node)), void();
  if (word == "peering") return peering(node, into);
  if (word == "imported") return into.emplace_back(services(Way::imported, node)), void();
  if (word == "exported") return into.emplace_back(services(Way::exported, node)), void();
  if (word == "instances") return into.emplace_back(instances(node)), void();
  if (word == "roots") return into.emplace_back(roots(node)), void();
  if (word == "messages") return messages(node, into);
  PEERLAB_ASSERT(word == "work");
  work(node, into);
}

// --- made to find out ----------------------------------------------------------------------------

checks::CallCheck CheckReader::call(const Node& node) const { return read_call(node, lookup_); }

checks::HttpCheck CheckReader::http(const Node& node) const {
  checks::HttpCheck check;
  check.server = lookup_.server(*node.get("in"));
  if (const auto method = text_at(node, "method")) check.method = *method;
  check.target = node.get("path")->text;
  if (const Node* body = node.get("body")) {
    check.request_body = body->is_scalar() ? body->text : to_json(*body);
  }
  if (const auto timeout = duration_at(node, "timeout")) check.timeout = *timeout;
  expect(node, check);
  return check;
}

void CheckReader::expect(const Node& step, checks::HttpCheck& check) const {
  const Node* expect = step.get("expect");
  if (expect == nullptr) return;
  if (const Node* status = expect->get("status")) {
    check.status = static_cast<int>(lookup_.within(*status, 0, 599, "a status"));
  }
  check.body = text_at(*expect, "body");
  check.contains = text_at(*expect, "contains");
  if (const Node* json = expect->get("json")) {
    for (const text::Entry& entry : json->entries) {
      check.json.emplace_back(entry.key, entry.value.text);
    }
  }
}

// --- read from the trace -------------------------------------------------------------------------

checks::LeaderCheck CheckReader::leader(const Node& node) const {
  checks::LeaderCheck check;
  check.cluster = lookup_.cluster(node.is_scalar() ? node : *node.get("in"));
  if (const auto exists = flag_at(node, "exists")) check.exists = *exists;
  if (const Node* is = node.get("is")) check.is = lookup_.host(*is);
  if (const Node* is_not = node.get("is_not")) check.is_not = lookup_.host(*is_not);
  return check;
}

void CheckReader::peering(const Node& node, Checks& into) const {
  checks::PeeringCheck check;
  if (const auto exists = flag_at(node, "exists")) check.exists = *exists;
  check.state = text_at(node, "state");
  const Node* implies = node.get("implies");
  check.only_if_state = implies != nullptr;
  const Node& rest = implies != nullptr ? *implies : node;
  check.connected = flag_at(rest, "connected");
  check.because = text_at(rest, "because");
  check.heartbeat_younger_than = duration_at(rest, "heartbeat_younger_than");
  check.imported = count_at(rest, "imported");
  check.exported = count_at(rest, "exported");
  const Node& in = *node.get("in");
  const Node* peer = node.get("peer");
  if (!is_any(in)) check.in = lookup_.tenant(in);
  if (!is_any(in) && peer != nullptr) {
    check.peer = peers_.peer(*peer, check.in, lookup_);
    return into.emplace_back(check), void();
  }
  if (!is_any(in) || peer != nullptr) {
    lookup_.diagnostics()
        .error(text::codes::missing_key, in.span,
               is_any(in) ? "a peer has its name in one cluster, not in any"
                          : "this check needs the key `peer`")
        .help("write `in: dc1, peer: dc2`, or `in: any` without `peer` for every peering there is");
    return;
  }
  for (const Tenant& tenant : peers_.tenants()) {
    for (const std::string& name : peers_.of(tenant)) {
      check.in = tenant;
      check.peer = name;
      into.emplace_back(check);
    }
  }
}

checks::ServicesCheck CheckReader::services(checks::ServicesCheck::Way way,
                                            const Node& node) const {
  checks::ServicesCheck check;
  check.way = way;
  check.in = lookup_.tenant(*node.get("in"));
  check.peer = peers_.peer(*node.get("peer"), check.in, lookup_);
  check.count = count_at(node, "count");
  if (const Node* services = node.get("services")) {
    check.services.emplace();
    for (const Node& name : elements(*services)) check.services->push_back(name.text);
    std::sort(check.services->begin(), check.services->end());
  }
  if (const Node* of = node.get("equals_exports_of")) {
    check.exports_of = lookup_.tenant(*of);
    const auto name = peers_.reverse(check.in, check.peer, *check.exports_of);
    check.as_peer = name.value_or("");
    if (!name) {
      lookup_.diagnostics()
          .error(text::codes::unknown_peer, of->span,
                 fmt::format("peer {} of {} is not {}", text::quote(check.peer),
                             text::quote(checks::text(check.in)), text::quote(of->text)))
          .help("name the cluster that the `peer` step ties to this name");
    }
  }
  return check;
}

checks::InstancesCheck CheckReader::instances(const Node& node) const {
  checks::InstancesCheck check;
  check.in = lookup_.tenant(*node.get("in"));
  if (const Node* peer = node.get("peer")) check.peer = peers_.peer(*peer, check.in, lookup_);
  check.service = node.get("service")->text;
  check.total = count_at(node, "total");
  check.passing = count_at(node, "passing");
  return check;
}

checks::RootsCheck CheckReader::roots(const Node& node) const {
  checks::RootsCheck check;
  check.in = lookup_.tenant(*node.get("in"));
  if (const Node* peer = node.get("of_peer")) check.of_peer = peers_.peer(*peer, check.in, lookup_);
  check.count = count_at(node, "count");
  if (const Node* of = node.get("equals_roots_of")) check.equals_roots_of = lookup_.tenant(*of);
  return check;
}

void CheckReader::messages(const Node& node, Checks& into) const {
  checks::MessagesCheck check;
  check.sent = flag_at(node, "sent");
  check.kind = text_at(node, "kind");
  check.type = text_at(node, "type");
  check.error = text_at(node, "error");
  check.count = count(*node.get("count"));
  check.since = since(node);
  for (const std::string& cluster : clusters(*node.get("in"))) {
    check.cluster = cluster;
    if (const Node* peer = node.get("peer")) check.peer = peers_.peer(*peer, {cluster}, lookup_);
    into.emplace_back(check);
  }
}

void CheckReader::work(const Node& node, Checks& into) const {
  checks::WorkCheck check;
  check.log_entries = count_at(node, "log_entries");
  check.largest_log_entry = count_at(node, "largest_log_entry");
  check.last = duration_at(node, "for");
  check.since = since(node);
  for (const std::string& cluster : clusters(*node.get("in"))) {
    check.cluster = cluster;
    into.emplace_back(check);
  }
}

std::vector<std::string> CheckReader::clusters(const Node& in) const {
  if (is_any(in)) return lookup_.clusters_with_servers();
  return {lookup_.cluster(in)};
}

std::optional<std::string> CheckReader::since(const Node& node) const {
  const Node* title = node.get("since");
  if (title == nullptr) return std::nullopt;
  if (titles_.count(title->text) == 0) {
    lookup_.unknown(text::codes::unknown_title, title->span, "earlier step", title->text,
                    {titles_.begin(), titles_.end()});
  }
  return title->text;
}

}  // namespace peerlab::scenario
