// How steps are carried out: what is written into the trace, and when.

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "actors/world.hpp"
#include "peerlab/checks/verdict.hpp"
#include "peerlab/scenario/load.hpp"
#include "peerlab/trace/text.hpp"

namespace peerlab::actors {
namespace {

/// What the trace of a scenario tells of its steps, and why it failed, if it did.
std::string story_of(const std::string& rest) {
  const std::string path = std::string(PEERLAB_BINARY_DIR) + "/tests/conductor.yaml";
  std::ofstream(path) << "peerlab: 1\nname: x\n" << rest;
  text::Sources sources;
  text::Diagnostics diagnostics;
  const auto plans = scenario::load(path, sources, diagnostics);
  BOOST_TEST(text::render(diagnostics, sources) == "");
  if (plans.empty()) return {};
  const Run done = run(plans.front());
  std::string story;
  for (const trace::Record& record : done.trace) {
    if (done.trace.name(record.where) != "scenario") continue;
    story += trace::text(done.trace, record) + '\n';
  }
  return story;
}

const std::string two_services =
    "topology: { a: { services: { x: {}, y: {} } } }\n"
    "always: [{ leader: { in: a, exists: false } }]\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(conductor)

BOOST_AUTO_TEST_CASE(branches_go_on_beside_each_other) {
  BOOST_TEST(story_of(two_services + "steps:\n"
                                     "  - parallel:\n"
                                     "      - [{ wait: 1s }, { as: late, wait: 2s }]\n"
                                     "      - [{ wait: 2s }]\n"
                                     "  - wait: 1s\n") ==
             "    0.000s  scenario  step 1: parallel\n"
             "    0.000s  scenario  step 2: wait\n"
             "    0.000s  scenario  step 4: wait\n"
             "    1.000s  scenario  step 2 is done\n"
             "    1.000s  scenario  step 3: late\n"
             "    2.000s  scenario  step 4 is done\n"
             "    3.000s  scenario  step 3 is done\n"
             "    3.000s  scenario  step 1 is done\n"
             "    3.000s  scenario  step 5: wait\n"
             "    4.000s  scenario  step 5 is done\n"
             "    4.000s  scenario  the run is over\n");
}

BOOST_AUTO_TEST_CASE(a_branch_that_fails_ends_the_run) {
  const std::string story = story_of(
      two_services +
      "steps:\n"
      "  - parallel:\n"
      "      - [{ wait: 10s }]\n"
      "      - [{ kill: a/y }, { call: { from: a/x, to: a/y, direct: true, timeout: 1s } }]\n");
  BOOST_TEST(story.find("    1.000s  scenario  step 4 failed") != story.npos, story);
  BOOST_TEST(story.ends_with("    1.000s  scenario  the run is over\n"));
}

BOOST_AUTO_TEST_CASE(what_must_always_be_true_ends_the_run_when_it_is_not) {
  const std::string story = story_of(
      "topology: { a: { servers: 1, raft_multiplier: 1 } }\n"
      "always: [{ leader: { in: a } }]\n"
      "steps: [{ wait: 1s }, { kill: a/server/0 }, { wait: 10s }]\n");
  BOOST_TEST(story.ends_with("    1.000s  scenario  step 5 failed: leader of a: nobody leads\n"
                             "    1.000s  scenario  the run is over\n"),
             story);
}

BOOST_AUTO_TEST_CASE(what_must_never_be_true_ends_the_run_when_it_is) {
  const std::string story = story_of(
      "topology: { a: { servers: 1, raft_multiplier: 1 } }\n"
      "never: [{ leader: { in: a, exists: false } }]\n"
      "steps: [{ wait: 1s }, { kill: a/server/0 }, { wait: 10s }]\n");
  BOOST_TEST(story.ends_with("    1.000s  scenario  step 6 failed: leader of a: nobody leads\n"
                             "    1.000s  scenario  the run is over\n"),
             story);
}

BOOST_AUTO_TEST_CASE(a_cold_start_waits_for_nobody) {
  const std::string story = story_of(
      "topology: { a: { servers: 1, raft_multiplier: 1 } }\n"
      "start: cold\n"
      "steps:\n"
      "  - now: [{ leader: { in: a, exists: false } }]\n"
      "  - eventually: { after: 100ms, within: 5s, all: [{ leader: { in: a } }] }\n");
  BOOST_TEST(story.starts_with("    0.000s  scenario  step 1: now\n"
                               "    0.000s  scenario  step 1 is done\n"),
             story);
  BOOST_TEST(story.find("step 2 is done") != story.npos);
}

BOOST_AUTO_TEST_CASE(an_entry_that_is_refused_ends_the_run_before_the_first_step) {
  // Another entry forbids it, which nobody knows before the server does.
  const std::string story = story_of(
      "topology: { a: { servers: 1, raft_multiplier: 1 } }\n"
      "config:\n"
      "  - { in: a, hcl: 'Kind = \"service-splitter\"\nName = \"w\"\n"
      "      Splits = [{ Weight = 100, ServiceSubset = \"v1\" }]' }\n"
      "steps: [{ wait: 1s }]\n");
  BOOST_TEST(story.find("failed: PUT /v1/config at a/server/leader: expected a status below 300, "
                        "seen: status 500") != story.npos,
             story);
  BOOST_TEST(story.find("step 1: wait") == story.npos);
}

BOOST_AUTO_TEST_CASE(an_answer_leaves_behind_what_later_requests_need) {
  const std::string story = story_of(
      "topology: { a: { servers: 1, raft_multiplier: 1 } }\n"
      "steps:\n"
      "  - http: { in: a, method: PUT, path: /v1/kv/k, body: \"say \\\"hi\\\"\" }\n"
      "  - http: { in: a, path: \"/v1/kv/k\", capture: { key: /0/Key, index: /0/ModifyIndex } }\n"
      "  - http: { in: a, path: \"/v1/kv/${key}?raw\", expect: { contains: hi } }\n"
      "  - http:\n"
      "      { in: a, method: PUT, path: \"/v1/kv/${key}?cas=${index}\", body: x,\n"
      "        expect: { body: \"true\" } }\n"
      "  - http: { in: a, path: /v1/kv/k, capture: { nothing: /0/Nothing } }\n");
  BOOST_TEST(story.find("step 4 is done") != story.npos, story);
  BOOST_TEST(story.find("step 5 failed: nothing stands at /0/Nothing") != story.npos, story);
}

BOOST_AUTO_TEST_CASE(what_is_expected_may_name_what_was_captured) {
  const std::string world =
      "topology: { a: { servers: 1, raft_multiplier: 1 } }\n"
      "steps:\n"
      "  - http: { in: a, method: PUT, path: /v1/kv/k, body: say \"hi\" }\n"
      "  - http: { in: a, path: \"/v1/kv/k?raw\", capture: { said: \"\" } }\n"
      "  - http: { in: a, path: /v1/kv/k, capture: { key: /0/Key, index: /0/ModifyIndex } }\n";
  const std::string good = story_of(
      world +
      "  - http: { in: a, path: \"/v1/kv/k?raw\", expect: { body: \"${said}\", contains: "
      "\"${said}\" } }\n"
      "  - http: { in: a, path: /v1/kv/k, expect: { json: { /0/ModifyIndex: \"${index}\" } } }\n"
      "  - now: [{ http: { in: a, path: /v1/kv/k, expect: { json: { /0/Key: \"${key}\" } } } }]\n"
      "  - eventually:\n"
      "      within: 1s\n"
      "      all: [{ http: { in: a, path: \"/v1/kv/k?raw\", expect: { body: \"${said}\" } } }]\n");
  BOOST_TEST(good.find("step 7 is done") != good.npos, good);
  const std::string wrong = story_of(
      world +
      "  - http: { in: a, method: PUT, path: /v1/kv/k, body: again }\n"
      "  - now: [{ http: { in: a, path: \"/v1/kv/k?raw\", expect: { body: \"${said}\" } } }]\n");
  BOOST_TEST(wrong.find("step 5 failed") != wrong.npos, wrong);
  BOOST_TEST(wrong.find("expected the body say \"hi\", seen: again") != wrong.npos, wrong);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::actors
