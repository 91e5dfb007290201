#include <boost/test/unit_test.hpp>

#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;
using trace::PeerMessage;
using Kind = PeerMessage::Kind;

namespace {

constexpr bool sent = true;
constexpr bool got = false;

PeerMessage message(bool direction, Kind kind, std::string type, std::string nonce,
                    std::uint64_t stream = 1) {
  PeerMessage made;
  made.peering = "id";
  made.sent = direction;
  made.kind = kind;
  made.type = std::move(type);
  made.nonce = std::move(nonce);
  made.stream = stream;
  return made;
}

PeerMessage subscription(bool direction, std::string type = "ExportedService") {
  return message(direction, Kind::request, std::move(type), "");
}
PeerMessage response(bool direction, std::string nonce, std::uint64_t stream = 1) {
  return message(direction, Kind::response, "ExportedService", std::move(nonce), stream);
}
PeerMessage answer(bool direction, std::string nonce) {
  return message(direction, Kind::request, "ExportedService", std::move(nonce));
}
const PeerMessage heartbeat = message(sent, Kind::heartbeat, "", "");

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_rules)

BOOST_AUTO_TEST_CASE(nonces_grow_on_each_stream_and_end) {
  Story story;
  story.tell(1s, "a", response(sent, "00000001"));
  story.tell(1s, "a", response(got, "00000001"));
  story.tell(2s, "a", response(sent, "0000000a"));
  story.tell(3s, "a", response(sent, "00000001", 2));  // a new stream counts from 1 again
  story.tell(3s, "b", response(sent, "00000001"));
  BOOST_TEST(breach("nonces-grow", story) == "");
  story.tell(4s, "a", response(sent, "0000000a"));
  BOOST_TEST(breach("nonces-grow", story) == "nonce 0000000a comes after 0000000a");
}

BOOST_AUTO_TEST_CASE(a_host_counts_its_streams_anew_in_each_life) {
  Story story;
  story.tell(1s, "a", response(sent, "00000001"));
  story.tell(2s, "a", trace::StreamEnded{"id", "b", "OK", 1});
  story.tell(3s, "a", trace::HostCrashed{});
  story.tell(4s, "a", response(sent, "00000001"));
  BOOST_TEST(breach("nonces-grow", story) == "");
  BOOST_TEST(breach("ended-streams-are-silent", story) == "");
}

BOOST_AUTO_TEST_CASE(nonces_are_lower_case_hex_of_at_least_eight_digits) {
  for (const char* nonce : {"", "1", "0000000A", "00000000", "0000 001"}) {
    Story story;
    story.tell(1s, "a", response(sent, nonce));
    BOOST_TEST(breach("nonces-grow", story).ends_with("is no nonce of ours"), nonce);
  }
  Story of_a_stranger;  // what a peer chooses is its own business
  of_a_stranger.tell(1s, "a", response(got, "x"));
  BOOST_TEST(breach("nonces-grow", of_a_stranger) == "");
}

BOOST_AUTO_TEST_CASE(each_response_has_one_answer) {
  Story story;
  story.tell(1s, "a", subscription(sent));
  story.tell(1s, "a", subscription(got));
  story.tell(2s, "a", response(got, "00000001"));
  story.tell(2s, "a", response(sent, "00000001"));
  story.tell(3s, "a", answer(sent, "00000001"));
  story.tell(3s, "a", answer(got, "00000001"));
  BOOST_TEST(breach("answers-match", story) == "");
  story.tell(4s, "a", answer(sent, "00000001"));
  BOOST_TEST(breach("answers-match", story) ==
             "nothing that nonce `00000001` belongs to waits for an answer");
}

BOOST_AUTO_TEST_CASE(an_answer_to_what_was_never_sent_is_wrong) {
  Story story;
  story.tell(1s, "a", response(sent, "00000001"));
  story.tell(2s, "a", answer(got, "00000002"));
  BOOST_TEST(breach("answers-match", story) ==
             "nothing that nonce `00000002` belongs to waits for an answer");
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_nonce_is_wrong) {
  Story story;
  story.tell(1s, "a", subscription(sent));
  story.tell(2s, "a", response(got, "00000001"));
  story.tell(3s, "a", answer(sent, ""));
  BOOST_TEST(breach("answers-match", story) ==
             "an answer for ExportedService without a nonce, or a second subscription to it");
}

