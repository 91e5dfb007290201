#include <fmt/format.h>

#include "handlers.hpp"
#include "json_text.hpp"
#include "peerlab/catalog/config_write.hpp"
#include "peerlab/catalog/queries.hpp"
#include "rows.hpp"

// /v1/config and what lies below it. (HTTP spec 3.5)
namespace peerlab::server::api {
namespace {

constexpr std::string_view pattern = "/v1/config/";

/// The right that a kind asks for. Some may be read by everybody. (HTTP spec 3.5, ACLs)
std::optional<acl::Question> right(std::string_view kind, std::string_view name,
                                   acl::Access access) {
  const bool reads = access == acl::Access::read;
  if (kind == "mesh" || kind == "proxy-defaults") {
    if (reads) return std::nullopt;
    return acl::Question{acl::Resource::mesh, access};
  }
  if (kind == "exported-services") return acl::Question{acl::Resource::mesh, access};
  const auto resource =
      kind == "service-intentions" ? acl::Resource::intention : acl::Resource::service;
  return acl::Question{resource, access, std::string(name)};
}

Result<void> may(const acl::Authorizer& asking, std::string_view kind, std::string_view name,
                 acl::Access access) {
  const auto question = right(kind, name, access);
  return question ? asking.require(*question) : Result<void>();
}

std::string invalid_kind(std::string_view kind) {
  return fmt::format("invalid config entry kind: {}", kind);
}

struct KindAndName {
  std::string kind;
  std::string name;
  bool has_name = false;  ///< there is a slash behind the kind, if only that
};

KindAndName target_of(const Exchange& exchange) {
  const std::string tail = exchange.tail(pattern);
  const std::size_t slash = tail.find('/');
  if (slash == std::string::npos) return {tail, "", false};
  return {tail.substr(0, slash), tail.substr(slash + 1), true};
}

Page get_one(const View& view, const Exchange& exchange, const KindAndName& target,
             const acl::Authorizer& asking, store::WatchSet* watches) {
  if (!catalog::is_config_entry_kind(target.kind)) return failed_page(invalid_kind(target.kind));
  if (auto allowed = may(asking, target.kind, target.name, acl::Access::read); !allowed) {
    return failed_page(allowed.error().detail);
  }
  const auto found =
      catalog::config_entry(tables_of(view, exchange), target.kind, target.name, watches);
  if (found.rows == nullptr) {
    return {failed(404, fmt::format("Config entry not found for \"{}\" / \"{}\"", target.kind,
                                    target.name)),
            found.index, true};
  }
  return {json(catalog::to_json_text(*found.rows)), found.index};
}

Page get_all(const View& view, const Exchange& exchange, const std::string& kind,
             const acl::Authorizer& asking, store::WatchSet* watches) {
  if (!kind.empty() && !catalog::is_config_entry_kind(kind)) return failed_page(invalid_kind(kind));
  const std::string expression = exchange.query().get("filter");
  if (!expression.empty() && kind != catalog::ServiceDefaults::kind) {
    return failed_page(fmt::format("filtering not supported for config entry kind={}", kind));
  }
  const auto filter = Filter::parse(expression, service_defaults_shape());
  if (!filter) return failed_page(filter.error());
  const auto found = catalog::config_entries(tables_of(view, exchange), kind, watches);
  std::vector<std::string> rows;
  bool kept_back = false;
  for (const catalog::ConfigEntry* entry : found.rows) {
    if (!may(asking, catalog::kind_of(*entry), catalog::name_of(*entry), acl::Access::read)) {
      kept_back = true;
      continue;
    }
    std::string text = catalog::to_json_text(*entry);
    if (filter->passes(text)) rows.push_back(std::move(text));
  }
  Page page{json(catalog::json_list(rows)), found.index};
  page.missing = rows.empty();
  page.fingerprint = page.answer.body;
  page.filtered = kept_back;
  return page;
}

Prepared get(const ExchangePtr& exchange, const View& view) {
  const auto options = exchange->read_options();
  if (!options) return refused(options.error());
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  KindAndName target = target_of(*exchange);
  return Serving([exchange, options = *options, target = std::move(target)](const View& then) {
    return read_as(then, *exchange, options, {},
                   [exchange, target](const View& now, const acl::Authorizer& asking,
                                      store::WatchSet* watches) {
                     return !target.has_name ? get_all(now, *exchange, target.kind, asking, watches)
                                             : get_one(now, *exchange, target, asking, watches);
                   });
  });
}

/// `?cas=`; empty is none.
tl::expected<std::optional<std::uint64_t>, Answer> check_and_set(const Query& query) {
  const std::string text = query.get("cas");
  if (text.empty()) return std::nullopt;
  const auto index = parse_uint(text);
  if (!index) return refused(failed(index.error()));
  return *index;
}

Step remove(const View& view, const Exchange& exchange, const KindAndName& target,
            std::optional<std::uint64_t> cas) {
  const auto asking = authorizer(view, exchange);
  if (!asking) return done(asking.error());
  if (auto allowed = may(**asking, target.kind, target.name, acl::Access::write); !allowed) {
    return done(failed(allowed.error().detail));
  }
  // What is not there needs no log entry. (datacenter 2.2)
  const auto found = catalog::config_entry(tables_of(view, exchange), target.kind, target.name);
  if (found.rows == nullptr) return done(cas ? json("true") : json("{}"));
  catalog::DeleteConfig command{target.kind, target.name, cas};
  return propose(CatalogCommand{catalog::Command(std::move(command)), exchange.partition()},
                 [cas](const Applied& applied) {
                   if (applied.result.failed()) return failed(applied.result.error);
                   return cas ? json_bool(applied.result.value != 0) : json("{}");
                 });
}

Prepared remove(const ExchangePtr& exchange, const View& view) {
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  KindAndName target = target_of(*exchange);
  if (!target.has_name) {
    return refused(failed(404, "Must provide both a kind and name to delete"));
  }
  if (!catalog::is_config_entry_kind(target.kind)) {
    return refused(failed(400, invalid_kind(target.kind)));
  }
  const auto cas = check_and_set(exchange->query());
  if (!cas) return refused(cas.error());
  return Serving([exchange, target = std::move(target), cas = *cas](const View& now) {
    return remove(now, *exchange, target, cas);
  });
}

Step put(const View& view, const Exchange& exchange, const catalog::ConfigEntry& decoded,
         std::optional<std::uint64_t> cas) {
  const auto asking = authorizer(view, exchange);
  if (!asking) return done(asking.error());
  auto entry = catalog::normalize(decoded, home_of(view, exchange));
  if (!entry) return done(failed(entry.error().detail));
  if (auto allowed =
          may(**asking, catalog::kind_of(*entry), catalog::name_of(*entry), acl::Access::write);
      !allowed) {
    return done(failed(allowed.error().detail));
  }
  // H-161
  if (catalog::is_stored(tables_of(view, exchange), *entry)) return done(json("true"));
  catalog::UpsertConfig command{*std::move(entry), cas};
  return propose(CatalogCommand{catalog::Command(std::move(command)), exchange.partition()},
                 [](const Applied& applied) {
                   if (applied.result.failed()) return failed(applied.result.error);
                   return json_bool(applied.result.value != 0);
                 });
}

}  // namespace

Prepared config_entry(const ExchangePtr& exchange, const View& view) {
  return exchange->request().method == "GET" ? get(exchange, view) : remove(exchange, view);
}

Prepared config_apply(const ExchangePtr& exchange, const View& view) {
  auto entry = catalog::decode_config_entry(exchange->request().body, view.settings.edition);
  if (!entry) {
    return refused(failed(400, fmt::format("Request decoding failed: {}", entry.error().detail)));
  }
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  const auto cas = check_and_set(exchange->query());
  if (!cas) return refused(cas.error());
  const std::string datacenter = exchange->datacenter();
  if (catalog::kind_of(*entry) == catalog::ExportedServices::kind && !datacenter.empty() &&
      datacenter != view.settings.datacenter.value()) {
    return refused(failed("exported-services writes must not target secondary datacenters."));
  }
  return Serving([exchange, entry = *std::move(entry), cas = *cas](const View& now) {
    return put(now, *exchange, entry, cas);
  });
}

}  // namespace peerlab::server::api
