#include "actors/registrations.hpp"

#include <fmt/format.h>

#include "actors/call.hpp"

namespace peerlab::actors {
namespace {

catalog::ServiceId instance_id(const scenario::ServicePlan& service, unsigned index) {
  return catalog::ServiceId(fmt::format("{}-{}", service.name.value(), index));
}

/// A check as agents begin it: critical until it has run.
LocalCheck check_of(const catalog::Service& service, std::string id, std::string name) {
  LocalCheck check;
  check.row.node = service.node;
  check.row.id = catalog::CheckId(std::move(id));
  check.row.name = std::move(name);
  check.row.status = catalog::health::critical;
  check.row.service_id = service.id;
  check.row.service_name = service.service;
  return check;
}

LocalCheck tcp_check(const catalog::Service& service, std::string id, std::string name,
                     const std::string& host, net::Port port) {
  LocalCheck check = check_of(service, std::move(id), std::move(name));
  check.row.type = "tcp";
  check.row.definition.tcp = fmt::format("{}:{}", service.address, port);
  check.row.definition.interval = std::chrono::seconds(10);
  check.row.definition.timeout = std::chrono::seconds(10);
  check.probes = net::Address{host, port};
  return check;
}

catalog::Upstream upstream_of(const scenario::UpstreamPlan& plan) {
  catalog::Upstream upstream;
  upstream.destination_type = "service";
  upstream.destination_name = plan.service;
  upstream.destination_peer = plan.peer;
  upstream.destination_partition = plan.partition.value();
  upstream.local_bind_port = plan.port;
  upstream.mesh_gateway.mode = plan.mode;
  return upstream;
}

}  // namespace

Registration gateway_registration(const NodeName& node, unsigned index, const std::string& lan,
                                  const std::string& wan, const std::string& host) {
  catalog::Service service;
  service.node = node;
  service.kind = catalog::service_kind::mesh_gateway;
  service.id = catalog::ServiceId(fmt::format("mesh-gateway-{}", index));
  service.service = ServiceName("mesh-gateway");
  service.address = lan;
  service.port = gateway_port;
  service.tagged_addresses = {{"lan", {lan, gateway_port}}, {"wan", {wan, gateway_port}}};
  LocalCheck check = tcp_check(service, fmt::format("service:{}", service.id.value()),
                               "Mesh Gateway Listening", host, gateway_port);
  return {std::move(service), {std::move(check)}};
}

Registration service_registration(const NodeName& node, const scenario::ServicePlan& plan,
                                  unsigned index, const std::string& address,
                                  const std::string& host) {
  catalog::Service service;
  service.node = node;
  service.id = instance_id(plan, index);
  service.service = plan.name;
  service.address = address;
  service.port = service_port;
  LocalCheck check =
      tcp_check(service, fmt::format("service:{}", service.id.value()),
                fmt::format("Service '{}' check", plan.name.value()), host, service_port);
  return {std::move(service), {std::move(check)}};
}

Registration sidecar_registration(const NodeName& node, const scenario::ServicePlan& plan,
                                  unsigned index, const std::string& address,
                                  const std::string& host) {
  const catalog::ServiceId app = instance_id(plan, index);
  catalog::Service service;
  service.node = node;
  service.kind = catalog::service_kind::connect_proxy;
  service.id = catalog::ServiceId(app.value() + "-sidecar-proxy");
  service.service = ServiceName(plan.name.value() + "-sidecar-proxy");
  service.address = address;
  service.port = sidecar_port;
  service.proxy.destination_service_name = plan.name;
  service.proxy.destination_service_id = app;
  service.proxy.local_service_address = "127.0.0.1";
  service.proxy.local_service_port = service_port;
  for (const scenario::UpstreamPlan& upstream : plan.upstreams) {
    service.proxy.upstreams.push_back(upstream_of(upstream));
  }
  const std::string id = fmt::format("service:{}", service.id.value());
  LocalCheck listening =
      tcp_check(service, id + ":1", "Connect Sidecar Listening", host, sidecar_port);
  LocalCheck alias =
      check_of(service, id + ":2", fmt::format("Connect Sidecar Aliasing {}", app.value()));
  alias.row.type = "alias";
  alias.alias_of = app;
  return {std::move(service), {std::move(listening), std::move(alias)}};
}

std::string protocol_entry(const scenario::ServicePlan& service) {
  return fmt::format(R"({{"Kind":"service-defaults","Name":"{}","Protocol":"{}"}})",
                     service.name.value(), service.protocol);
}

}  // namespace peerlab::actors
