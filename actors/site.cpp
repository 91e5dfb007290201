#include "actors/site.hpp"

#include <fmt/format.h>

#include <memory>

#include "actors/conductor.hpp"
#include "actors/operator_role.hpp"
#include "actors/proxy/gateway_role.hpp"
#include "actors/proxy/sidecar_role.hpp"
#include "actors/server/server_role.hpp"
#include "actors/service_role.hpp"
#include "peerlab/scenario/names.hpp"

namespace peerlab::actors {
namespace {

// Half of a usual round trip: within a datacenter, and between two of them on one continent.
constexpr Duration lan_latency = std::chrono::microseconds(250);
constexpr Duration wan_latency = std::chrono::milliseconds(20);

void take(AgentSetup& agent, const Registration& registration) {
  agent.services.push_back(registration.service);
  agent.checks.insert(agent.checks.end(), registration.checks.begin(), registration.checks.end());
}

}  // namespace

/// A cluster while its hosts are being made: which addresses are given out next.
struct Site::Cluster {
  const scenario::ClusterPlan& plan;
  unsigned number = 0;  ///< from 1
  unsigned agents = 0;
  unsigned gateways = 0;
  unsigned instances = 0;
  /// The client agents as gossip knows them, and where servers listen for agents and proxies.
  std::map<PartitionName, std::vector<server::Member>> members = {};
  std::vector<net::Address> servers = {};
  std::vector<std::pair<std::string, const PartitionSetup*>> tenants = {};  ///< by their paths

