#include <algorithm>

#include "handlers.hpp"
#include "json_text.hpp"
#include "peerlab/catalog/queries.hpp"
#include "rows.hpp"

// GET /v1/catalog/*. (HTTP spec 3.1)
namespace peerlab::server::api {
namespace {

constexpr ReadStyle plain_style{.shows_consistency = true};
constexpr ReadStyle cached_style{.shows_consistency = true, .cacheable = true};

/// A read whose options, and tenancy before them, are in order.
Prepared prepared(const ExchangePtr& exchange, std::optional<Answer> tenancy,
                  const ReadStyle& style, LookAs look) {
  if (tenancy) return refused(*std::move(tenancy));
  const auto options = exchange->read_options();
  if (!options) return refused(options.error());
  return Serving([exchange, options = *options, style, look = std::move(look)](const View& view) {
    return read_as(view, *exchange, options, style, look);
  });
}

PeerName peer_of(const Exchange& exchange) { return PeerName(exchange.query().get("peer")); }

using Instances = catalog::Answer<std::vector<catalog::Instance>> (*)(const catalog::CatalogTables&,
                                                                      const ServiceName&,
                                                                      const PeerName&,
                                                                      store::WatchSet*);

Prepared instances(const ExchangePtr& exchange, const View& view, std::string_view pattern,
                   Instances find) {
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  if (const auto options = exchange->read_options(); !options) return refused(options.error());
  const ServiceName name(exchange->tail(pattern));
  if (name.value().empty()) return refused(failed(400, "Missing service name"));
  return prepared(
      exchange, std::nullopt, cached_style,
      [exchange, name, find](const View& now, const acl::Authorizer& asking,
                             store::WatchSet* watches) {
        const auto found = find(tables_of(now, *exchange), name, peer_of(*exchange), watches);
        const catalog::Meta meta = node_meta(*exchange);
        Sight sight(asking);
        std::vector<std::string> rows;
        for (const auto& [node, service] : found.rows) {
          if (has_meta(*node, meta) && has_tags(*service, exchange->query().all("tag")) &&
              sight.sees(*node, *service)) {
            rows.push_back(catalog::service_node_json(*node, *service));
          }
        }
        return filtered_list(*exchange, service_node_shape(), std::move(rows), found.index, sight);
      });
}

/// A node is found by its name, else by its id.
catalog::Answer<catalog::NodeServices> find_node(const catalog::CatalogTables& tables,
                                                 const NodeName& name_or_id,
                                                 store::WatchSet* watches) {
  auto found = catalog::node_services(tables, name_or_id, {}, watches);
  if (found.rows.node != nullptr) return found;
  const auto by_id = tables.nodes.scan_by(catalog::nodes_by::id,
                                          catalog::peer_key({}, {name_or_id.value()}), watches);
  return by_id.empty() ? found : catalog::node_services(tables, by_id[0]->node, {}, watches);
}

/// The services of a node that the caller sees and the filter lets pass, as JSON with their ids.
struct SeenServices {
  std::vector<std::pair<catalog::ServiceId, std::string>> services;
  std::string error;
};

SeenServices seen_services(const Exchange& exchange, const catalog::NodeServices& found,
                           Sight& sight) {
  const auto filter = Filter::parse(exchange.query().get("filter"), service_shape());
  if (!filter) return {{}, filter.error()};
  SeenServices seen;
  for (const catalog::Service* service : found.services) {
    std::string text = catalog::to_json_text(*service);
    if (sight.sees_service(service->service, service->peer) && filter->passes(text)) {
      seen.services.emplace_back(service->id, std::move(text));
    }
  }
  return seen;
}

using NodeView = std::string (*)(const Exchange&, const catalog::NodeServices&,
                                 const SeenServices&);

Prepared node_view(const ExchangePtr& exchange, const View& view, std::string_view pattern,
                   std::string nothing, NodeView show) {
  if (auto refusal = exchange->refuse_tenancy(view)) return refused(*refusal);
  if (const auto options = exchange->read_options(); !options) return refused(options.error());
  const NodeName name(exchange->tail(pattern));
  if (name.value().empty()) return refused(failed(400, "Missing node name"));
  return prepared(
      exchange, std::nullopt, plain_style,
      [exchange, name, nothing = std::move(nothing), show](
          const View& now, const acl::Authorizer& asking, store::WatchSet* watches) {
        const auto found = find_node(tables_of(now, *exchange), name, watches);
        Sight sight(asking);
        const SeenServices seen = seen_services(*exchange, found.rows, sight);
        if (!seen.error.empty()) return failed_page(seen.error);
        const bool visible = found.rows.node != nullptr && sight.sees(*found.rows.node);
        Page page{json(visible ? show(*exchange, found.rows, seen) : nothing), found.index};
        page.filtered = sight.kept_back();
        return page;
      });
}

}  // namespace

Prepared catalog_nodes(const ExchangePtr& exchange, const View& view) {
  return prepared(
      exchange, exchange->refuse_partition(view), plain_style,
      [exchange](const View& now, const acl::Authorizer& asking, store::WatchSet* watches) {
        const auto found = catalog::list_nodes(tables_of(now, *exchange), {}, watches);
        const catalog::Meta meta = node_meta(*exchange);
        Sight sight(asking);
        std::vector<std::string> rows;
        for (const catalog::Node* node : found.rows) {
          if (has_meta(*node, meta) && sight.sees(*node)) {
            rows.push_back(catalog::to_json_text(*node));
          }
        }
        return filtered_list(*exchange, node_shape(), std::move(rows), found.index, sight);
      });
}

Prepared catalog_services(const ExchangePtr& exchange, const View& view) {
  return prepared(
      exchange, exchange->refuse_tenancy(view), cached_style,
      [exchange](const View& now, const acl::Authorizer& asking, store::WatchSet* watches) {
        const auto& tables = tables_of(now, *exchange);
        const auto found = catalog::list_services(tables, {}, node_meta(*exchange), watches);
        const auto filter = Filter::parse(exchange->query().get("filter"), service_node_shape());
        if (!filter) return failed_page(filter.error());
        Sight sight(asking);
        catalog::ServiceTags shown;
        for (const auto& [name, tags] : found.rows) {
          // The filter sees instances; a name is shown with the tags of those that pass.
          if (!sight.sees_service(ServiceName(name), {})) continue;
          if (exchange->query().get("filter").empty()) {
            shown.emplace(name, tags);
            continue;
          }
          for (const auto& [node, service] :
               catalog::service_instances(tables, ServiceName(name)).rows) {
            if (!filter->passes(catalog::service_node_json(*node, *service))) continue;
            auto& kept = shown[name];
            for (const std::string& tag : service->tags) {
              if (std::ranges::find(kept, tag) == kept.end()) kept.push_back(tag);
            }
          }
        }
        Page page{json(catalog::to_json_text(shown)), found.index};
        page.filtered = sight.kept_back();
        return page;
      });
}

Prepared catalog_service(const ExchangePtr& exchange, const View& view) {
  return instances(exchange, view, "/v1/catalog/service/", catalog::service_instances);
}

Prepared catalog_connect(const ExchangePtr& exchange, const View& view) {
  return instances(exchange, view, "/v1/catalog/connect/", catalog::connect_instances);
}

Prepared catalog_node(const ExchangePtr& exchange, const View& view) {
  return node_view(
      exchange, view, "/v1/catalog/node/", "null",
      [](const Exchange&, const catalog::NodeServices& found, const SeenServices& seen) {
        JsonObject services;
        for (const auto& [id, text] : seen.services) services.raw(id.value(), text);
        return JsonObject()
            .raw("Node", catalog::to_json_text(*found.node))
            .raw("Services", services.text())
            .text();
      });
}

Prepared catalog_node_services(const ExchangePtr& exchange, const View& view) {
  return node_view(
      exchange, view, "/v1/catalog/node-services/", R"({"Node":null,"Services":null})",
      [](const Exchange&, const catalog::NodeServices& found, const SeenServices& seen) {
        // A filter leaves an empty list, a node without services has none. (HTTP spec 1.12)
        std::string services = "null";
        if (!found.services.empty()) {
          services = json_array(seen.services, [](const auto& service) { return service.second; });
        }
        return JsonObject()
            .raw("Node", catalog::to_json_text(*found.node))
            .raw("Services", services)
            .text();
      });
}

Prepared catalog_datacenters(const ExchangePtr& exchange, const View&) {
  // As for reads of peerings, a wrong option is answered with its text and then with the list.
  const auto options = exchange->consistency_options();
  const std::string complaint = options ? "" : options.error().body;
  const bool cached = options && options->cached;
  return Serving([exchange, complaint, cached](const View& view) -> Step {
    std::vector<DatacenterName> all{view.settings.datacenter};
    for (const DatacenterName& other : view.settings.federated) all.push_back(other);
    std::string list = json_array(all);
    if (!complaint.empty()) return done(failed(400, complaint + list));
    Answer answer = json(std::move(list));
    if (cached) show_cache(view, *exchange, answer);
    return done(std::move(answer));
  });
}

}  // namespace peerlab::server::api
