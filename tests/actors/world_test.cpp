#include "actors/world.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "peerlab/checks/verdict.hpp"
#include "peerlab/scenario/load.hpp"

namespace peerlab::actors {
namespace {

/// The cases of a scenario file of this project.
std::vector<scenario::Plan> plans_of(const std::string& file) {
  text::Sources sources;
  text::Diagnostics diagnostics;
  auto plans = scenario::load(PEERLAB_SOURCE_DIR + "/scenarios/" + file, sources, diagnostics);
  BOOST_TEST(text::render(diagnostics, sources) == "");
  return plans;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(world)

BOOST_AUTO_TEST_CASE(equal_runs_have_equal_hashes) {
  for (const scenario::Plan& plan : plans_of("network/lossy-link.yaml")) {
    BOOST_TEST(run(plan, {.seed = 3}).trace.hash() == run(plan, {.seed = 3}).trace.hash());
  }
}

BOOST_AUTO_TEST_CASE(the_level_of_the_trace_does_not_change_the_hash) {
  const scenario::Plan plan = plans_of("network/crash-and-return.yaml").front();
  BOOST_TEST(run(plan, {.level = trace::Level::facts}).trace.hash() ==
             run(plan, {.level = trace::Level::events}).trace.hash());
}

BOOST_AUTO_TEST_CASE(a_seed_changes_what_chance_decides) {
  const scenario::Plan plan = plans_of("network/lossy-link.yaml").back();
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    hashes.insert(run(plan, {.seed = seed}).trace.hash());
  BOOST_TEST(hashes.size() == 20);
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_ends_the_run) {
  scenario::Plan plan = plans_of("network/pause.yaml").front();
  auto& first = std::get<checks::Expectation>(plan.steps.at(1).action);
  std::get<checks::CallCheck>(first.all.at(0)).result = "answered";
  const Run failed = run(plan);
  const checks::Verdict verdict = checks::judge(failed.trace);
  BOOST_TEST((verdict.outcome == checks::Outcome::failed));
  BOOST_TEST((verdict.findings.at(0).step == std::optional<std::size_t>(1)));
  BOOST_TEST(verdict.findings.at(0).what ==
             "east/service/client/0 calls west/service/web directly: "
             "the call was not answered: timed out");
}

BOOST_AUTO_TEST_CASE(a_limit_leaves_the_run_undecided) {
  scenario::Plan plan = plans_of("network/pause.yaml").front();
  plan.time_limit = std::chrono::seconds(1);
  BOOST_TEST((checks::judge(run(plan).trace).outcome == checks::Outcome::undecided));
  plan.time_limit = std::chrono::hours(1);
  plan.event_limit = 5;
  BOOST_TEST((checks::judge(run(plan).trace).outcome == checks::Outcome::undecided));
}

BOOST_AUTO_TEST_CASE(finally_heals_what_is_still_broken) {
  scenario::Plan plan = plans_of("network/crash-and-return.yaml").front();
  plan.steps.resize(2);  // up to the kill
  BOOST_TEST((checks::judge(run(plan).trace).outcome == checks::Outcome::passed));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::actors