  std::string server_address(unsigned index) const {
    return fmt::format("10.{}.0.{}", number, index + 1);
  }
  std::string next_instance() {
    const unsigned at = instances++;
    return fmt::format("10.{}.{}.{}", number, 16 + at / 250, 1 + at % 250);
  }
};

std::set<std::string> Site::populate() {
  engine_.shape_link(net::HostGroup(""), net::HostGroup(""), {.latency = wan_latency});
  engine_.add_host(net::HostName(std::string(operator_name)),
                   [](engine::Host& host) { return std::make_unique<OperatorRole>(host); });
  unsigned number = 0;
  for (const scenario::ClusterPlan& plan : plan_.topology.clusters) {
    const net::HostGroup site(plan.name.value());
    engine_.shape_link(site, site, {.latency = lan_latency});
    Cluster cluster{plan, ++number};
    provisions_.emplace_back();
    for (unsigned index = 0; index < plan.servers; ++index) {
      cluster.servers.push_back({cluster.server_address(index), rpc_port});
    }
    for (const scenario::PartitionPlan& partition : plan.partitions) {
      add_partition(cluster, partition);
    }
    add_servers(cluster);
    const std::vector<Provision>& provisions = provisions_.back();
    engine_.add_host(net::HostName(site_name(plan.name.value())),
                     [this, &provisions](engine::Host& host) {
                       return std::make_unique<DatacenterRole>(host, engine_, provisions);
                     });
    for (const auto& [path, setup] : cluster.tenants) {
      engine_.add_host(net::HostName(tenant_name(path)), [&tenant = *setup](engine::Host& host) {
        return std::make_unique<PartitionRole>(host, tenant);
      });
      must_be_ready_.insert(tenant_name(path));
    }
  }
  return std::move(must_be_ready_);
}

void Site::add(const std::string& name, Addresses addresses, engine::RoleFactory factory) {
  provisions_.back().push_back({net::HostName(name), std::move(factory), std::move(addresses)});
}

void Site::add_servers(Cluster& cluster) {
  const scenario::ClusterPlan& plan = cluster.plan;
  consensus::Configuration founders;
  for (unsigned index = 0; index < plan.servers; ++index) {
    founders.push_back({consensus::ServerId(index + 1),
                        fmt::format("{}:{}", cluster.server_address(index), rpc_port), true});
  }
  const Random ids = Random(seed_).fork(plan.name.value()).fork("node ids");
  std::vector<server::Member> members;
  for (unsigned index = 0; index < plan.servers; ++index) {
    server::Member& member = members.emplace_back();
    member.node = NodeName(fmt::format("{}-server-{}", plan.name.value(), index));
    member.id = ids.fork(std::to_string(index)).uuid();
    member.address = cluster.server_address(index);
    member.server.emplace().grpc_tls_port = grpc_tls_port;
  }
  for (unsigned index = 0; index < plan.servers; ++index) {
    const std::string name = fmt::format("{}/server/{}", plan.name.value(), index);
    ServerConfig& config = servers_.emplace_back();
    config.settings.edition = plan.edition;
    config.settings.datacenter = plan.datacenter;
    config.settings.node = members[index].node;
    config.settings.node_id = members[index].id;
    config.settings.address = cluster.server_address(index);
    config.id = founders[index].id;
    config.founders = founders;
    config.timings = *consensus::Timings::with_multiplier(plan.raft_multiplier);
    config.members = members;
    config.agents = cluster.members;
    for (const scenario::PartitionPlan& partition : plan.partitions) {
      if (!partition.name.value().empty()) config.partitions.push_back(partition.name);
    }
    config.intentions_allow = plan.intentions_allow;
    config.mutants = plan_.mutants;
    add(name, {config.settings.address},
        [&config](engine::Host& host) { return std::make_unique<ServerRole>(host, config); });
    must_be_ready_.insert(name);
  }
}

void Site::add_partition(Cluster& cluster, const scenario::PartitionPlan& partition) {
  const std::string path = scenario::partition_path(cluster.plan, partition);
  PartitionSetup& tenant = tenants_.emplace_back();
  tenant.partition = partition.name.value();
  for (const net::Address& server : cluster.servers) tenant.servers.push_back(server.host);
  if (!cluster.servers.empty()) cluster.tenants.emplace_back(path, &tenant);
  std::vector<AgentSetup*> agents;
  add_agents(cluster, partition, agents);
  for (unsigned index = 0; index < partition.gateways; ++index) {
    add_gateway(cluster, partition, *agents[index % agents.size()], index);
  }
  for (const scenario::ServicePlan& service : partition.services) {
    if (!service.protocol.empty()) tenant.entries.push_back(protocol_entry(service));
    for (unsigned index = 0; index < service.instances; ++index) {
      AgentSetup* const agent = agents.empty() ? nullptr : agents[index % agents.size()];
      add_instance(cluster, path, agent, service, index);
    }
  }
}

void Site::add_agents(Cluster& cluster, const scenario::PartitionPlan& partition,
                      std::vector<AgentSetup*>& agents) {
  const std::string path = scenario::partition_path(cluster.plan, partition);
  const Random ids = Random(seed_).fork(path).fork("agent ids");
  const std::string& tenant = partition.name.value();
  for (unsigned index = 0; index < partition.agents; ++index) {
    const std::string address = fmt::format("10.{}.1.{}", cluster.number, ++cluster.agents);
    AgentSetup& setup = agents_.emplace_back();
    setup.partition = partition.name;
    setup.servers = cluster.servers;
    setup.node.node = NodeName(fmt::format("{}{}{}-agent-{}", cluster.plan.name.value(),
                                           tenant.empty() ? "" : "-", tenant, index));
    setup.node.id = catalog::NodeId(ids.fork(std::to_string(index)).uuid());
    setup.node.address = address;
    setup.node.datacenter = cluster.plan.datacenter;
    setup.node.tagged_addresses = {
        {"lan", address}, {"lan_ipv4", address}, {"wan", address}, {"wan_ipv4", address}};
    setup.node.meta = {{"consul-network-segment", ""},
                       {"consul-version", std::string(server::consul_version)}};
    server::Member& member = cluster.members[partition.name].emplace_back();
    member.node = setup.node.node;
    member.id = setup.node.id.value();
    member.address = address;
    const std::string name = fmt::format("{}/agent/{}", path, index);
    add(name, {address},
        [&setup](engine::Host& host) { return std::make_unique<AgentRole>(host, setup); });
    must_be_ready_.insert(name);
    agents.push_back(&setup);
  }
}

ProxySetup& Site::add_proxy(const Cluster& cluster, const AgentSetup& agent,
                            const Registration& registration) {
  ProxySetup& setup = proxies_.emplace_back();
  setup.partition = agent.partition;
  setup.node = agent.node.node;
  setup.proxy = registration.service;
  setup.servers = cluster.servers;
  setup.mutants = plan_.mutants;
  return setup;
}

void Site::add_gateway(Cluster& cluster, const scenario::PartitionPlan& partition,
                       AgentSetup& agent, unsigned index) {
  const unsigned number = ++cluster.gateways;
  const std::string path = scenario::partition_path(cluster.plan, partition);
  const std::string lan = fmt::format("10.{}.2.{}", cluster.number, number);
  const std::string wan =
      partition.gateways_by_name
          ? fmt::format("gateway-{}.{}.example", number, cluster.plan.name.value())
          : fmt::format("198.18.{}.{}", cluster.number, number);
  const std::string name = fmt::format("{}/gateway/{}", path, index);
  const Registration registration = gateway_registration(agent.node.node, index, lan, wan, name);
  take(agent, registration);
  const ProxySetup& setup = add_proxy(cluster, agent, registration);
  add(name, {lan, wan},
      [&setup](engine::Host& host) { return std::make_unique<GatewayRole>(host, setup); });
  must_be_ready_.insert(name);
}

void Site::add_instance(Cluster& cluster, const std::string& path, AgentSetup* agent,
                        const scenario::ServicePlan& service, unsigned index) {
  const std::string address = cluster.next_instance();
  const std::string app = fmt::format("{}/service/{}/{}", path, service.name.value(), index);
  const bool alone = agent == nullptr || !service.mesh;
  // An application and its sidecar share an address; what others reach there is the sidecar.
  add(app, alone ? Addresses{address} : Addresses{},
      [](engine::Host& host) { return std::make_unique<ServiceRole>(host); });
  if (agent != nullptr) {
    take(*agent, service_registration(agent->node.node, service, index, address, app));
  }
  if (alone) return;

  const std::string name = scenario::sidecar_of(app);
  const Registration registration =
      sidecar_registration(agent->node.node, service, index, address, name);
  take(*agent, registration);
  ProxySetup& setup = add_proxy(cluster, *agent, registration);
  setup.app = app;
  add(name, {address},
      [&setup](engine::Host& host) { return std::make_unique<SidecarRole>(host, setup); });
  must_be_ready_.insert(name);
}

}  // namespace peerlab::actors
