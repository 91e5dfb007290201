#include <fmt/format.h>

#include "peerlab/mesh/names.hpp"
#include "peerlab/mesh/rules.hpp"

namespace peerlab::mesh {
namespace {

using catalog::Json;

Json object(const char* key, Json value) { return Json::Object{{key, std::move(value)}}; }

Json safe_regex(std::string regex) {
  return object("safe_regex", object("regex", std::move(regex)));
}

std::string ap_part(const PartitionName& partition) {
  const auto name = trust::or_default(partition.value());
  return name == "default" ? std::string() : fmt::format("/ap/{}", name);
}

std::string pattern(std::string_view name) {
  return name == "*" ? std::string("[^/]+") : std::string(name);
}

// Names go into expressions as they are, without escapes, as in the reference (QT-02). That is only
// for the comparison: `decide` compares names and not expressions.

std::string identity_pattern(const Rule& rule) {
  return fmt::format("spiffe://{}{}/ns/{}/dc/[^/]+/svc/{}", rule.trust_domain.value(),
                     ap_part(rule.partition), pattern(trust::or_default(rule.source.ns)),
                     pattern(rule.source.name.value()));
}

Json by_certificate(const std::string& regex) {
  return object("authenticated", object("principal_name", safe_regex("^" + regex + "$")));
}

Json by_header(const Rule& rule) {
  return object("header",
                Json::Object{{"name", "x-forwarded-client-cert"},
                             {"string_match", safe_regex(fmt::format("^[^,]+;URI={}(?:,.*)?$",
                                                                     identity_pattern(rule)))}});
}

Json identity(const Rule& rule) {
  return rule.by_header ? by_header(rule) : by_certificate(identity_pattern(rule));
}

Json all_of(const char* outer, const char* inner, Json::Array list) {
  if (list.size() == 1) return std::move(list.front());
  return object(outer, object(inner, std::move(list)));
}

/// The source of one rule without those of the rules before it that are narrower.
Json principal(const Rules& rules, std::size_t index) {
  const Rule& rule = rules.rules[index];
  Json::Array ids{identity(rule)};
  for (std::size_t i = index; i-- > 0;) {
    if (covers(rule.source, rules.rules[i].source)) {
      ids.push_back(object("not_id", identity(rules.rules[i])));
    }
  }
  Json whole = all_of("and_ids", "ids", std::move(ids));
  if (!rule.by_header) return whole;
  const std::string gateway =
      fmt::format("spiffe://{}{}/gateway/mesh/dc/[^/]+", rules.own_trust_domain.value(),
                  ap_part(rules.own_partition));
  return all_of("and_ids", "ids", {by_certificate(gateway), std::move(whole)});
}

Json header_object(const HeaderMatch& match) {
  Json::Object out{{"name", match.name}};
  const auto string_match = [&](const char* form, Json value) {
    Json::Object inner{{form, std::move(value)}};
    if (match.ignore_case) inner["ignore_case"] = true;
    out["string_match"] = std::move(inner);
  };
  switch (match.form) {
    case HeaderMatch::Form::present:
      out["present_match"] = true;
      break;
    case HeaderMatch::Form::exact:
      string_match("exact", match.value);
      break;
    case HeaderMatch::Form::prefix:
      string_match("prefix", match.value);
      break;
    case HeaderMatch::Form::suffix:
      string_match("suffix", match.value);
      break;
    case HeaderMatch::Form::contains:
      string_match("contains", match.value);
      break;
    case HeaderMatch::Form::regex:
      out["string_match"] = safe_regex(match.value);
      break;
  }
  if (match.invert) out["invert_match"] = true;
  return object("header", std::move(out));
}

Json permission_object(const HttpMatch& match) {
  Json::Array all;
  const auto path = [&](Json how) {
    all.push_back(object("url_path", object("path", std::move(how))));
  };
  if (!match.path_exact.empty()) path(object("exact", match.path_exact));
  if (!match.path_prefix.empty()) path(object("prefix", match.path_prefix));
  if (!match.path_regex.empty()) path(safe_regex(match.path_regex));
  for (const auto& header : match.headers) all.push_back(header_object(header));
  if (!match.methods.empty()) {
    std::string methods;
    for (const auto& method : match.methods) methods += (methods.empty() ? "" : "|") + method;
    all.push_back(
        object("header", Json::Object{{"name", ":method"}, {"string_match", safe_regex(methods)}}));
  }
  if (all.empty()) return object("any", true);
  return all_of("and_rules", "rules", std::move(all));
}

/// The permissions of the other action than the default, each without those before it.
Json::Array permissions(const Rule& rule, Action otherwise) {
  Json::Array out;
  for (std::size_t i = 0; i < rule.permissions.size(); ++i) {
    if (rule.permissions[i].action == otherwise) continue;
    Json::Array all{permission_object(rule.permissions[i].http)};
    for (std::size_t j = i; j-- > 0;) {
      all.push_back(object("not_rule", permission_object(rule.permissions[j].http)));
    }
    out.push_back(all_of("and_rules", "rules", std::move(all)));
  }
  return out;
}

}  // namespace

Json rule_object(const Rules& rules) {
  Json::Object policies;
  Json::Array layer4;
  int layer7 = 0;
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    const Rule& rule = rules.rules[i];
    // On a tcp listener permissions cannot be judged and act as deny.
    const auto action = rule.action  ? rule.action
                        : rules.http ? std::nullopt
                                     : std::optional(Action::deny);
    if (action) {
      if (*action != rules.otherwise) layer4.push_back(principal(rules, i));
      continue;
    }
    Json::Array allowed = permissions(rule, rules.otherwise);
    if (allowed.empty()) continue;
    policies[fmt::format("consul-intentions-layer7-{}", layer7++)] = Json::Object{
        {"permissions", std::move(allowed)}, {"principals", Json::Array{principal(rules, i)}}};
  }
  if (!layer4.empty()) {
    policies["consul-intentions-layer4"] = Json::Object{
        {"permissions", Json::Array{object("any", true)}}, {"principals", std::move(layer4)}};
  }
  Json::Object out;
  if (rules.otherwise == Action::allow) out["action"] = "DENY";
  if (!policies.empty()) out["policies"] = std::move(policies);
  return out;
}

}  // namespace peerlab::mesh
