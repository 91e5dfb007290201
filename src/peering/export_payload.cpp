#include "peerlab/peering/export_payload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace peerlab::peering {
namespace {

using catalog::Check;
using catalog::CheckServiceNode;

constexpr std::string_view proxy_suffix = "-sidecar-proxy";
constexpr std::string_view virtual_address = "consul-virtual";

bool is_maintenance(const Check& check) {
  const std::string& id = check.id.value();
  return id == "_node_maintenance" || id.starts_with("_service_maintenance:");
}

/// The worse, the higher. A text that nobody knows is worst of all (C-168).
int rank(std::string_view status) {
  if (status == catalog::health::passing) return 0;
  if (status == catalog::health::warning) return 1;
  if (status == catalog::health::critical) return 2;
  if (status == catalog::health::maintenance) return 3;
  return 4;
}

std::string overall_status(const std::vector<Check>& checks, const Mutants& mutants) {
  if (mutants.has(Mutant::HB_074)) return checks.back().status;
  if (std::ranges::any_of(checks, is_maintenance)) {
    return std::string(catalog::health::maintenance);
  }
  std::string worst(catalog::health::passing);
  for (const Check& check : checks) {
    if (rank(check.status) >= rank(worst)) worst = check.status;
  }
  return worst;
}

Instance instance_of(catalog::Node node, catalog::Service service, std::vector<Check> checks) {
  node.indexes = {};
  service.indexes = {};
  service.node = node.node;
  return {std::move(node), std::move(service), std::move(checks), {}};
}

void hide_virtual_address(catalog::Service& service, const Mutants& mutants) {
  if (!mutants.has(Mutant::HB_075)) service.tagged_addresses.erase(std::string(virtual_address));
}

/// Consul orders by a text of all names, so `n1-a` comes before `n1` (spec 8.3, step 6).
std::string order_of(const Instance& instance) {
  return fmt::format("//{}/default/{}", instance.node->node.value(), instance.service->id.value());
}

}  // namespace

std::vector<Check> flatten(const CheckServiceNode& instance, const Mutants& mutants) {
  if (instance.checks.empty()) return {};
  const catalog::Service& service = instance.service;
  const std::string& id = service.id.value().empty() ? service.service.value() : service.id.value();
  Check check;
  check.node = instance.node.node;
  check.id = catalog::CheckId(id + ":overall-check");
  check.name = "overall-check";
  check.status = overall_status(instance.checks, mutants);
  check.service_id = catalog::ServiceId(id);
  check.service_name = service.service;
  return {std::move(check)};
}

ExportedService typical_payload(const std::vector<CheckServiceNode>& instances,
                                const Mutants& mutants) {
  ExportedService out;
  for (const CheckServiceNode& instance : instances) {
    catalog::Service service = instance.service;
    if (service.kind != catalog::service_kind::typical) continue;
    if (service.service.value().ends_with(proxy_suffix)) continue;
    service.proxy = {};
    service.connect = {};
    hide_virtual_address(service, mutants);
    out.nodes.push_back(instance_of(instance.node, std::move(service), flatten(instance, mutants)));
  }
  std::ranges::sort(out.nodes, {}, order_of);
  return out;
}

ExportedService proxy_payload(const ServiceName& service, const catalog::PeeringServiceMeta& meta,
                              const std::vector<CheckServiceNode>& gateways,
                              const Mutants& mutants) {
  const std::string& name = service.value();
  ExportedService out;
  for (std::size_t i = 0; i < gateways.size(); ++i) {
    const auto& [node, gateway, checks] = gateways[i];
    // A gateway that was registered without an ID would give names without a number.
    const std::string number = gateway.id.value().empty() ? "" : fmt::format("-instance-{}", i);
    catalog::Service proxy;
    proxy.kind = catalog::service_kind::connect_proxy;
    proxy.service = ServiceName(proxy_name(service));
    proxy.id = catalog::ServiceId(proxy_name(service) + number);
    proxy.proxy.destination_service_name = service;
    proxy.proxy.destination_service_id = catalog::ServiceId(name + number);
    proxy.address = gateway.address;
    proxy.tagged_addresses = gateway.tagged_addresses;
    proxy.port = gateway.port;
    proxy.socket_path = gateway.socket_path;
    proxy.weights = gateway.weights;
    proxy.connect.peer_meta = meta;
    hide_virtual_address(proxy, mutants);
    auto flat = flatten({node, proxy, checks}, mutants);
    out.nodes.push_back(instance_of(node, std::move(proxy), std::move(flat)));
  }
  return out;
}

std::string proxy_name(const ServiceName& service) {
  return service.value() + std::string(proxy_suffix);
}

}  // namespace peerlab::peering
