#include "peerlab/checks/observed.hpp"

#include <boost/test/unit_test.hpp>

#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;

namespace {

Observed observed(const Story& story) {
  Observed seen;
  for (const trace::Record& record : story.trace()) seen.add(story.trace(), record);
  return seen;
}

/// What is wrong with an answer; empty if it is as expected.
std::string wrong(const HttpCheck& check, int status, const std::string& body) {
  Story story;
  story.tell(1s, "operator", trace::HttpEnded{7, "GET /x", status, body});
  const auto sight = outcome(check, 7, story.trace().records().front(), Observed{});
  return sight->holds ? "" : sight->seen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(observed_leaders)

BOOST_AUTO_TEST_CASE(the_leader_of_the_latest_term_counts) {
  Story story;
  story.tell(1s, "dc1/server/0", trace::LeadershipGained{2});
  story.tell(2s, "dc1/server/1", trace::LeadershipGained{3});
  story.tell(2s, "dc2/server/0", trace::LeadershipGained{9});
  BOOST_TEST((observed(story).leader("dc1") == "dc1/server/1"));
}

BOOST_AUTO_TEST_CASE(who_crashed_or_lost_an_election_leads_no_more) {
  Story story;
  story.tell(1s, "dc1/server/0", trace::LeadershipGained{2});
  story.tell(2s, "dc1/server/0", trace::HostCrashed{});
  BOOST_TEST(!observed(story).leader("dc1"));
  story.tell(3s, "dc1/server/1", trace::LeadershipGained{3});
  story.tell(4s, "dc1/server/1", trace::LeadershipLost{3});
  const Sight sight = observed(story).look(Check(LeaderCheck{"dc1", true, {}, {}}), Instant{});
  BOOST_TEST(!sight.holds);
  BOOST_TEST(sight.seen == "nobody leads");
  BOOST_TEST((sight.since == Instant{} + 4s));
}

BOOST_AUTO_TEST_CASE(a_leader_check_may_name_who_leads_and_who_must_not) {
  Story story;
  story.tell(1s, "dc1/server/0", trace::LeadershipGained{2});
  const Observed seen = observed(story);
  BOOST_TEST(seen.look(Check(LeaderCheck{"dc1", true, "dc1/server/0", {}}), Instant{}).holds);
  BOOST_TEST(!seen.look(Check(LeaderCheck{"dc1", true, "dc1/server/1", {}}), Instant{}).holds);
  BOOST_TEST(!seen.look(Check(LeaderCheck{"dc1", true, {}, "dc1/server/0"}), Instant{}).holds);
  BOOST_TEST(seen.look(Check(LeaderCheck{"dc2", false, {}, {}}), Instant{}).holds);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(http_outcome)

BOOST_AUTO_TEST_CASE(any_good_status_will_do_unless_one_is_named) {
  HttpCheck check;
  BOOST_TEST(wrong(check, 200, "") == "");
  BOOST_TEST(wrong(check, 500, "oh") == "expected a status below 300, seen: status 500: oh");
  BOOST_TEST(wrong(check, 0, "refused") == "expected a status below 300, seen: no answer: refused");
  check.status = 404;
  BOOST_TEST(wrong(check, 404, "") == "");
  BOOST_TEST(wrong(check, 200, "") == "expected status 404, seen: status 200: ");
  check.status = 0;
  BOOST_TEST(wrong(check, 0, "timed out") == "");
}

BOOST_AUTO_TEST_CASE(a_body_is_compared_whole_in_part_or_as_json) {
  HttpCheck check;
  check.body = "true";
  BOOST_TEST(wrong(check, 200, "false") == "expected the body true, seen: false");
  check.body.reset();
  check.contains = "b";
  BOOST_TEST(wrong(check, 200, "abc") == "");
  BOOST_TEST(wrong(check, 200, "ac") == "expected a body with b, seen: ac");
  check.contains.reset();
  check.json = {{"/0/Name", "x"}};
  BOOST_TEST(wrong(check, 200, R"([{"Name":"x"}])") == "");
  BOOST_TEST(wrong(check, 200, R"([{"Name":"y"}])") == "expected /0/Name to be x, seen: y");
  BOOST_TEST(wrong(check, 200, "[]") == "expected /0/Name to be x, seen: nothing there in []");
  BOOST_TEST(wrong(check, 200, "oops") == "expected JSON, seen: oops");
}

BOOST_AUTO_TEST_CASE(another_calls_end_says_nothing) {
  Story story;
  story.tell(1s, "operator", trace::HttpEnded{8, "GET /x", 200, ""});
  BOOST_TEST(!outcome(HttpCheck{}, 7, story.trace().records().front(), Observed{}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(call_outcomes)

namespace {

/// What is wrong with the end of a call that a gateway and then a sidecar have ended.
std::string wrong(const CallCheck& check, const trace::CallEnded& end) {
  Story story;
  story.tell(1s, "dc2/gateway/0", trace::CallHop{1, "exported~web", "10.2.16.1:21000", {}});
  story.tell(1s, "dc2/gateway/0", trace::CallHop{1, {}, {}, "no healthy upstream: web"});
  story.tell(2s, "dc1/sidecar/a/0", trace::CallHop{1, {}, {}, "connection failure"});
  story.tell(3s, "dc1/service/a/0", end);
  const auto sight = outcome(check, 1, story.trace().records().back(), observed(story));
  return sight->holds ? "" : sight->seen;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_proxy_that_ended_a_call_tells_why) {
  CallCheck check;
  check.result = "closed";
  const trace::CallEnded end{1, "web", "closed", {}};
  check.because = "no healthy upstream";
  BOOST_TEST(wrong(check, end) == "");
  check.because = "connection failure";
  BOOST_TEST(wrong(check, end) ==
             "the call was not answered: closed (dc2/gateway/0: no healthy upstream: web)");
}

BOOST_AUTO_TEST_CASE(a_status_must_be_the_one_expected) {
  CallCheck check;
  check.result.clear();
  check.status = 503;
  BOOST_TEST(wrong(check, {1, "web", "no healthy upstream", {}, 503}) == "");
  BOOST_TEST(wrong(check, {1, "web", "answered", "dc2/service/web/0", 200}) ==
             "the call was answered by dc2/service/web/0, status 200 (dc2/gateway/0: no healthy "
             "upstream: web)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