BOOST_AUTO_TEST_CASE(a_resource_comes_after_the_subscription_to_its_type) {
  Story story;
  story.tell(1s, "a", subscription(got));
  story.tell(2s, "a", response(sent, "00000001"));
  story.tell(2s, "a", message(sent, Kind::response, "ExportedServiceList", "00000002"));
  BOOST_TEST(breach("sent-as-asked", story) == "");
  story.tell(3s, "b", subscription(got, "PeeringTrustBundle"));
  story.tell(3s, "b", response(sent, "00000001"));
  BOOST_TEST(breach("sent-as-asked", story) == "the peer has not asked for ExportedService");
}

BOOST_AUTO_TEST_CASE(only_dialers_ask_for_addresses) {
  Story story;
  story.tell(1s, "dialer", trace::StreamBegan{"id", "b", true, 1});
  story.tell(1s, "dialer", subscription(sent, "PeeringServerAddresses"));
  story.tell(1s, "acceptor", trace::StreamBegan{"", "", false, 1});
  story.tell(1s, "acceptor", subscription(got, "PeeringServerAddresses"));
  BOOST_TEST(breach("acceptors-ask-no-addresses", story) == "");
  story.tell(2s, "acceptor", subscription(sent, "PeeringServerAddresses"));
  BOOST_TEST(breach("acceptors-ask-no-addresses", story) ==
             "an acceptor asks for the addresses of a dialer");
}

BOOST_AUTO_TEST_CASE(a_stream_that_has_ended_is_silent) {
  Story story;
  story.tell(1s, "a", trace::StreamEnded{"id", "b", "OK", 1});
  story.tell(2s, "a", response(sent, "00000001", 2));
  story.tell(2s, "b", heartbeat);
  BOOST_TEST(breach("ended-streams-are-silent", story) == "");
  story.tell(3s, "a", heartbeat);
  BOOST_TEST(breach("ended-streams-are-silent", story) ==
             "sends a heartbeat on a stream that has ended");
}

BOOST_AUTO_TEST_CASE(a_follower_does_not_talk_to_peers) {
  Story story;
  story.tell(1s, "dc1/server/0", trace::LeadershipGained{2});
  story.tell(2s, "dc1/server/0", heartbeat);
  BOOST_TEST(breach("only-leaders-stream", story) == "");
  story.tell(3s, "dc1/server/1", heartbeat);
  BOOST_TEST(breach("only-leaders-stream", story) ==
             "dc1/server/1 sends a heartbeat on a peer stream and does not lead");
}

BOOST_AUTO_TEST_CASE(a_deposed_leader_begins_no_stream) {
  Story story;
  story.tell(1s, "dc1/server/0", trace::LeadershipGained{2});
  story.tell(2s, "dc1/server/0", trace::StreamBegan{"id", "b", true, 1});
  BOOST_TEST(breach("only-leaders-stream", story) == "");
  story.tell(3s, "dc1/server/0", trace::LeadershipLost{2});
  story.tell(4s, "dc1/server/0", trace::StreamBegan{"id", "b", false, 2});
  BOOST_TEST(breach("only-leaders-stream", story) ==
             "dc1/server/0 begins a peer stream and does not lead");
}

BOOST_AUTO_TEST_CASE(a_deposed_leader_may_talk_for_two_minutes_more) {
  Story story;
  story.tell(1s, "dc1/server/0", trace::LeadershipGained{2});
  story.tell(10s, "dc1/server/0", trace::LeadershipLost{2});
  story.tell(130s, "dc1/server/0", heartbeat);
  BOOST_TEST(breach("only-leaders-stream", story) == "");
  story.tell(132s, "dc1/server/0", heartbeat);
  BOOST_TEST(breach("only-leaders-stream", story) != "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
