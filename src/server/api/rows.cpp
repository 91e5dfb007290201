#include "rows.hpp"

#include <algorithm>

#include "json_text.hpp"

namespace peerlab::server::api {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

}  // namespace

catalog::Meta node_meta(const Exchange& exchange) {
  catalog::Meta wanted;
  for (const std::string& pair : exchange.query().all("node-meta")) {
    const std::size_t colon = pair.find(':');
    wanted[pair.substr(0, colon)] = colon == std::string::npos ? "" : pair.substr(colon + 1);
  }
  return wanted;
}

bool has_meta(const catalog::Node& node, const catalog::Meta& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& pair) {
    const auto found = node.meta.find(pair.first);
    return found != node.meta.end() && found->second == pair.second;
  });
}

bool has_tags(const catalog::Service& service, const std::vector<std::string>& wanted) {
  return std::ranges::all_of(wanted, [&](const std::string& tag) {
    return std::ranges::any_of(service.tags,
                               [&](const std::string& has) { return lower(has) == lower(tag); });
  });
}

bool Sight::sees(const catalog::Node& node) {
  return note(asking_.node_read(node.node, node.peer));
}

bool Sight::sees(const catalog::Node& node, const catalog::Service& service) {
  return note(asking_.node_read(node.node, node.peer) &&
              asking_.service_read(service.service, service.peer));
}

bool Sight::sees(const catalog::Check& check) {
  const bool of_service = !check.service_name.value().empty();
  return note(asking_.node_read(check.node, check.peer) &&
              (!of_service || asking_.service_read(check.service_name, check.peer)));
}

bool Sight::sees_service(const ServiceName& name, const PeerName& peer) {
  return note(asking_.service_read(name, peer));
}

Page filtered_list(const Exchange& exchange, const Shape& shape, std::vector<std::string> rows,
                   store::RaftIndex index, const Sight& sight) {
  const auto filter = Filter::parse(exchange.query().get("filter"), shape);
  if (!filter) return failed_page(filter.error());
  std::erase_if(rows, [&](const std::string& row) { return !filter->passes(row); });
  Page page{json(catalog::json_list(rows)), index};
  page.filtered = sight.kept_back();
  return page;
}

catalog::EntryHome home_of(const View& view, const Exchange& exchange) {
  const PartitionName partition = exchange.partition();
  return {partition.value().empty() ? PartitionName("default") : partition, view.settings.edition};
}

const catalog::CatalogTables& tables_of(const View& view, const Exchange& exchange) {
  const auto* tables = view.state.catalog(exchange.partition());
  return tables == nullptr ? view.state.catalog() : *tables;
}

}  // namespace peerlab::server::api
