#include <boost/test/unit_test.hpp>

#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;
using trace::PeeringSeen;
using trace::SecretJudged;

namespace {

const char* const server = "dc1/server/0";

PeeringSeen seen(std::string state) {
  PeeringSeen peering;
  peering.partition = "default";
  peering.peer = "b";
  peering.id = "id";
  peering.state = std::move(state);
  return peering;
}

trace::PeerMessage heartbeat(bool sent) {
  trace::PeerMessage message;
  message.peering = "id";
  message.sent = sent;
  message.stream = 1;
  return message;
}

/// A leader with an ACTIVE peering; its stream began at 1 s.
Story active() {
  Story story;
  story.tell(0s, server, trace::LeadershipGained{2});
  story.tell(1s, server, trace::StreamBegan{"id", "b", true, 1});
  story.tell(1s, server, seen("ACTIVE"));
  return story;
}

const trace::RunEnded end{};

}  // namespace

BOOST_AUTO_TEST_SUITE(peering_rules)

BOOST_AUTO_TEST_CASE(an_establishment_secret_is_accepted_once) {
  Story story;
  story.tell(1s, server, SecretJudged{"id", SecretJudged::Kind::establishment, 7, true});
  story.tell(2s, server, SecretJudged{"id", SecretJudged::Kind::establishment, 7, false});
  story.tell(3s, server, SecretJudged{"id", SecretJudged::Kind::stream, 8, true});
  story.tell(4s, server, SecretJudged{"id", SecretJudged::Kind::stream, 8, true});
  story.tell(5s, server, SecretJudged{"id", SecretJudged::Kind::establishment, 9, true});
  BOOST_TEST(breach("secret-accepted-once", story) == "");
  story.tell(6s, "dc1/server/1", SecretJudged{"id", SecretJudged::Kind::establishment, 7, true});
  BOOST_TEST(breach("secret-accepted-once", story) ==
             "an establishment secret is accepted a second time");
}

BOOST_AUTO_TEST_CASE(active_means_heard_of_in_the_last_two_minutes) {
  Story story = active();
  story.tell(100s, server, heartbeat(false));
  story.tell(220s, "scenario", end);
  BOOST_TEST(breach("active-is-alive", story) == "");
  story.tell(222s, "scenario", end);
  BOOST_TEST(breach("active-is-alive", story) ==
             "dc1/server/0 still calls peering b ACTIVE, last heard of at 100.000s");
}

BOOST_AUTO_TEST_CASE(heartbeats_of_its_own_make_no_peering_alive) {
  Story story = active();
  story.tell(100s, server, heartbeat(true));
  story.tell(123s, "scenario", end);
  BOOST_TEST(breach("active-is-alive", story) ==
             "dc1/server/0 still calls peering b ACTIVE, last heard of at 1.000s");
}

BOOST_AUTO_TEST_CASE(active_without_any_stream_is_wrong) {
  Story story;
  story.tell(1s, server, seen("ACTIVE"));
  story.tell(2s, "scenario", end);
  BOOST_TEST(breach("active-is-alive", story) ==
             "dc1/server/0 still calls peering b ACTIVE, without any stream");
}

BOOST_AUTO_TEST_CASE(a_peering_that_is_active_no_more_may_be_silent) {
  for (const trace::Fact& fact :
       {trace::Fact(seen("FAILING")), trace::Fact(trace::PeeringGone{"default", "b", "id"}),
        trace::Fact(trace::LeadershipLost{2}), trace::Fact(trace::HostCrashed{})}) {
    Story story = active();
    story.tell(121s, server, fact).tell(500s, "scenario", end);
    BOOST_TEST(breach("active-is-alive", story) == "");
  }
}

BOOST_AUTO_TEST_CASE(a_paused_host_is_judged_once_it_runs_again) {
  Story story = active();
  story.tell(100s, server, trace::HostPaused{});
  story.tell(300s, "other", end);
  story.tell(301s, server, trace::HostResumed{});
  story.tell(302s, server, end);
  BOOST_TEST(breach("active-is-alive", story) == "");
  story.tell(423s, server, end);
  BOOST_TEST(breach("active-is-alive", story) != "");
}

BOOST_AUTO_TEST_CASE(a_terminated_peering_comes_back_by_establishing_only) {
  Story story = active();
  story.tell(2s, server, seen("TERMINATED"));
  story.tell(3s, server, seen("ESTABLISHING"));
  story.tell(4s, server, seen("ACTIVE"));
  BOOST_TEST(breach("terminated-stays", story) == "");
  story.tell(5s, server, seen("TERMINATED"));
  story.tell(6s, server, seen("ACTIVE"));
  BOOST_TEST(breach("terminated-stays", story) ==
             "peering b was TERMINATED and is ACTIVE again, though nobody has established it anew");
}

BOOST_AUTO_TEST_CASE(a_deposed_leader_may_still_call_a_terminated_peering_active) {
  Story story;
  story.tell(0s, server, trace::LeadershipGained{2});
  story.tell(1s, "dc1/server/1", trace::LeadershipGained{3});
  story.tell(2s, "dc1/server/1", seen("TERMINATED"));
  story.tell(3s, server, seen("ACTIVE"));
  BOOST_TEST(breach("terminated-stays", story) == "");
}

BOOST_AUTO_TEST_CASE(a_deleted_peering_does_not_come_back) {
  Story story = active();
  story.tell(2s, server, trace::PeeringGone{"default", "b", "id"});
  PeeringSeen another = seen("PENDING");
  another.id = "another";
  story.tell(3s, server, another);
  BOOST_TEST(breach("deleted-stays", story) == "");
  story.tell(4s, server, seen("PENDING"));
  BOOST_TEST(breach("deleted-stays", story) == "peering b was deleted and is there again");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
