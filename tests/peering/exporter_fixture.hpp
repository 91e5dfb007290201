#pragma once

#include <string>
#include <utility>
#include <vector>

#include "peerlab/catalog/tables.hpp"
#include "peerlab/peering/exporter.hpp"
#include "peerlab/store/store.hpp"

namespace peerlab::peering {

/// A catalog and one exporter that watches it.
struct ExporterFixture {
  Mutants mutants;
  store::Store store;
  catalog::CatalogTables catalog{store};
  store::RaftIndex index = 10;
  mesh::OwnCluster own;
  std::vector<catalog::CheckServiceNode> ready_servers;
  bool connect_enabled = true;
  Exporter exporter;

  explicit ExporterFixture(const std::string& peer = "b", Mutants planted = {})
      : mutants(planted), exporter(PeerName(peer), planted) {
    own.datacenter = DatacenterName("dc1");
    own.partition = PartitionName("default");
    own.bundle.trust_domain = TrustDomain("6420e9d4-c2e9-f5c8-f1ac-2fa55f52b31b.consul");
    own.bundle.root_pems = {"root\n"};
    catalog::CheckServiceNode server;
    server.node.address = "127.0.1.11";
    server.service.meta["grpc_tls_port"] = "8503";
    ready_servers = {server};
  }

  ExportSource source() { return {catalog, catalog, own, connect_enabled, ready_servers}; }

  Exporter::Outputs start() { return exporter.start(source()); }

  /// Applies an entry of the log and tells the exporter.
  Exporter::Outputs write(const catalog::Command& command) {
    store::Transaction transaction(store, ++index);
    const auto applied = catalog.apply(command, mutants);
    PEERLAB_ASSERT(applied.has_value());
    return exporter.on(transaction.commit(), source());
  }

  Exporter::Outputs export_to(const std::string& peer, const std::vector<std::string>& names) {
    catalog::ExportedServices entry;
    entry.name = "default";
    for (const std::string& name : names) {
      entry.services.push_back({ServiceName(name), {{PeerName(peer), {}, {}}}});
    }
    return write(catalog::UpsertConfig{entry, {}});
  }

  Exporter::Outputs resolver(const std::string& name, const std::string& failover = "") {
    catalog::ServiceResolver entry;
    entry.name = name;
    if (!failover.empty()) entry.failover["*"].service = failover;
    return write(catalog::UpsertConfig{entry, {}});
  }

  Exporter::Outputs protocol(const std::string& name, const std::string& protocol) {
    catalog::ServiceDefaults entry;
    entry.name = name;
    entry.protocol = protocol;
    return write(catalog::UpsertConfig{entry, {}});
  }

  static catalog::Node node(const std::string& name, const std::string& address) {
    catalog::Node out;
    out.node = NodeName(name);
    out.address = address;
    out.datacenter = DatacenterName("dc1");
    return out;
  }

  static catalog::Service service(const std::string& name, const std::string& id,
                                  std::int64_t port) {
    catalog::Service out;
    out.service = ServiceName(name);
    out.id = catalog::ServiceId(id);
    out.port = port;
    return out;
  }

  static catalog::Service gateway(const std::string& id, std::int64_t port) {
    catalog::Service out = service("mesh-gateway", id, port);
    out.kind = catalog::service_kind::mesh_gateway;
    return out;
  }

  static catalog::Service sidecar(const std::string& of) {
    catalog::Service out = service(of + "-sidecar-proxy", of + "-sidecar-proxy", 20000);
    out.kind = catalog::service_kind::connect_proxy;
    out.proxy.destination_service_name = ServiceName(of);
    return out;
  }

  /// A check of the node, or with an id of that service there.
  static catalog::Check check(const std::string& node, const std::string& id,
                              std::string_view status, const std::string& service_id = "") {
    catalog::Check out;
    out.node = NodeName(node);
    out.id = catalog::CheckId(id);
    out.status = status;
    out.service_id = catalog::ServiceId(service_id);
    return out;
  }

  static catalog::Register registration(catalog::Node node, catalog::Service service = {},
                                        std::vector<catalog::Check> checks = {}) {
    catalog::Register out;
    out.node = std::move(node);
    if (!service.id.value().empty()) out.service = std::move(service);
    out.checks = std::move(checks);
    return out;
  }
};

/// What was told of one resource, in order; null where it was not told of.
inline const Resource* last_of(const Exporter::Outputs& outputs, const std::string& id) {
  const Resource* found = nullptr;
  for (const auto& output : outputs) {
    const auto* changed = std::get_if<ResourceChanged>(&output);
    if (changed != nullptr && changed->id == id) found = &changed->resource;
  }
  return found;
}

inline std::vector<std::string> ids_of(const Exporter::Outputs& outputs) {
  std::vector<std::string> ids;
  for (const auto& output : outputs) {
    if (const auto* changed = std::get_if<ResourceChanged>(&output)) ids.push_back(changed->id);
  }
  return ids;
}

}  // namespace peerlab::peering
