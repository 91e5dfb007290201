#include "actors/world.hpp"

#include <fmt/format.h>

#include <deque>
#include <memory>
#include <set>

#include "actors/conductor.hpp"
#include "actors/operator_role.hpp"
#include "actors/server/server_role.hpp"
#include "actors/service_role.hpp"
#include "peerlab/engine/engine.hpp"

namespace peerlab::actors {
namespace {

// Half of a usual round trip: within a datacenter, and between two of them on one continent.
constexpr Duration lan_latency = std::chrono::microseconds(250);
constexpr Duration wan_latency = std::chrono::milliseconds(20);

/// How long servers have to elect a leader and to get ready before the first step at 0 s.
constexpr Duration boot_time = std::chrono::minutes(1);

/// Puts the hosts of a topology into an engine, and keeps what their roles refer to.
class Site {
 public:
  Site(engine::Engine& engine, const scenario::Plan& plan, std::uint64_t seed)
      : engine_(engine), plan_(plan), seed_(seed) {}

  /// Returns the names of the hosts that say when they are ready.
  std::set<std::string> populate() {
    engine_.shape_link(net::HostGroup(""), net::HostGroup(""), {.latency = wan_latency});
    add(std::string(operator_name),
        [](engine::Host& host) { return std::make_unique<OperatorRole>(host); });
    unsigned number = 0;
    for (const scenario::ClusterPlan& cluster : plan_.topology.clusters) {
      const net::HostGroup site(cluster.name.value());
      engine_.shape_link(site, site, {.latency = lan_latency});
      add_servers(cluster, ++number);
      add_services(cluster);
    }
    return std::move(must_be_ready_);
  }

 private:
  void add(const std::string& name, engine::RoleFactory factory) {
    engine_.add_host(net::HostName(name), std::move(factory));
  }

  void add_servers(const scenario::ClusterPlan& cluster, unsigned number) {
    consensus::Configuration founders;
    const auto address = [&](unsigned index) {
      return fmt::format("10.{}.0.{}", number, index + 1);
    };
    for (unsigned index = 0; index < cluster.servers; ++index) {
      founders.push_back(
          {consensus::ServerId(index + 1), fmt::format("{}:{}", address(index), rpc_port), true});
    }
    const Random ids = Random(seed_).fork(cluster.name.value()).fork("node ids");
    std::vector<server::Member> members;
    for (unsigned index = 0; index < cluster.servers; ++index) {
      server::Member& member = members.emplace_back();
      member.node = NodeName(fmt::format("{}-server-{}", cluster.name.value(), index));
      member.id = ids.fork(std::to_string(index)).uuid();
      member.address = address(index);
      member.server.emplace().grpc_tls_port = grpc_tls_port;
    }
    for (unsigned index = 0; index < cluster.servers; ++index) {
      const std::string name = fmt::format("{}/server/{}", cluster.name.value(), index);
      ServerConfig& config = configs_.emplace_back();
      config.settings.edition = cluster.edition;
      config.settings.datacenter = cluster.datacenter;
      config.settings.node = members[index].node;
      config.settings.node_id = members[index].id;
      config.settings.address = address(index);
      config.id = founders[index].id;
      config.founders = founders;
      config.timings = *consensus::Timings::with_multiplier(cluster.raft_multiplier);
      config.members = members;
      config.mutants = plan_.mutants;
      add(name,
          [&config](engine::Host& host) { return std::make_unique<ServerRole>(host, config); });
      engine_.set_address(address(index), net::HostName(name));
      must_be_ready_.insert(name);
    }
  }

  void add_services(const scenario::ClusterPlan& cluster) {
    for (const scenario::ServicePlan& service : cluster.services) {
      for (unsigned index = 0; index < service.instances; ++index) {
        add(fmt::format("{}/service/{}/{}", cluster.name.value(), service.name.value(), index),
            [](engine::Host& host) { return std::make_unique<ServiceRole>(host); });
      }
    }
  }

  engine::Engine& engine_;
  const scenario::Plan& plan_;
  std::uint64_t seed_;
  std::deque<ServerConfig> configs_;  // roles keep references
  std::set<std::string> must_be_ready_;
};

bool has_servers(const scenario::Topology& topology) {
  for (const scenario::ClusterPlan& cluster : topology.clusters) {
    if (cluster.servers > 0) return true;
  }
  return false;
}

}  // namespace

Run run(const scenario::Plan& plan, const RunOptions& options) {
  const Instant begin =
      has_servers(plan.topology) && !plan.cold ? Instant{} - boot_time : Instant{};
  engine::Engine engine(
      {.seed = options.seed, .policy = options.policy, .level = options.level, .begin = begin});
  Site site(engine, plan, options.seed);
  Conductor(engine, plan, site.populate()).conduct();
  return Run{engine.trace(), options.seed, engine.steps(), engine.now() - Instant{}};
}

}  // namespace peerlab::actors
