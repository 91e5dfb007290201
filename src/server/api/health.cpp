#include <algorithm>

#include "handlers.hpp"
#include "json_text.hpp"
#include "peerlab/catalog/queries.hpp"
#include "rows.hpp"

// GET /v1/health/*. (HTTP spec 3.2)
namespace peerlab::server::api {
namespace {

// --- Lists of checks ---

using FindChecks = catalog::Answer<catalog::Checks> (*)(const catalog::CatalogTables&,
                                                        const std::string&, store::WatchSet*);

Prepared checks(const ExchangePtr& exchange, const View& view, std::string_view pattern,
                std::string missing, FindChecks find) {
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  const auto options = exchange->read_options();
  if (!options) return refused(options.error());
  std::string name = exchange->tail(pattern);
  if (name.empty()) return refused(failed(400, std::move(missing)));
  return Serving([exchange, options = *options, name, find](const View& view_then) {
    return read_as(view_then, *exchange, options, {.shows_consistency = true},
                   [exchange, name, find](const View& now, const acl::Authorizer& asking,
                                          store::WatchSet* watches) {
                     const auto& tables = tables_of(now, *exchange);
                     const auto found = find(tables, name, watches);
                     const catalog::Meta meta = node_meta(*exchange);
                     Sight sight(asking);
                     std::vector<std::string> rows;
                     for (const catalog::Check* check : found.rows) {
                       const auto* node =
                           tables.nodes.find(catalog::peer_key(check->peer, {check->node.value()}));
                       if (!meta.empty() && (node == nullptr || !has_meta(*node, meta))) continue;
                       if (sight.sees(*check)) rows.push_back(catalog::to_json_text(*check));
                     }
                     return filtered_list(*exchange, check_shape(), std::move(rows), found.index,
                                          sight);
                   });
  });
}

// --- Lists of instances with their checks ---

using FindEntries = catalog::Answer<std::vector<catalog::CheckServiceNode>> (*)(
    const catalog::CatalogTables&, const ServiceName&, const PeerName&, store::WatchSet*);

/// `passing`: absent is no, empty is yes, else one of Go's words. (H-119)
std::optional<bool> wants_passing(const Query& query) {
  if (!query.has("passing")) return false;
  const std::string value = query.get("passing");
  for (const std::string_view yes : {"", "1", "t", "T", "true", "TRUE", "True"}) {
    if (value == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (value == no) return false;
  }
  return std::nullopt;
}

bool is_passing(const catalog::CheckServiceNode& entry) {
  return std::ranges::all_of(entry.checks, [](const catalog::Check& check) {
    return check.status == catalog::health::passing;
  });
}

struct Row {
  std::string text;
  bool passing = false;
};

/// Consul fills each gap with the last row, and so changes the order.
void keep_passing(std::vector<Row>& rows) {
  for (std::size_t at = 0; at < rows.size();) {
    if (rows[at].passing) {
      ++at;
    } else {
      if (at + 1 < rows.size()) rows[at] = std::move(rows.back());
      rows.pop_back();
    }
  }
}

struct EntriesWanted {
  ServiceName name;
  bool passing = false;
  bool needs_service_read = false;  ///< else what may not be seen is merely left out
  FindEntries find = nullptr;
};

Page entries_page(const View& view, const Exchange& exchange, const EntriesWanted& wanted,
                  const acl::Authorizer& asking, store::WatchSet* watches) {
  const PeerName peer(exchange.query().get("peer"));
  if (wanted.needs_service_read) {
    const auto allowed =
        asking.require({acl::Resource::service, acl::Access::read, wanted.name.value()});
    if (!allowed) return failed_page(allowed.error().detail);
  }
  const auto filter = Filter::parse(exchange.query().get("filter"), entry_shape());
  if (!filter) return failed_page(filter.error());
  const auto found = wanted.find(tables_of(view, exchange), wanted.name, peer, watches);
  const catalog::Meta meta = node_meta(exchange);
  Sight sight(asking);
  std::vector<Row> rows;
  for (const catalog::CheckServiceNode& entry : found.rows) {
    if (!has_meta(entry.node, meta) || !has_tags(entry.service, exchange.query().all("tag"))) {
      continue;
    }
    if (!sight.sees(entry.node, entry.service)) continue;
    Row row{catalog::to_json_text(entry), is_passing(entry)};
    if (filter->passes(row.text)) rows.push_back(std::move(row));
  }
  if (wanted.passing) keep_passing(rows);
  Page page{json(json_array(rows, [](const Row& row) { return row.text; })), found.index};
  page.filtered = sight.kept_back();
  return page;
}

Prepared entries(const ExchangePtr& exchange, const View& view, std::string_view pattern,
                 EntriesWanted wanted, bool may_stream) {
  const Query& query = exchange->query();
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  const auto options = exchange->read_options();
  if (!options) return refused(options.error());
  const bool grouped = query.has("sg") || query.has("sameness-group");
  const std::string group =
      query.has("sameness-group") ? query.get("sameness-group") : query.get("sg");
  if (grouped && !group.empty() && !query.get("peer").empty()) {
    return refused(failed(400, "peer-name and sameness-group are mutually exclusive"));
  }
  wanted.name = ServiceName(exchange->tail(pattern));
  if (wanted.name.value().empty()) return refused(failed(400, "Missing service name"));
  const auto passing = wants_passing(query);
  if (!passing) return refused(failed(400, "Invalid value for ?passing"));
  wanted.passing = *passing;
  if (!group.empty() && view.settings.edition == Edition::community) {
    return refused(failed("sameness groups are not supported in consul CE"));
  }
  ReadStyle style{.shows_consistency = true, .cacheable = true};
  style.streaming = may_stream && (options->min_index > 0 || options->cached) &&
                    !query.has("near") && !query.has("merge-central-config");
  return Serving([exchange, options = *options, style, wanted](const View& then) {
    return read_as(then, *exchange, options, style,
                   [exchange, wanted](const View& now, const acl::Authorizer& asking,
                                      store::WatchSet* watches) {
                     return entries_page(now, *exchange, wanted, asking, watches);
                   });
  });
}

}  // namespace

Prepared health_node(const ExchangePtr& exchange, const View& view) {
  return checks(
      exchange, view, "/v1/health/node/", "Missing node name",
      [](const catalog::CatalogTables& tables, const std::string& name, store::WatchSet* watches) {
        return catalog::node_checks(tables, NodeName(name), {}, watches);
      });
}

Prepared health_checks(const ExchangePtr& exchange, const View& view) {
  return checks(
      exchange, view, "/v1/health/checks/", "Missing service name",
      [](const catalog::CatalogTables& tables, const std::string& name, store::WatchSet* watches) {
        return catalog::service_checks(tables, ServiceName(name), {}, watches);
      });
}

Prepared health_state(const ExchangePtr& exchange, const View& view) {
  return checks(
      exchange, view, "/v1/health/state/", "Missing check state",
      [](const catalog::CatalogTables& tables, const std::string& state, store::WatchSet* watches) {
        return catalog::checks_in_state(tables, state, {}, watches);
      });
}

Prepared health_service(const ExchangePtr& exchange, const View& view) {
  return entries(exchange, view, "/v1/health/service/", {{}, false, false, catalog::service_health},
                 true);
}

Prepared health_connect(const ExchangePtr& exchange, const View& view) {
  return entries(exchange, view, "/v1/health/connect/", {{}, false, true, catalog::connect_health},
                 true);
}

}  // namespace peerlab::server::api
