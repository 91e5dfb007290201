#include "peerlab/server/members.hpp"

#include <algorithm>

#include "peerlab/catalog/queries.hpp"

namespace peerlab::server {
namespace {

constexpr std::string_view serf_health = "serfHealth";

catalog::Check health_check(const Member& member) {
  catalog::Check check;
  check.node = member.node;
  check.id = catalog::CheckId(std::string(serf_health));
  check.name = "Serf Health Status";
  const bool alive = member.status == Member::Status::alive;
  check.status = alive ? catalog::health::passing : catalog::health::critical;
  check.output = alive ? "Agent alive and reachable" : "Agent not live or unreachable";
  return check;
}

catalog::Service consul_service(const Member& member) {
  const Member::Server& server = *member.server;
  catalog::Service service;
  service.node = member.node;
  service.id = catalog::ServiceId("consul");
  service.service = ServiceName("consul");
  service.port = server.rpc_port;
  service.meta = {{"non_voter", "false"},
                  {"raft_version", "3"},
                  {"read_replica", server.read_replica ? "true" : "false"},
                  {"serf_protocol_current", "2"},
                  {"serf_protocol_max", "5"},
                  {"serf_protocol_min", "1"},
                  {"version", std::string(consul_version)}};
  if (server.grpc_port > 0) service.meta["grpc_port"] = std::to_string(server.grpc_port);
  if (server.grpc_tls_port > 0) {
    service.meta["grpc_tls_port"] = std::to_string(server.grpc_tls_port);
  }
  return service;
}

catalog::Node node_of(const Member& member, const DatacenterName& datacenter) {
  catalog::Node node;
  node.id = catalog::NodeId(member.id);
  node.node = member.node;
  node.address = member.address;
  node.datacenter = datacenter;
  // A server is its own agent, which tells the catalog more than gossip does.
  if (member.server) {
    const std::string wan =
        member.server->wan_address.empty() ? member.address : member.server->wan_address;
    node.tagged_addresses = {{"lan", member.address}, {"wan", wan}};
    const bool v6 = member.address.find(':') != std::string::npos;
    const bool wan_v6 = wan.find(':') != std::string::npos;
    node.tagged_addresses[v6 ? "lan_ipv6" : "lan_ipv4"] = member.address;
    node.tagged_addresses[wan_v6 ? "wan_ipv6" : "wan_ipv4"] = wan;
    node.meta = {{"consul-network-segment", ""}, {"consul-version", std::string(consul_version)}};
  }
  return node;
}

bool same(catalog::Node one, const catalog::Node& other) {
  one.indexes = other.indexes;
  return one == other;
}
bool same(catalog::Service one, const catalog::Service& other) {
  one.indexes = other.indexes;
  return one == other;
}
bool agrees(const catalog::Check& wanted, const catalog::Check* stored) {
  return stored != nullptr && stored->status == wanted.status && stored->output == wanted.output;
}

template <class Row>
const Row* local(const store::Table<Row>& table, std::initializer_list<std::string_view> parts) {
  return table.find(catalog::peer_key({}, parts));
}

std::optional<catalog::Command> alive(const Member& member, const DatacenterName& datacenter,
                                      const catalog::CatalogTables& tables) {
  const std::string& name = member.node.value();
  catalog::Register wanted;
  wanted.node = node_of(member, datacenter);
  wanted.checks = {health_check(member)};
  if (member.server) wanted.service = consul_service(member);

  const auto* node = local(tables.nodes, {name});
  // Of a client agent gossip tells less than the catalog may hold.
  const bool node_agrees = node != nullptr && (member.server ? same(wanted.node, *node)
                                                             : node->address == member.address);
  const auto* service = local(tables.services, {name, "consul"});
  const bool service_agrees =
      !wanted.service || (service != nullptr && same(*wanted.service, *service));
  const auto* check = local(tables.checks, {name, serf_health});
  if (node_agrees && service_agrees && agrees(wanted.checks[0], check)) return std::nullopt;
  wanted.skip_node_update = node_agrees;
  return wanted;
}

std::optional<catalog::Command> failed(const Member& member, const catalog::CatalogTables& tables) {
  const std::string& name = member.node.value();
  const auto* node = local(tables.nodes, {name});
  const auto wanted = health_check(member);
  if (node == nullptr || agrees(wanted, local(tables.checks, {name, serf_health}))) {
    return std::nullopt;
  }
  catalog::Register command;
  command.node = *node;
  command.skip_node_update = true;
  command.checks = {wanted};
  return command;
}

}  // namespace

std::optional<catalog::Command> reconcile(const Member& member, const NodeName& self,
                                          const DatacenterName& datacenter,
                                          const catalog::CatalogTables& tables) {
  switch (member.status) {
    case Member::Status::alive:
      return alive(member, datacenter, tables);
    case Member::Status::failed:
      return failed(member, tables);
    case Member::Status::left:
      break;
  }
  if (member.node == self || local(tables.nodes, {member.node.value()}) == nullptr) {
    return std::nullopt;
  }
  return catalog::Deregister{member.node, {}, {}, {}};
}

std::vector<catalog::Command> reap(const std::vector<Member>& members, const NodeName& self,
                                   const catalog::CatalogTables& tables) {
  std::vector<catalog::Command> commands;
  for (const catalog::Node* node : catalog::list_nodes(tables).rows) {
    const bool known = std::ranges::any_of(
        members, [&](const Member& member) { return member.node == node->node; });
    const bool of_gossip = local(tables.checks, {node->node.value(), serf_health}) != nullptr;
    if (of_gossip && !known && node->node != self) {
      commands.emplace_back(catalog::Deregister{node->node, {}, {}, {}});
    }
  }
  return commands;
}

}  // namespace peerlab::server
