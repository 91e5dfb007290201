#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "catalog/config_checks.hpp"

namespace peerlab::catalog {

namespace {

/// Nothing, or why a name may not hold this `*`. `prefix` names the source that is meant.
Result<void> check_wildcard(std::string_view name, const std::string& prefix) {
  if (name == "*" || name.find('*') == std::string_view::npos) return {};
  return refuse(prefix + "Name: wildcard character '*' cannot be used with partial values");
}

/// Traffic 4.4, the two rows and columns that Community Edition reaches.
std::int64_t precedence(bool any_destination, bool any_source) {
  return (any_destination ? 6 : 9) - (any_source ? 1 : 0);
}

Result<void> check_header(const IntentionHeader& header, const std::string& where) {
  if (header.name.empty()) return refuse(where + " missing required Name field");
  const int forms = header.present + !header.exact.empty() + !header.prefix.empty() +
                    !header.suffix.empty() + !header.contains.empty() + !header.regex.empty();
  if (forms != 1) {
    return refuse(where +
                  " should only contain one of Present, Exact, Prefix, Suffix, Contains, or Regex");
  }
  if (header.ignore_case && (header.present || !header.regex.empty())) {
    return refuse(where +
                  " should set one of Exact, Prefix, Suffix, or Contains when using IgnoreCase");
  }
  return {};
}

Result<void> settle_http(IntentionHttp& http, const std::string& where) {
  const auto path = [&](const std::string& value, std::string_view form) -> Result<void> {
    if (value.empty() || value.starts_with('/')) return {};
    return refuse(fmt::format("{}.{} doesn't start with '/': \"{}\"", where, form, value));
  };
  auto paths = path(http.path_exact, "PathExact").and_then([&] {
    return path(http.path_prefix, "PathPrefix");
  });
  if (!paths) return paths;
  const int forms = !http.path_exact.empty() + !http.path_prefix.empty() + !http.path_regex.empty();
  if (forms > 1) {
    return refuse(where +
                  " should only contain at most one of PathExact, PathPrefix, or PathRegex");
  }
  for (std::size_t i = 0; i < http.header.size(); ++i) {
    auto header = check_header(http.header[i], fmt::format("{}.Header[{}]", where, i));
    if (!header) return header;
  }
  if (auto methods = settle_methods(http.methods, where + "."); !methods) return methods;
  if (forms == 0 && http.header.empty() && http.methods.empty()) {
    return refuse(where + " should not be empty");
  }
  return {};
}

Result<void> settle_permission(IntentionPermission& permission, const std::string& where) {
  if (permission.action != "allow" && permission.action != "deny") {
    return refuse(where + ".Action must be set to 'allow' or 'deny'");
  }
  if (!permission.http) return refuse(where + ".HTTP is required");
  return settle_http(*permission.http, where + ".HTTP");
}

Result<void> check_source_name(const SourceIntention& source, const std::string& where) {
  if (source.name.value().empty()) return refuse(where + ".Name is required");
  if (auto name = check_wildcard(source.name.value(), where + "."); !name) return name;
  if (source.peer.value().find('*') != std::string::npos) {
    return refuse(where + ".Peer: cannot use wildcard '*' in peer");
  }
  if (!source.sameness_group.empty()) {
    // The blank at the end is Consul's.
    return refuse(where + ".SamenessGroup: Sameness groups are a Consul Enterprise feature. ");
  }
  if (source.partition.value().find('*') != std::string::npos) {
    return refuse(where + ".Partition: cannot use wildcard '*' in partition");
  }
  if (!source.peer.value().empty() && !source.partition.value().empty()) {
    return refuse(where + ".Peer: cannot set Peer and Partition at the same time.");  // T-113
  }
  return {};
}

/// In Enterprise Edition destination and callers have a partition, which is that of the entry where
/// the writer names none. The entry of another partition is written there.
Result<void> settle_partitions(ServiceIntentions& entry, const EntryHome& home) {
  if (home.edition == Edition::community) return {};
  const std::string& own = home.partition.value();
  const std::string named = lower_case(entry.partition.value());
  if (!named.empty() && named != own) {
    return refuse(
        fmt::format("Partition \"{}\" is not \"{}\", to which the entry is written", named, own));
  }
  entry.partition = home.partition;
  for (SourceIntention& source : entry.sources) {
    source.partition = PartitionName(lower_case(source.partition.value()));
    if (source.partition.value().empty() && source.peer.value().empty()) {
      source.partition = home.partition;
    }
  }
  return {};
}

Result<void> settle_source(SourceIntention& source, bool any_destination,
                           const std::string& where) {
  if (auto name = check_source_name(source, where); !name) return name;
  if (!source.legacy_meta.empty()) return refuse(where + ".LegacyMeta must be omitted");
  if (source.description.size() > 512) {
    return refuse(where + ".Description exceeds maximum length 512");
  }
  if (source.permissions.empty()) {
    if (source.action != "allow" && source.action != "deny") {
      return refuse(where + ".Action must be set to 'allow' or 'deny'");
    }
  } else if (!source.action.empty()) {
    return refuse(where + ".Action must be omitted if Permissions are specified");
  } else if (any_destination) {
    return refuse(where +
                  ".Permissions cannot be specified on intentions with wildcarded destinations");
  }
  if (source.type != "consul") return refuse(where + ".Type must be set to 'consul'");
  for (std::size_t i = 0; i < source.permissions.size(); ++i) {
    auto permission =
        settle_permission(source.permissions[i], fmt::format("{}.Permissions[{}]", where, i));
    if (!permission) return permission;
  }
  return {};
}

}  // namespace

Result<void> settle(ServiceIntentions& entry, const EntryHome& home) {
  if (auto settled = settle_partitions(entry, home); !settled) return settled;
  const bool any_destination = entry.name == "*";
  for (SourceIntention& source : entry.sources) {
    if (source.type.empty()) source.type = "consul";
    source.precedence = precedence(any_destination, source.name.value() == "*");
    // Written by the older API alone.
    source.legacy_id.clear();
    source.legacy_create_time.clear();
    source.legacy_update_time.clear();
  }
  std::ranges::stable_sort(entry.sources, std::greater<>(), &SourceIntention::precedence);

  if (entry.name.empty()) return refuse("Name is required");
  if (auto name = check_wildcard(entry.name, ""); !name) return name;
  if (auto meta = check(meta_errors(entry.meta)); !meta) return meta;
  if (entry.sources.empty()) return refuse("At least one source is required");

  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (std::size_t i = 0; i < entry.sources.size(); ++i) {
    SourceIntention& source = entry.sources[i];
    const std::string where = fmt::format("Sources[{}]", i);
    if (auto settled = settle_source(source, any_destination, where); !settled) return settled;
    const auto caller =
        std::tuple(source.peer.value(), source.partition.value(), source.name.value());
    if (seen.insert(caller).second) continue;
    const std::string& peer = source.peer.value();
    return refuse(fmt::format("{} defines {}\"{}\" more than once", where,
                              peer.empty() ? "" : fmt::format("peer(\"{}\") ", peer),
                              source.name.value()));
  }
  return {};
}

}  // namespace peerlab::catalog
