#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <tuple>

#include "catalog/config_checks.hpp"

/// Resolvers, splitters and routers, each by itself; what they make together is checked with the
/// discovery chain (config_entry_discoverychain.go).
namespace peerlab::catalog {

namespace {

/// The rule of DNS labels, which subsets must be.
Result<void> check_subset_name(const std::string& name) {
  if (name.empty()) return refuse("Subset defined with empty name");
  if (name.size() > 63) {
    return refuse(fmt::format(
        "Subset \"{}\" is invalid: must be non-empty and 63 characters or fewer", name));
  }
  const auto word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const bool label = word(name.front()) && word(name.back()) &&
                     std::ranges::all_of(name, [&](char c) { return word(c) || c == '-'; });
  if (label) return {};
  return refuse(
      fmt::format("Subset \"{}\" is invalid: must be 63 characters or fewer, begin or end with "
                  "lower case alphanumeric characters, and contain lower case alphanumeric "
                  "characters or '-' in between",
                  name));
}

/// Tenancy that only Enterprise Edition has, as "Setting X requires Consul Enterprise".
Result<void> check_tenancy(std::string_view name, const std::string& value,
                           const std::string& where) {
  if (value.empty()) return {};
  return refuse(fmt::format("{}Setting {} requires Consul Enterprise", where, name));
}

Result<void> check_redirect(const ServiceResolver& entry) {
  const ResolverRedirect& redirect = *entry.redirect;
  if (redirect == ResolverRedirect{}) return refuse("Redirect is empty");
  auto tenancy =
      check_tenancy("Partition", redirect.partition, "Redirect: ")
          .and_then([&] { return check_tenancy("Namespace", redirect.namespace_, "Redirect: "); })
          .and_then([&] {
            return check_tenancy("SamenessGroup", redirect.sameness_group, "Redirect: ");
          });
  if (!tenancy) return tenancy;
  if (!redirect.peer.empty()) {
    if (!redirect.service_subset.empty()) {
      return refuse("Redirect.Peer cannot be set with Redirect.ServiceSubset");
    }
    if (!redirect.datacenter.empty()) {
      return refuse("Redirect.Peer cannot be set with Redirect.Datacenter");
    }
  }
  if (redirect.service.empty()) {
    if (!redirect.service_subset.empty()) {
      return refuse("Redirect.ServiceSubset defined without Redirect.Service");
    }
    if (!redirect.peer.empty()) return refuse("Redirect.Peer defined without Redirect.Service");
  }
  if (redirect.service == entry.name && !redirect.service_subset.empty() &&
      !entry.subsets.contains(redirect.service_subset)) {
    return refuse(fmt::format("Redirect.ServiceSubset \"{}\" is not a valid subset of \"{}\"",
                              redirect.service_subset, redirect.service));
  }
  return {};
}

Result<void> check_target(const ServiceResolver& entry, const FailoverTarget& target,
                          const std::string& where) {
  auto tenancy = check_tenancy("Partition", target.partition, where).and_then([&] {
    return check_tenancy("Namespace", target.namespace_, where);
  });
  if (!tenancy) return tenancy;
  if (!target.peer.empty() && !target.service_subset.empty()) {
    return refuse(where + "Peer cannot be set with ServiceSubset");
  }
  if (!target.peer.empty() && !target.datacenter.empty()) {
    return refuse(where + "Peer cannot be set with Datacenter");
  }
  const bool own = target.service.empty() || target.service == entry.name;
  if (own && !target.service_subset.empty() && !entry.subsets.contains(target.service_subset)) {
    return refuse(fmt::format("{}ServiceSubset \"{}\" is not a valid subset of \"{}\"", where,
                              target.service_subset, entry.name));
  }
  return {};
}

Result<void> check_failover(const ServiceResolver& entry, const std::string& subset,
                            const ResolverFailover& failover) {
  const std::string key = fmt::format("Bad Failover[\"{}\"]", subset);
  const std::string where = key + ": ";
  auto tenancy = check_tenancy("Namespace", failover.namespace_, where).and_then([&] {
    return check_tenancy("SamenessGroup", failover.sameness_group, where);
  });
  if (!tenancy) return tenancy;
  if (failover.policy && !failover.policy->mode.empty()) {
    return refuse(where + "Setting failover policies requires Consul Enterprise");
  }
  if (subset != "*" && !entry.subsets.contains(subset)) {
    return refuse(where + "not a valid subset subset");
  }
  if (failover.service.empty() && failover.service_subset.empty() && failover.datacenters.empty() &&
      failover.targets.empty()) {
    return refuse(where +
                  "one of Service, ServiceSubset, Namespace, Targets, SamenessGroup, or "
                  "Datacenters is required");
  }
  const bool own = failover.service.empty() || failover.service == entry.name;
  if (own && !failover.service_subset.empty() && !entry.subsets.contains(failover.service_subset)) {
    return refuse(fmt::format("{}ServiceSubset \"{}\" is not a valid subset of \"{}\"", where,
                              failover.service_subset, failover.service));
  }
  if (!failover.targets.empty()) {
    if (!failover.datacenters.empty()) {
      return refuse(where + "Targets cannot be set with Datacenters");
    }
    if (!failover.service_subset.empty()) {
      return refuse(where + "Targets cannot be set with ServiceSubset");
    }
    if (!failover.service.empty()) return refuse(where + "Targets cannot be set with Service");
  }
  for (const std::string& datacenter : failover.datacenters) {
    if (datacenter.empty()) return refuse(key + ".Datacenters: found empty datacenter");
  }
  for (std::size_t i = 0; i < failover.targets.size(); ++i) {
    auto target = check_target(entry, failover.targets[i], fmt::format("{}.Targets[{}]: ", key, i));
    if (!target) return target;
  }
  return {};
}

Result<void> check_hash_policy(const HashPolicy& policy, const std::string& where) {
  constexpr std::array<std::string_view, 4> fields = {"", "header", "cookie", "query_parameter"};
  if (!is_one_of(policy.field, fields)) {
    return refuse(fmt::format("{}\"{}\" is not a supported field", where, policy.field));
  }
  if (policy.source_ip && !policy.field.empty()) {
    return refuse(
        fmt::format("{}a single hash policy cannot hash both a source address and a \"{}\"", where,
                    policy.field));
  }
  if (policy.source_ip && !policy.field_value.empty()) {
    return refuse(where + "A FieldValue cannot be specified when hashing SourceIP");
  }
  if (!policy.field.empty() && policy.field_value.empty()) {
    return refuse(
        fmt::format("{}Field \"{}\" was specified without a FieldValue", where, policy.field));
  }
  if (policy.field.empty() && !policy.field_value.empty()) {
    return refuse(where + "FieldValue requires a Field to apply to");
  }
  if (!policy.cookie_config) return {};
  if (policy.field != "cookie") {
    return refuse(fmt::format("{}cookie_config provided for \"{}\"", where, policy.field));
  }
  if (policy.cookie_config->session && policy.cookie_config->ttl != Duration(0)) {
    return refuse(where + "a session cookie cannot have an associated TTL");
  }
  return {};
}

Result<void> check_load_balancer(const LoadBalancer& balancer) {
  constexpr std::array<std::string_view, 6> policies = {
      "", "random", "round_robin", "least_request", "ring_hash", "maglev"};
  const std::string& policy = balancer.policy;
  if (!is_one_of(policy, policies)) {
    return refuse(fmt::format("Bad LoadBalancer policy: \"{}\" is not supported", policy));
  }
  const auto incompatible = [&](std::string_view what) {
    return refuse(
        fmt::format("Bad LoadBalancer configuration. {} specified for incompatible load balancing "
                    "policy \"{}\"",
                    what, policy));
  };
  if (policy != "ring_hash" && balancer.ring_hash_config) return incompatible("RingHashConfig");
  if (policy != "least_request" && balancer.least_request_config) {
    return incompatible("LeastRequestConfig");
  }
  if (policy != "ring_hash" && policy != "maglev" && !balancer.hash_policies.empty()) {
    return refuse(
        fmt::format("Bad LoadBalancer configuration: HashPolicies specified for non-hash-based "
                    "Policy: \"{}\"",
                    policy));
  }
  for (std::size_t i = 0; i < balancer.hash_policies.size(); ++i) {
    auto hash = check_hash_policy(balancer.hash_policies[i],
                                  fmt::format("Bad LoadBalancer HashPolicy[{}]: ", i));
    if (!hash) return hash;
  }
  return {};
}

Result<void> check_timeout(std::string_view name, Duration timeout) {
  if (timeout >= Duration(0)) return {};
  return refuse(fmt::format("Bad {} '{}', must be >= 0", name, go_duration(timeout)));
}

/// Hundredths of a percent, the finest step of a split.
std::int64_t hundredths(float weight) { return std::lround(static_cast<double>(weight) * 100); }

Result<void> check_route_path(const RouteHttpMatch& match, const std::string& where) {
  const auto rooted = [&](const std::string& path, std::string_view form) -> Result<void> {
    if (path.empty() || path.starts_with('/')) return {};
    return refuse(fmt::format("{} {} doesn't start with '/': \"{}\"", where, form, path));
  };
  auto paths = rooted(match.path_exact, "PathExact").and_then([&] {
    return rooted(match.path_prefix, "PathPrefix");
  });
  if (!paths) return paths;
  if (!match.path_exact.empty() + !match.path_prefix.empty() + !match.path_regex.empty() > 1) {
    return refuse(where +
                  " should only contain at most one of PathExact, PathPrefix, or PathRegex");
  }
  return {};
}

Result<void> settle_match(RouteHttpMatch& match, const std::string& where) {
  if (auto path = check_route_path(match, where); !path) return path;
  for (std::size_t i = 0; i < match.header.size(); ++i) {
    const RouteHeader& header = match.header[i];
    const std::string what = fmt::format("{} Header[{}]", where, i);
    if (header.name.empty()) return refuse(what + " missing required Name field");
    if (header.present + !header.exact.empty() + !header.prefix.empty() + !header.suffix.empty() +
            !header.regex.empty() !=
        1) {
      return refuse(what + " should only contain one of Present, Exact, Prefix, Suffix, or Regex");
    }
  }
  for (std::size_t i = 0; i < match.query_param.size(); ++i) {
    const RouteQueryParam& param = match.query_param[i];
    const std::string what = fmt::format("{} QueryParam[{}]", where, i);
    if (param.name.empty()) return refuse(what + " missing required Name field");
    if (param.present + !param.exact.empty() + !param.regex.empty() != 1) {
      return refuse(what + " should only contain one of Present, Exact, or Regex");
    }
  }
  return settle_methods(match.methods, where + " ");
}

Result<void> settle_route(ServiceRoute& route, const std::string& where) {
  const bool has_match = route.match && route.match->http;
  if (has_match) {
    if (auto match = settle_match(*route.match->http, where); !match) return match;
  }
  if (!route.destination) return {};
  const bool rewritable = has_match && (!route.match->http->path_exact.empty() ||
                                        !route.match->http->path_prefix.empty());
  if (!route.destination->prefix_rewrite.empty() && !rewritable) {
    return refuse(where +
                  " cannot make use of PrefixRewrite without configuring either PathExact or "
                  "PathPrefix");
  }
  constexpr std::array<std::string_view, 12> conditions = {"5xx",
                                                           "gateway-error",
                                                           "reset",
                                                           "connect-failure",
                                                           "envoy-ratelimited",
                                                           "retriable-4xx",
                                                           "refused-stream",
                                                           "cancelled",
                                                           "deadline-exceeded",
                                                           "internal",
                                                           "resource-exhausted",
                                                           "unavailable"};
  for (const std::string& condition : route.destination->retry_on) {
    if (is_one_of(condition, conditions)) continue;
    return refuse(fmt::format("{} contains an invalid retry condition: \"{}\"", where, condition));
  }
  return {};
}

}  // namespace

Result<void> settle(ServiceResolver& entry) {
  if (entry.name.empty()) return refuse("Name is required");
  if (auto meta = check(meta_errors(entry.meta)); !meta) return meta;
  for (const auto& [name, subset] : entry.subsets) {
    if (auto valid = check_subset_name(name); !valid) return valid;
  }
  if (!entry.default_subset.empty() && !entry.subsets.contains(entry.default_subset)) {
    return refuse(fmt::format("DefaultSubset \"{}\" is not a valid subset", entry.default_subset));
  }
  if (entry.prioritize_by_locality && !entry.prioritize_by_locality->mode.empty()) {
    return refuse("Prioritize-by-locality requires Consul Enterprise ");
  }
  if (entry.redirect) {
    if (!entry.failover.empty()) return refuse("Redirect and Failover cannot both be set");
    if (auto redirect = check_redirect(entry); !redirect) return redirect;
  }
  for (const auto& [subset, failover] : entry.failover) {
    if (auto valid = check_failover(entry, subset, failover); !valid) return valid;
  }
  auto timeouts = check_timeout("ConnectTimeout", entry.connect_timeout).and_then([&] {
    return check_timeout("RequestTimeout", entry.request_timeout);
  });
  if (!timeouts || !entry.load_balancer) return timeouts;
  return check_load_balancer(*entry.load_balancer);
}

Result<void> settle(ServiceSplitter& entry) {
  for (ServiceSplit& split : entry.splits) {
    split.weight = static_cast<float>(hundredths(split.weight)) / 100.0F;
  }
  if (entry.name.empty()) return refuse("Name is required");
  if (auto meta = check(meta_errors(entry.meta)); !meta) return meta;
  if (entry.splits.empty()) return refuse("no splits configured");

  std::set<std::tuple<std::string, std::string, std::string, std::string>> seen;
  std::int64_t sum = 0;
  for (const ServiceSplit& split : entry.splits) {
    const std::string& service = split.service.empty() ? entry.name : split.service;
    if (!seen.emplace(service, split.service_subset, split.namespace_, split.partition).second) {
      return refuse(
          fmt::format("split destination occurs more than once: service=\"{}\", subset=\"{}\", "
                      "namespace=\"{}\", partition=\"{}\"",
                      service, split.service_subset, split.namespace_, split.partition));
    }
    sum += hundredths(split.weight);
  }
  if (sum == 100 * 100) return {};
  return refuse(fmt::format("the sum of all split weights must be 100, not {:f}",
                            static_cast<double>(static_cast<float>(sum) / 100.0F)));
}

Result<void> settle(ServiceRouter& entry) {
  if (entry.name.empty()) return refuse("Name is required");
  if (auto meta = check(meta_errors(entry.meta)); !meta) return meta;
  for (std::size_t i = 0; i < entry.routes.size(); ++i) {
    auto route = settle_route(entry.routes[i], fmt::format("Route[{}]", i));
    if (!route) return route;
  }
  return {};
}

}  // namespace peerlab::catalog
