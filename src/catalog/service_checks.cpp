#include "catalog/service_checks.hpp"

#include <fmt/format.h>

#include <set>

#include "catalog/config_checks.hpp"

namespace peerlab::catalog {

namespace {

using Errors = std::vector<std::string>;

std::string upstream_error(const Upstream& upstream) {
  const std::string& type = upstream.destination_type;
  if (!type.empty() && type != "service" && type != "prepared_query") {
    return fmt::format("unknown upstream destination type: \"{}\"", type);
  }
  if (upstream.destination_name.value().empty()) {
    return "upstream destination name cannot be empty";
  }
  if (upstream.destination_name.value() == "*") {
    return "upstream destination name cannot be a wildcard";
  }
  if (!upstream.destination_peer.value().empty() && !upstream.datacenter.value().empty()) {
    return "upstream cannot specify both destination peer and datacenter";
  }
  if (upstream.local_bind_port == 0 && upstream.local_bind_socket_path.empty() &&
      !upstream.centrally_configured) {
    return "upstream local bind port or local socket path must be defined and nonzero";
  }
  return "";
}

void check_sidecar(const Service& service, Errors& errors) {
  const std::string& destination = service.proxy.destination_service_name.value();
  if (destination.empty()) {
    errors.emplace_back(
        "Proxy.DestinationServiceName must be non-empty for Connect proxy services");
  }
  if (destination == "*") {
    errors.emplace_back(
        "Proxy.DestinationServiceName must not be a wildcard for Connect proxy services");
  }
  if (service.port == 0 && service.socket_path.empty()) {
    errors.push_back(fmt::format("Port or SocketPath must be set for a {}", service.kind));
  }
  if (service.connect.native) {
    errors.emplace_back("A Proxy cannot also be Connect Native, only typical services");
  }
  std::set<std::string> addresses;
  for (const Upstream& upstream : service.proxy.upstreams) {
    if (std::string error = upstream_error(upstream); !error.empty()) {
      errors.push_back(std::move(error));
      continue;
    }
    if (upstream.centrally_configured) continue;
    const std::string address =
        !upstream.local_bind_socket_path.empty()
            ? upstream.local_bind_socket_path
            : fmt::format(
                  "{}:{}",
                  upstream.local_bind_address.empty() ? "127.0.0.1" : upstream.local_bind_address,
                  upstream.local_bind_port);
    if (addresses.insert(address).second) continue;
    errors.push_back(fmt::format(
        "upstreams cannot contain duplicates of local bind address/port or unix path: \"{}\"",
        address));
  }
}

void check_gateway(const Service& service, Errors& errors) {
  const auto invalid = [&](bool set, std::string_view what) {
    if (!set) return;
    errors.push_back(
        fmt::format("The Proxy.{} configuration is invalid for a {}", what, service.kind));
  };
  if (service.port == 0) {
    errors.push_back(fmt::format("Port must be non-zero for a {}", service.kind));
  }
  const ProxyConfig& proxy = service.proxy;
  invalid(!proxy.destination_service_name.value().empty(), "DestinationServiceName");
  invalid(!proxy.destination_service_id.value().empty(), "DestinationServiceID");
  invalid(!proxy.local_service_address.empty(), "LocalServiceAddress");
  invalid(proxy.local_service_port != 0, "LocalServicePort");
  invalid(!proxy.local_service_socket_path.empty(), "LocalServiceSocketPath");
  invalid(!proxy.upstreams.empty(), "Upstreams");
}

void check_ports(const Service& service, Errors& errors) {
  if (service.ports.empty()) return;
  if (service.port != 0) errors.emplace_back("Cannot set both Port and Ports");
  std::set<std::string> names;
  bool has_default = false;
  for (const ServicePort& port : service.ports) {
    has_default = has_default || port.is_default;
    if (names.insert(port.name).second) continue;
    errors.push_back(fmt::format("Ports.Name \"{}\" has to be unique", port.name));
  }
  if (!has_default) errors.emplace_back("One of the Ports must be marked as Default");
}

/// The type that follows from a definition; most count only when they say how often.
std::string type_of(const CheckDefinition& definition) {
  const bool repeats = definition.interval != Duration(0);
  if (!definition.alias_node.empty() || !definition.alias_service.empty()) return "alias";
  if (definition.ttl > Duration(0)) return "ttl";
  if (repeats && !definition.http.empty()) return "http";
  if (repeats && !definition.grpc.empty()) return "grpc";
  if (repeats && !definition.tcp.empty()) return "tcp";
  if (repeats && !definition.udp.empty()) return "udp";
  if (repeats && !definition.h2ping.empty()) return "h2ping";
  if (repeats && !definition.os_service.empty()) return "os_service";
  if (definition.script_args.empty()) return "";
  return repeats && !definition.docker_container_id.empty() ? "docker" : "script";
}

/// Weights that make no sense are those of a registration without any.
bool sensible(const Weights& weights) {
  return weights.passing >= 1 && weights.passing <= 65535 && weights.warning >= 0 &&
         weights.warning <= 65535;
}

}  // namespace

Result<void> settle_service(Service& service) {
  if (service.service.value().empty()) {
    if (service.id.value().empty()) {
      return refuse(
          "service name (Service.Service) is required; both Service ID (Service.ID) and Service "
          "Name cannot be empty");
    }
    return refuse("Must provide service name (Service.Service) when service ID is provided");
  }
  if (service.id.value().empty()) service.id = ServiceId(service.service.value());
  if (service.address == "0.0.0.0" || service.address == "::" || service.address == "[::]") {
    return refuse("Invalid service address");
  }
  if (!sensible(service.weights)) service.weights = {};
  Errors errors;
  if (service.kind == service_kind::connect_proxy) check_sidecar(service, errors);
  if (is_gateway(service)) check_gateway(service, errors);
  check_ports(service, errors);
  return check(errors);
}

void settle_check(Check& check, const NodeName& node) {
  if (check.id.value().empty()) check.id = CheckId(check.name);
  if (check.node.value().empty()) check.node = node;
  if (check.type.empty()) check.type = type_of(check.definition);
}

}  // namespace peerlab::catalog
