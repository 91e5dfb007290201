#include "actors/world.hpp"

#include "actors/conductor.hpp"
#include "actors/site.hpp"
#include "peerlab/engine/engine.hpp"

namespace peerlab::actors {
namespace {

/// How long servers have to elect a leader and to get ready before the first step at 0 s.
constexpr Duration boot_time = std::chrono::minutes(1);

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
  std::set<std::string> must_be_ready = site.populate();
  engine.run({.until = begin});  // each datacenter brings its hosts
  Conductor(engine, plan, std::move(must_be_ready), options.stop).conduct();
  return Run{engine.trace(), options.seed, engine.steps(), engine.now() - Instant{}};
}

}  // namespace peerlab::actors
