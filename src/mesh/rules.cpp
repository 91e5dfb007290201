#include "peerlab/mesh/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

#include "peerlab/base/overloaded.hpp"
#include "peerlab/catalog/queries.hpp"

namespace peerlab::mesh {
namespace {

std::string_view partition_of(const PartitionName& partition) {
  return trust::or_default(partition.value());
}

const trust::TrustBundle* bundle_of(const std::vector<trust::TrustBundle>& peers,
                                    const PeerName& peer) {
  const auto found = std::ranges::find(peers, peer, &trust::TrustBundle::peer);
  return found == peers.end() ? nullptr : &*found;
}

bool names(const std::string& pattern, std::string_view name) {
  return pattern == "*" || pattern == name;
}

/// Whether an identity is one that the rule's source means. The datacenter does not count. (T-110)
bool is_source(const Rule& rule, const trust::SpiffeId& id, const Mutants& mutants) {
  const auto* service = std::get_if<trust::ServiceIdentity>(&id);
  if (service == nullptr) return false;
  const bool domain = service->trust_domain == rule.trust_domain || mutants.has(Mutant::HB_094);
  return domain && partition_of(service->partition) == partition_of(rule.partition) &&
         names(std::string(trust::or_default(rule.source.ns)), trust::or_default(service->ns)) &&
         names(rule.source.name.value(), service->service.value());
}

bool is_own_gateway(const Rules& rules, const trust::SpiffeId& id) {
  const auto* gateway = std::get_if<trust::MeshGatewayIdentity>(&id);
  return gateway != nullptr && gateway->trust_domain == rules.own_trust_domain &&
         partition_of(gateway->partition) == partition_of(rules.own_partition);
}

bool is_known(const Rules& rules, const TrustDomain& domain) {
  return domain == rules.own_trust_domain || std::ranges::count(rules.peers, domain) > 0;
}

bool text_matches(const HeaderMatch& match, std::string value) {
  std::string wanted = match.value;
  if (match.ignore_case) {
    const auto lower = [](unsigned char c) { return static_cast<char>(std::tolower(c)); };
    std::ranges::transform(wanted, wanted.begin(), lower);
    std::ranges::transform(value, value.begin(), lower);
  }
  switch (match.form) {
    case HeaderMatch::Form::present:
      return true;
    case HeaderMatch::Form::exact:
      return value == wanted;
    case HeaderMatch::Form::prefix:
      return value.starts_with(wanted);
    case HeaderMatch::Form::suffix:
      return value.ends_with(wanted);
    case HeaderMatch::Form::contains:
      return value.find(wanted) != value.npos;
    case HeaderMatch::Form::regex:
      return false;  // handled by the caller
  }
  return false;
}

/// The whole text must match, as the proxy does it. An expression that cannot be read matches
/// nothing; longer texts than any proxy lets pass are not tried, because std::regex recurses.
bool regex_matches(const std::string& expression, const std::string& text) {
  constexpr std::size_t longest = 8'192;
  if (text.size() > longest) return false;
  try {
    return std::regex_match(text, std::regex(expression));
  } catch (const std::regex_error&) {
    return false;
  }
}

bool header_matches(const HeaderMatch& match, const HttpRequest& request) {
  const auto header = request.headers.find(match.name);
  // A missing header does not match, and therefore does when inverted.
  const bool matches =
      header != request.headers.end() &&
      (match.form == HeaderMatch::Form::regex ? regex_matches(match.value, header->second)
                                              : text_matches(match, header->second));
  return matches != match.invert;
}

bool request_matches(const HttpMatch& match, const HttpRequest& request) {
  const std::string path = request.path.substr(0, request.path.find('?'));
  if (!match.path_exact.empty() && path != match.path_exact) return false;
  if (!match.path_prefix.empty() && !path.starts_with(match.path_prefix)) return false;
  if (!match.path_regex.empty() && !regex_matches(match.path_regex, path)) return false;
  if (!match.methods.empty() && std::ranges::count(match.methods, request.method) == 0) {
    return false;
  }
  return std::ranges::all_of(match.headers,
                             [&](const auto& header) { return header_matches(header, request); });
}

std::string describe(const IntentionSource& source) {
  std::string text = fmt::format("intention for {}", source.name.value());
  if (!source.peer.value().empty()) return text + " of peer " + source.peer.value();
  const std::string_view partition = partition_of(source.partition);
  return partition == "default" ? text : fmt::format("{} of partition {}", text, partition);
}

Verdict by_permissions(const Rules& rules, const Rule& rule, const HttpRequest* request,
                       const Mutants& mutants) {
  if (request == nullptr) return {Action::deny, describe(rule.source) + " needs HTTP"};
  for (const auto& permission : rule.permissions) {
    if (!request_matches(permission.http, *request)) continue;
    const bool planted = mutants.has(Mutant::HB_115) && rule.permissions.size() == 1 &&
                         rules.otherwise == Action::deny;
    return {planted ? Action::allow : permission.action,
            fmt::format("a permission of the {}", describe(rule.source))};
  }
  return {rules.otherwise, fmt::format("no permission of the {} matches, default intention policy",
                                       describe(rule.source))};
}

}  // namespace

Rules make_rules(const std::vector<Intention>& intentions, const trust::ServiceRef& destination,
                 const trust::TrustBundle& own, const std::vector<trust::TrustBundle>& peers,
                 Action otherwise, std::string_view protocol, const Mutants& mutants) {
  Rules out{.otherwise = otherwise,
            .http = catalog::is_http_like(protocol),
            .own_trust_domain = own.trust_domain,
            .own_partition = destination.partition,
            .peers = {},
            .rules = {}};
  for (const auto& peer : peers) out.peers.push_back(peer.trust_domain);
  std::set<std::pair<std::string, ServiceName>> seen;
  for (const auto& intention : candidates(intentions, destination)) {
    const IntentionSource& source = intention.source;
    const bool peered = !source.peer.value().empty();
    const trust::TrustBundle* bundle = peered ? bundle_of(peers, source.peer) : &own;
    if (bundle == nullptr) continue;
    if (mutants.has(Mutant::HB_096) && peered && !seen.insert({source.ns, source.name}).second) {
      continue;
    }
    out.rules.push_back({.source = source,
                         .trust_domain = bundle->trust_domain,
                         .partition = peered ? bundle->exported_partition : source.partition,
                         .by_header = peered && out.http,
                         .action = intention.action,
                         .permissions = intention.permissions});
  }
  return out;
}

std::string first_uri(std::string_view xfcc) {
  const auto element = xfcc.substr(0, xfcc.find(','));
  constexpr std::string_view key = "URI=";
  const auto at = element.rfind(key);
  // The key is the last one of its element and follows another.
  if (at == element.npos || at == 0 || element[at - 1] != ';') return {};
  return std::string(element.substr(at + key.size()));
}

Verdict decide(const Rules& rules, const Caller& caller, const HttpRequest* request,
               const Mutants& mutants) {
  const bool gateway = is_own_gateway(rules, caller.certificate);
  const auto vouched = rules.http && gateway ? trust::parse_spiffe_id(first_uri(caller.xfcc))
                                             : failure(Errc::malformed_message, {});
  for (const auto& rule : rules.rules) {
    const bool matches = rule.by_header ? vouched && is_source(rule, *vouched, mutants)
                                        : is_source(rule, caller.certificate, mutants);
    if (!matches) continue;
    if (!rule.action) return by_permissions(rules, rule, request, mutants);
    return {*rule.action, describe(rule.source)};
  }
  if (vouched && !is_known(rules, trust::trust_domain(*vouched)) && !mutants.has(Mutant::QT_14)) {
    return {Action::deny, fmt::format("no trust bundle for {}, which a gateway names",
                                      trust::trust_domain(*vouched).value())};
  }
  return {rules.otherwise, "default intention policy"};
}

}  // namespace peerlab::mesh
