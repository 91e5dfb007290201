#pragma once

#include <string>
#include <vector>

#include "actors/agent/agent_role.hpp"
#include "peerlab/scenario/plan.hpp"

/// What is registered in the catalog for the gateways and services of a scenario, as Consul's own
/// tools register it.
namespace peerlab::actors {

/// Where a sidecar takes connections of others: the first port of Consul's range for sidecars.
inline constexpr net::Port sidecar_port = 21000;
inline constexpr net::Port gateway_port = 8443;

/// A service or proxy with the checks that belong to it.
struct Registration {
  catalog::Service service;
  std::vector<LocalCheck> checks;
};

/// A mesh gateway at `lan`, which other clusters reach at `wan`; `host` is what runs it.
Registration gateway_registration(const NodeName& node, unsigned index, const std::string& lan,
                                  const std::string& wan, const std::string& host);

/// One instance of a service at `address`, whose application runs on `host`.
Registration service_registration(const NodeName& node, const scenario::ServicePlan& service,
                                  unsigned index, const std::string& address,
                                  const std::string& host);

/// The sidecar of such an instance, run by `host`.
Registration sidecar_registration(const NodeName& node, const scenario::ServicePlan& service,
                                  unsigned index, const std::string& address,
                                  const std::string& host);

/// The service-defaults that a service with a protocol needs.
std::string protocol_entry(const scenario::ServicePlan& service);

}  // namespace peerlab::actors
