#pragma once

#include <string>
#include <vector>

#include "peerlab/base/overloaded.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/peering/deferred_deletion.hpp"
#include "peerlab/peering/importer.hpp"
#include "tables_fixture.hpp"

namespace peerlab::peering {

/// A cluster that imports: peering tables and catalog over one store.
struct ImporterFixture : TablesFixture {
  catalog::CatalogTables catalog{store};
  PeerName peer{"a"};
  int writes = 0;  ///< log entries of the last import

  ImporterFixture() { apply(WritePeering{dialer_record(one_id, "a"), {}}); }

  ImportTarget target() const { return {catalog, tables, one_id, peer, {}}; }

  Result<void> write(const std::variant<catalog::Command, Command>& command) {
    store::Transaction transaction(store, ++index);
    auto result =
        std::visit(Overloaded{
                       [&](const catalog::Command& of) -> Result<void> {
                         return catalog.apply(of, mutants).map([](bool) {});
                       },
                       [&](const Command& of) { return tables.apply(of, mutants, &catalog); },
                   },
                   command);
    if (result) transaction.commit();
    return result;
  }

  /// Applies a resource of the peer. Gives "" or why it was refused.
  std::string import(const std::string& id, const Resource& resource) {
    writes = 0;
    Importing importing(plan_import(target(), id, resource, mutants));
    auto output = importing.start();
    while (const auto* next = std::get_if<ImportWrite>(&output)) {
      ++writes;
      const auto command = next->command;
      output = importing.applied(write(command));
    }
    const auto* failed = std::get_if<ImportFailed>(&output);
    return failed == nullptr ? "" : failed->cause;
  }

  /// `node/id` of every instance of the peer's service, in order.
  std::vector<std::string> instances(const std::string& service) const {
    std::vector<std::string> out;
    for (const auto& [node, instance] :
         catalog::service_instances(catalog, ServiceName(service), peer).rows) {
      out.push_back(node->node.value() + "/" + instance->id.value());
    }
    return out;
  }
  std::vector<std::string> nodes(const PeerName& of) const {
    std::vector<std::string> out;
    for (const auto* node : catalog::list_nodes(catalog, of).rows)
      out.push_back(node->node.value());
    return out;
  }

  static Instance instance(const std::string& node, const std::string& service,
                           const std::string& id, const std::string& status = "passing") {
    Instance out;
    out.node.emplace();
    out.node->node = NodeName(node);
    out.node->address = "10.9.0.1";
    out.node->datacenter = DatacenterName("dcx");
    out.service.emplace();
    out.service->service = ServiceName(service);
    out.service->id = catalog::ServiceId(id);
    if (!status.empty()) out.checks = {check(node, id + ":overall-check", status, id)};
    return out;
  }
  static catalog::Check check(const std::string& node, const std::string& id,
                              const std::string& status, const std::string& service = "") {
    catalog::Check out;
    out.node = NodeName(node);
    out.id = catalog::CheckId(id);
    out.status = status;
    out.service_id = catalog::ServiceId(service);
    return out;
  }
};

}  // namespace peerlab::peering
