#pragma once

#include <deque>
#include <set>
#include <string>

#include "actors/agent/agent_role.hpp"
#include "actors/datacenter_role.hpp"
#include "actors/partition_role.hpp"
#include "actors/proxy/context.hpp"
#include "actors/registrations.hpp"
#include "actors/server/context.hpp"
#include "peerlab/engine/engine.hpp"
#include "peerlab/scenario/plan.hpp"

namespace peerlab::actors {

/// Puts the datacenters of a topology into an engine, which then bring their hosts, and keeps what
/// the roles refer to. It must outlive the run.
class Site {
 public:
  Site(engine::Engine& engine, const scenario::Plan& plan, std::uint64_t seed)
      : engine_(engine), plan_(plan), seed_(seed) {}

  /// Returns the names of the hosts that say when they are ready.
  std::set<std::string> populate();

 private:
  struct Cluster;

  using Addresses = std::vector<std::string>;
  /// To the datacenter of the cluster that is being made.
  void add(const std::string& name, Addresses addresses, engine::RoleFactory factory);
  void add_servers(Cluster& cluster);
  void add_partition(Cluster& cluster, const scenario::PartitionPlan& partition);
  void add_agents(Cluster& cluster, const scenario::PartitionPlan& partition,
                  std::vector<AgentSetup*>& agents);
  void add_gateway(Cluster& cluster, const scenario::PartitionPlan& partition, AgentSetup& agent,
                   unsigned index);
  void add_instance(Cluster& cluster, const std::string& path, AgentSetup* agent,
                    const scenario::ServicePlan& service, unsigned index);
  ProxySetup& add_proxy(const Cluster& cluster, const AgentSetup& agent,
                        const Registration& registration);

  engine::Engine& engine_;
  const scenario::Plan& plan_;
  std::uint64_t seed_;
  // Roles keep references to these.
  std::deque<std::vector<Provision>> provisions_;  // of each datacenter
  std::deque<ServerConfig> servers_;
  std::deque<PartitionSetup> tenants_;
  std::deque<AgentSetup> agents_;
  std::deque<ProxySetup> proxies_;
  std::set<std::string> must_be_ready_;
};

}  // namespace peerlab::actors
