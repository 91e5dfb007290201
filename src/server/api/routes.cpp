#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "exchange.hpp"
#include "handlers.hpp"

namespace peerlab::server::api {
namespace {

// Every route of Consul's API (HTTP spec 3.16). Without a handler it answers 501, but its methods
// are known all the same.
constexpr Route table[] = {
    {"/v1/acl/auth-method", "PUT"},
    {"/v1/acl/auth-method/", "GET,PUT,DELETE"},
    {"/v1/acl/auth-methods", "GET"},
    {"/v1/acl/binding-rule", "PUT"},
    {"/v1/acl/binding-rule/", "GET,PUT,DELETE"},
    {"/v1/acl/binding-rules", "GET"},
    {"/v1/acl/bootstrap", "PUT"},
    {"/v1/acl/login", "POST"},
    {"/v1/acl/logout", "POST"},
    {"/v1/acl/policies", "GET"},
    {"/v1/acl/policy", "PUT"},
    {"/v1/acl/policy/", "GET,PUT,DELETE"},
    {"/v1/acl/policy/name/", "GET"},
    {"/v1/acl/replication", "GET"},
    {"/v1/acl/role", "PUT"},
    {"/v1/acl/role/", "GET,PUT,DELETE"},
    {"/v1/acl/role/name/", "GET"},
    {"/v1/acl/roles", "GET"},
    {"/v1/acl/templated-policies", "GET"},
    {"/v1/acl/templated-policy/name/", "GET"},
    {"/v1/acl/templated-policy/preview/", "POST"},
    {"/v1/acl/token", "PUT"},
    {"/v1/acl/token/", "GET,PUT,DELETE"},
    {"/v1/acl/token/self", "GET"},
    {"/v1/acl/tokens", "GET"},
    {"/v1/agent/check/deregister/", "PUT"},
    {"/v1/agent/check/fail/", "PUT"},
    {"/v1/agent/check/pass/", "PUT"},
    {"/v1/agent/check/register", "PUT"},
    {"/v1/agent/check/update/", "PUT"},
    {"/v1/agent/check/warn/", "PUT"},
    {"/v1/agent/checks", "GET"},
    {"/v1/agent/connect/authorize", "POST"},
    {"/v1/agent/connect/ca/leaf/", "GET"},
    {"/v1/agent/connect/ca/roots", "GET"},
    {"/v1/agent/force-leave/", "PUT"},
    {"/v1/agent/health/service/id/", "GET"},
    {"/v1/agent/health/service/name/", "GET"},
    {"/v1/agent/host", "GET"},
    {"/v1/agent/join/", "PUT"},
    {"/v1/agent/leave", "PUT"},
    {"/v1/agent/maintenance", "PUT"},
    {"/v1/agent/members", "GET"},
    {"/v1/agent/metrics", "GET"},
    {"/v1/agent/metrics/stream", "GET"},
    {"/v1/agent/monitor", "GET"},
    {"/v1/agent/reload", "PUT"},
    {"/v1/agent/self", "GET"},
    {"/v1/agent/service/", "GET"},
    {"/v1/agent/service/deregister/", "PUT"},
    {"/v1/agent/service/maintenance/", "PUT"},
    {"/v1/agent/service/register", "PUT"},
    {"/v1/agent/services", "GET"},
    {"/v1/agent/token/", "PUT"},
    {"/v1/agent/version", "GET"},
    {"/v1/catalog/connect/", "GET", Place::any_on_stale, catalog_connect, true},
    {"/v1/catalog/datacenters", "GET", Place::here, catalog_datacenters},
    {"/v1/catalog/deregister", "PUT", Place::own_leader, catalog_deregister},
    {"/v1/catalog/gateway-services/", "GET"},
    {"/v1/catalog/node-services/", "GET", Place::any_on_stale, catalog_node_services, true},
    {"/v1/catalog/node/", "GET", Place::any_on_stale, catalog_node, true},
    {"/v1/catalog/nodes", "GET", Place::any_on_stale, catalog_nodes, true},
    {"/v1/catalog/register", "PUT", Place::own_leader, catalog_register},
    {"/v1/catalog/service/", "GET", Place::any_on_stale, catalog_service, true},
    {"/v1/catalog/services", "GET", Place::any_on_stale, catalog_services, true},
    {"/v1/config", "PUT", Place::leader, config_apply},
    {"/v1/config/", "GET,DELETE", Place::any_on_stale, config_entry},
    {"/v1/connect/ca/configuration", "GET,PUT", Place::leader, ca_configuration},
    {"/v1/connect/ca/roots", "GET", Place::any_on_stale, connect_ca_roots, true},
    {"/v1/connect/intentions", "GET,POST", Place::any_on_stale, intentions, true},
    {"/v1/connect/intentions/", "GET,PUT,DELETE"},
    {"/v1/connect/intentions/check", "GET", Place::any_on_stale, intentions_check},
    {"/v1/connect/intentions/exact", "GET,PUT,DELETE", Place::any_on_stale, intentions_exact},
    {"/v1/connect/intentions/match", "GET", Place::any_on_stale, intentions_match, true},
    {"/v1/coordinate/datacenters", "GET"},
    {"/v1/coordinate/node/", "GET"},
    {"/v1/coordinate/nodes", "GET"},
    {"/v1/coordinate/update", "PUT"},
    {"/v1/discovery-chain/", "GET,POST"},
    {"/v1/event/fire/", "PUT"},
    {"/v1/event/list", "GET"},
    {"/v1/exported-services", "GET", Place::own_leader, exported_services},
    {"/v1/health/checks/", "GET", Place::any_on_stale, health_checks, true},
    {"/v1/health/connect/", "GET", Place::any_on_stale, health_connect},
    {"/v1/health/ingress/", "GET"},
    {"/v1/health/node/", "GET", Place::any_on_stale, health_node, true},
    {"/v1/health/service/", "GET", Place::any_on_stale, health_service},
    {"/v1/health/state/", "GET", Place::any_on_stale, health_state, true},
    {"/v1/internal/acl/authorize", "POST"},
    {"/v1/internal/federation-state/", "GET"},
    {"/v1/internal/federation-states", "GET"},
    {"/v1/internal/federation-states/mesh-gateways", "GET"},
    {"/v1/internal/service-virtual-ip", "PUT"},
    {"/v1/internal/ui/catalog-overview", "GET"},
    {"/v1/internal/ui/exported-services", "GET"},
    {"/v1/internal/ui/gateway-intentions/", "GET"},
    {"/v1/internal/ui/gateway-services-nodes/", "GET"},
    {"/v1/internal/ui/metrics-proxy/", "GET"},
    {"/v1/internal/ui/node/", "GET"},
    {"/v1/internal/ui/nodes", "GET"},
    {"/v1/internal/ui/service-topology/", "GET"},
    {"/v1/internal/ui/services", "GET"},
    {"/v1/kv/", "GET,PUT,DELETE", Place::any_on_stale, kv},
    {"/v1/operator/autopilot/configuration", "GET,PUT"},
    {"/v1/operator/autopilot/health", "GET"},
    {"/v1/operator/autopilot/state", "GET"},
    {"/v1/operator/keyring", "GET,POST,PUT,DELETE"},
    {"/v1/operator/raft/configuration", "GET"},
    {"/v1/operator/raft/peer", "DELETE"},
    {"/v1/operator/raft/transfer-leader", "POST"},
    {"/v1/operator/usage", "GET"},
    {"/v1/operator/utilization", "GET"},
    {"/v1/peering/", "GET,DELETE", Place::own_leader, peering_by_name},
    {"/v1/peering/establish", "POST", Place::own_leader, establish},
    {"/v1/peering/token", "POST", Place::own_leader, generate_token},
    {"/v1/peerings", "GET", Place::own_leader, peering_list},
    {"/v1/query", "GET,POST"},
    {"/v1/query/", "GET,PUT,DELETE"},
    {"/v1/session/create", "PUT"},
    {"/v1/session/destroy/", "PUT"},
    {"/v1/session/info/", "GET"},
    {"/v1/session/list", "GET"},
    {"/v1/session/node/", "GET"},
    {"/v1/session/renew/", "PUT"},
    {"/v1/snapshot", "GET,PUT"},
    {"/v1/status/leader", "GET", Place::any_on_stale, status_leader},
    {"/v1/status/peers", "GET", Place::any_on_stale, status_peers},
    {"/v1/txn", "PUT"},
};

bool matches(const Route& route, std::string_view path) {
  return route.pattern.ends_with('/') ? path.starts_with(route.pattern) : path == route.pattern;
}

}  // namespace

const Route* find_route(std::string_view path) {
  const Route* best = nullptr;
  for (const Route& route : table) {
    const bool longer = best == nullptr || route.pattern.size() > best->pattern.size();
    if (matches(route, path) && longer) best = &route;
  }
  return best;
}

bool lacks_slash(std::string_view path) {
  const std::string slashed = std::string(path) + "/";
  return std::ranges::any_of(table, [&](const Route& route) { return route.pattern == slashed; }) &&
         std::ranges::none_of(table, [&](const Route& route) { return route.pattern == path; });
}

std::vector<std::string> routes() {
  std::vector<std::string> all;
  for (const Route& route : table) {
    if (route.prepare != nullptr) all.push_back(fmt::format("{} {}", route.pattern, route.methods));
  }
  return all;
}

}  // namespace peerlab::server::api
