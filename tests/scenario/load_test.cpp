#include "peerlab/scenario/load.hpp"

#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace peerlab::scenario {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(load_scenario)

BOOST_AUTO_TEST_CASE(every_unit_is_typed_and_every_name_looked_up) {
  const Loaded loaded = load_with(
      "steps:\n"
      "  - link: { between: [dc1, dc2], latency: 40ms, jitter: 5ms, loss: 1%, rate: 80kbit }\n"
      "  - as: a short cut\n"
      "    cut: { between: [dc1, dc2], direction: to_dc2, for: 30s }\n"
      "  - eventually:\n"
      "      within: 5s\n"
      "      all: [{ call: { from: dc1/client, to: dc2/web, direct: true } }]\n");
  BOOST_TEST(loaded.rendered == "");
  BOOST_REQUIRE(loaded.plans.size() == 1);
  const Plan& plan = loaded.plans.front();
  BOOST_REQUIRE(plan.steps.size() == 3);
  const auto& link = std::get<net::ShapeLink>(std::get<Inject>(plan.steps[0].action).faults.at(0));
  BOOST_TEST(link.model.latency == 40ms);
  BOOST_TEST(link.model.jitter == 5ms);
  BOOST_TEST((link.model.loss == Ratio{1, 100}));
  BOOST_TEST(link.model.bytes_per_second == 10'000);
  BOOST_TEST(plan.steps[1].title == "a short cut");
  const auto& cut = std::get<Inject>(plan.steps[1].action);
  BOOST_TEST((cut.lasts == std::optional<Duration>(30s)));
  BOOST_TEST((std::get<net::Cut>(cut.faults.at(0)).direction == net::Direction::one_way));
  BOOST_TEST((std::get<net::Cut>(cut.faults.at(0)).to.value() == "dc2"));
  const auto& waiting = std::get<checks::Expectation>(plan.steps[2].action);
  BOOST_TEST(waiting.within == 5s);
  const auto& call = std::get<checks::CallCheck>(waiting.all.at(0));
  BOOST_TEST(call.from == "dc1/service/client/0");
  BOOST_TEST(call.to == "dc2/service/web");
}

BOOST_AUTO_TEST_CASE(repeat_group_and_use_are_unrolled) {
  const Loaded loaded = load_with(
      "macros: { pause: [{ wait: 1s }, { wait: 2s }] }\n"
      "steps:\n"
      "  - repeat: { times: 3, steps: [{ group: [{ use: pause }] }] }\n");
  BOOST_TEST(loaded.rendered == "");
  BOOST_TEST(loaded.plans.at(0).steps.size() == 6);
}

BOOST_AUTO_TEST_CASE(each_row_of_the_matrix_is_a_plan) {
  const Loaded loaded = load_with("matrix: { pause: [1s, 2s] }\nsteps: [{ wait: \"${pause}\" }]\n");
  BOOST_TEST(loaded.rendered == "");
  BOOST_REQUIRE(loaded.plans.size() == 2);
  BOOST_TEST(loaded.plans[1].row == "pause=2s");
  BOOST_TEST(std::get<Wait>(loaded.plans[1].steps.at(0).action).lasts == 2s);
}

BOOST_AUTO_TEST_CASE(the_command_line_wins_over_vars) {
  const Loaded loaded =
      load_with("vars: { pause: 1s }\nsteps: [{ wait: \"${pause}\" }]\n", {{{"pause", "9s"}}, {}});
  BOOST_TEST(std::get<Wait>(loaded.plans.at(0).steps.at(0).action).lasts == 9s);
}

BOOST_AUTO_TEST_CASE(an_include_comes_first_and_the_file_itself_wins) {
  const Folder folder;
  folder.write("common/two.yaml",
               "peerlab: 1\n"
               "topology: { dc1: { services: { client: {}, web: {} } } }\n"
               "macros: { rest: [{ wait: 1s }] }\n");
  folder.write("x.yaml",
               "peerlab: 1\n"
               "name: x\n"
               "include: common/two.yaml\n"
               "topology: { dc1: { services: { web: { instances: 3 } } } }\n"
               "steps: [{ use: rest }]\n" +
                   something_checked);
  const Loaded loaded = load_file(folder.path("x.yaml"));
  BOOST_TEST(loaded.rendered == "");
  const auto& services = loaded.plans.at(0).topology.clusters.at(0).partitions.at(0).services;
  BOOST_TEST(services.size() == 2);
  BOOST_TEST(services.at(1).instances == 3);
}

BOOST_AUTO_TEST_CASE(includes_may_not_go_round_in_circles) {
  const Folder folder;
  folder.write("a.yaml", "peerlab: 1\nname: a\ninclude: b.yaml\n");
  folder.write("b.yaml", "peerlab: 1\ninclude: a.yaml\n");
  BOOST_TEST(load_file(folder.path("a.yaml")).findings.at(0) ==
             "PL051 `a.yaml` includes itself, by way of this file");
}

BOOST_AUTO_TEST_CASE(a_folder_is_all_its_files_but_those_of_common) {
  const Folder folder;
  for (const char* name : {"b.yaml", "a/z.yml", "common/c.yaml", "a/readme.md"}) {
    folder.write(name, "");
  }
  const auto files = scenario_files(folder.path());
  BOOST_REQUIRE(files.size() == 2);
  BOOST_TEST(files[0] == folder.path("a/z.yml"));
  BOOST_TEST(files[1] == folder.path("b.yaml"));
}

BOOST_AUTO_TEST_CASE(several_mistakes_are_found_at_once) {
  const Loaded loaded = load_with(
      "steps:\n"
      "  - wiat: 1s\n"
      "  - wait: 5\n"
      "  - cut: { betwen: [dc1, dc2] }\n");
  BOOST_TEST(loaded.plans.empty());
  BOOST_TEST(loaded.findings.size() == 4);
  BOOST_TEST(loaded.findings.at(0) == "PL012 unknown key `wiat`");
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_gets_a_suggestion) {
  const Loaded loaded =
      load_with("steps: [{ call: { from: dc1/cleint, to: dc2/web, direct: true } }]\n");
  BOOST_TEST(loaded.findings.at(0) == "PL100 there is no host `dc1/cleint`");
  BOOST_TEST(loaded.rendered.find("did you mean `dc1/client`?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_call_without_an_upstream_must_be_direct) {
  const Loaded loaded = load_with("steps: [{ call: { from: dc1/client, to: dc2/web } }]\n");
  BOOST_TEST(loaded.findings.at(0) == "PL103 `dc1/client` has no upstream `dc2/web`");
}

BOOST_AUTO_TEST_CASE(macros_may_not_use_themselves) {
  const Loaded loaded = load_with("macros: { a: [{ use: a }] }\nsteps: [{ use: a }]\n");
  BOOST_TEST(loaded.findings.at(0).starts_with("PL058"));
}

BOOST_AUTO_TEST_CASE(a_statement_is_covered_by_the_checks_that_carry_it) {
  const Loaded loaded = load_with(
      "covers: [C-1, C-2, C-3]\n"
      "steps:\n"
      "  - { call: { from: dc1/client, to: dc2/web, direct: true }, covers: C-1 }\n"
      "  - now: [{ call: { from: dc1/client, to: dc2/web, direct: true }, covers: [C-2, C-4] }]\n"
      "finally: [{ call: { from: dc1/client, to: dc2/web, direct: true }, covers: C-3 }]\n");
  BOOST_TEST(loaded.rendered == "");
  BOOST_TEST((loaded.plans.at(0).covers == std::set<std::string>{"C-1", "C-2", "C-3", "C-4"}));
}

BOOST_AUTO_TEST_CASE(a_statement_that_no_check_carries_is_not_covered) {
  const Loaded loaded = load_with(
      "covers: [C-12, E-7]\n"
      "steps: [{ call: { from: dc1/client, to: dc2/web, direct: true }, covers: C-121 }]\n");
  BOOST_TEST(loaded.rendered.find("no check of this file proves `C-12`") != std::string::npos);
  BOOST_TEST(loaded.rendered.find("did you mean `C-121`?") != std::string::npos);
  BOOST_TEST(loaded.rendered.find("write `covers: E-7` beside the check that does") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_checks_nothing_covers_nothing) {
  const Loaded loaded = load_with("steps: [{ wait: 1s, covers: C-1 }]\n");
  BOOST_TEST(loaded.rendered.find("error[PL150]") != std::string::npos);
  BOOST_TEST(loaded.rendered.find("`wait` checks nothing, so it proves nothing") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_mutant_is_caught_by_an_invariant_or_a_step_by_its_title) {
  const Loaded loaded = load_with(
      "catches: { HB-050: active-is-alive, HB-051: it waits, hb_052: wait }\n"
      "matrix: { mode: [one, two] }\n"
      "steps: [{ as: it waits, when: { mode: one }, wait: 1s }, { wait: 1s }]\n");
  BOOST_TEST(loaded.rendered == "");
  BOOST_REQUIRE(loaded.plans.at(0).catches.size() == 3);
  BOOST_TEST((loaded.plans.at(0).catches.at(1).mutant == Mutant::HB_051));
  BOOST_TEST(loaded.plans.at(0).catches.at(1).check == "it waits");
  BOOST_TEST(loaded.plans.at(1).catches.size() == 2);  // the other case has no such step
}

BOOST_AUTO_TEST_CASE(who_catches_a_mutant_must_exist) {
  const Loaded loaded = load_with(
      "catches: { HB-999: wait, HB-050: active-is-alife, HB-051: finally }\n"
      "steps: [{ wait: 1s }]\n");
  BOOST_TEST(loaded.rendered.find("there is no mutant `HB-999`") != std::string::npos);
  const Loaded other =
      load_with("catches: { HB-050: active-is-alife, HB-051: finally }\nsteps: [{ wait: 1s }]\n");
  BOOST_TEST(other.rendered.find("error[PL151]") != std::string::npos);
  BOOST_TEST(other.rendered.find("did you mean `active-is-alive`?") != std::string::npos);
  BOOST_TEST(other.rendered.find("no invariant or step is called `finally`") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_checks_nothing_is_refused) {
  const auto findings = [](const std::string& rest) {
    const Folder folder;
    folder.write("x.yaml",
                 "peerlab: 1\nname: x\ntopology: { dc1: { services: { a: {}, b: {} } } }\n" + rest);
    return load_file(folder.path("x.yaml")).findings;
  };
  const std::vector<std::string> cannot_fail{"PL067 this scenario cannot fail"};
  BOOST_TEST(findings("") == cannot_fail);
  BOOST_TEST(findings("steps: [{ wait: 1s }, { kill: dc1/a }]\n") == cannot_fail);
  BOOST_TEST(findings("finally: []\n") == cannot_fail);
  BOOST_TEST(findings("steps: [{ call: { from: dc1/a, to: dc1/b, direct: true } }]\n").empty());
  const std::vector<std::string> empty_list{"PL067 this list of checks is empty"};
  BOOST_TEST(findings("steps: [{ now: [] }]\n") == empty_list);
  BOOST_TEST(findings("steps: [{ hold: { for: 1s, all: [] } }]\n") == empty_list);
  BOOST_TEST(load_with("steps: [{ repeat: { times: 0, steps: [{ wait: 1s }] } }]\n").findings ==
             std::vector<std::string>{"PL067 these steps are never carried out"});
}

BOOST_AUTO_TEST_CASE(a_service_without_instances_is_one) {
  const std::string world =
      "peerlab: 1\nname: x\n"
      "topology: { dc1: { services: { a: {}, none: { instances: 0 } } } }\n";
  const auto findings = [&](const std::string& steps) {
    const Folder folder;
    folder.write("x.yaml", world + something_checked + "steps: [" + steps + "]\n");
    return load_file(folder.path("x.yaml")).findings;
  };
  BOOST_TEST(findings("{ call: { from: dc1/a, to: dc1/none, direct: true } }").empty());
  BOOST_TEST(findings("{ scale: { service: dc1/none, to: 0 } }, { kill: dc1/none }").empty());
  BOOST_TEST(findings("{ scale: { service: dc1/none, to: 3 } }") ==
             std::vector<std::string>{"PL026 `dc1/none` has 0 instances in the topology"});
  BOOST_TEST(findings("{ call: { from: dc1/none, to: dc1/a, direct: true } }") ==
             std::vector<std::string>{"PL101 `dc1/none` has no instances in the topology"});
}

BOOST_AUTO_TEST_CASE(clocks_that_jump_jump_back_in_the_end) {
  const Loaded loaded = load_with("steps: [{ skew: { target: dc2/web, by: -90s } }]\n");
  BOOST_TEST(loaded.rendered == "");
  const Inject& skew = std::get<Inject>(loaded.plans.at(0).steps.at(0).action);
  BOOST_TEST(std::get<net::JumpClock>(skew.faults.at(0)).by == -90s);
  BOOST_TEST(std::get<net::JumpClock>(skew.ends.at(0)).by == 90s);
  BOOST_TEST(load_with("steps: [{ skew: { target: dc2/web, by: +876001h } }]\n").findings ==
             std::vector<std::string>{"PL026 a clock jumps by 876000h (100 years) at most"});
}

BOOST_AUTO_TEST_CASE(names_are_looked_up_beside_other_mistakes) {
  const Loaded loaded = load_with(
      "steps:\n"
      "  - now: [{ leader: { in: dc9, exists: maybe } }]\n"
      "  - wait: \"${pause}\"\n"
      "  - kill: dc1/cleint\n");
  const std::vector<std::string> all{
      "PL054 no variable is called `pause`",
      "PL011 expected true or false, found a string",
      "PL100 there is no cluster `dc9`",
      "PL100 there is no host `dc1/cleint`",
  };
  BOOST_TEST(loaded.findings == all, boost::test_tools::per_element());
  BOOST_TEST(loaded.plans.empty());
}

BOOST_AUTO_TEST_CASE(a_step_that_cannot_be_read_may_have_made_the_peer) {
  const Loaded loaded = load_with("steps: [{ peer: { accept: dc1 } }]\n");
  BOOST_TEST(loaded.findings.size() == 1);
  const Loaded used = load_with(
      "steps: [{ pere: { accept: dc1, dial: dc2 } }, { as: a, wait: 1 }, { kill: dc1/client }]\n"
      "finally: [{ messages: { in: dc1, count: 0, since: b } }]\n");
  BOOST_TEST(used.findings.size() == 2);
}

BOOST_AUTO_TEST_CASE(a_value_that_is_missing_is_one_finding) {
  const std::vector<std::string> all{"PL011 expected a duration (250ms, 5s, 1m30s), found nothing",
                                     "PL100 there is no host `dc1/cleint`"};
  BOOST_TEST(load_with("steps:\n  - wait:\n  - kill: dc1/cleint\n").findings == all,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_waits_must_fit_into_the_limit) {
  BOOST_TEST(load_with("steps: [{ wait: 12h }, { wait: 12h }]\n").findings.empty());
  BOOST_TEST(load_with("steps: [{ wait: 12h }, { wait: 12h }, { wait: 1s }]\n").findings.at(0) ==
             "PL069 the steps up to this one take longer than 24h0m0s");
  BOOST_TEST(load_with("limits: { time: 1s }\nsteps: [{ parallel: [[{ wait: 2s }]] }]\n")
                 .findings.empty());  // the run will tell
}

BOOST_AUTO_TEST_CASE(what_ends_nothing_is_worth_a_warning) {
  const Loaded loaded = load_with(
      "steps:\n"
      "  - heal: { between: [dc1, dc2] }\n"
      "  - cut: { between: [dc1, dc2] }\n"
      "  - heal: { between: [dc2, dc1] }\n"
      "  - repeat: { times: 3, steps: [{ resume: dc2/web }] }\n"
      "  - pause: dc2/web/0\n"
      "  - resume: dc2/web\n");
  BOOST_TEST(loaded.plans.size() == 1);
  const std::vector<std::string> all{"PL200 no step before this one cuts these two sides",
                                     "PL200 no step before this one pauses these hosts"};
  BOOST_TEST(loaded.findings == all, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::scenario
