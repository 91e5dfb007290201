#include <boost/test/unit_test.hpp>

#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;
using trace::InstancesSeen;

namespace {

const char* const east = "east/server/0";
const char* const west = "west/server/0";

trace::PeeringSeen seen(std::string peer, std::string id) {
  trace::PeeringSeen peering;
  peering.partition = "default";
  peering.peer = std::move(peer);
  peering.id = std::move(id);
  peering.state = "ACTIVE";
  return peering;
}

trace::PeerMessage service(bool sent, std::string peering, std::string name) {
  trace::PeerMessage message;
  message.peering = std::move(peering);
  message.sent = sent;
  message.kind = trace::PeerMessage::Kind::response;
  message.type = "ExportedService";
  message.resource_id = std::move(name);
  return message;
}

trace::ConfigSeen exports(std::string name, std::string peer) {
  return {"default", "exported-services", "default",
          R"({"Kind":"exported-services","Services":[{"Name":")" + name +
              R"(","Consumers":[{"Peer":")" + peer + R"("}]}]})"};
}

const trace::RootsSeen no_roots{"default", "east", "", {}};

}  // namespace

BOOST_AUTO_TEST_SUITE(import_rules)

BOOST_AUTO_TEST_CASE(nothing_of_a_peer_outlives_the_peering) {
  Story story;
  story.tell(1s, west, InstancesSeen{"default", "east", "web", 2, 2});  // in whatever order
  story.tell(1s, west, seen("east", "w1"));
  story.tell(1s, west, trace::RootsSeen{"default", "east", "d", {"aa"}});
  story.tell(1s, west, InstancesSeen{"default", "", "own", 2, 2});
  story.tell(2s, west, trace::PeeringGone{"default", "east", "w1"});
  story.tell(2s, west, InstancesSeen{"default", "east", "web", 0, 0});
  Story roots_stay = story;
  story.tell(2s, west, no_roots);
  BOOST_TEST(breach("imports-have-a-peering", story) == "");
  BOOST_TEST(breach("imports-have-a-peering", roots_stay) ==
             "west/server/0 keeps the roots of peer east, with which there is no peering");
}

BOOST_AUTO_TEST_CASE(imports_without_a_peering_are_orphans) {
  Story story;
  story.tell(1s, west, seen("east", "w1"));
  story.tell(2s, west, InstancesSeen{"default", "east", "web", 1, 1});
  story.tell(3s, west, trace::PeeringGone{"default", "east", "w1"});
  story.tell(4s, west, InstancesSeen{"default", "east", "web", 0, 0});
  BOOST_TEST(breach("imports-have-a-peering", story) ==
             "west/server/0 keeps service web of peer east, with which there is no peering");
}

BOOST_AUTO_TEST_CASE(a_server_that_leads_no_more_is_not_asked) {
  Story story;
  story.tell(1s, west, seen("east", "w1"));
  story.tell(1s, west, InstancesSeen{"default", "east", "web", 1, 1});
  story.tell(2s, west, trace::LeadershipLost{2});
  story.tell(3s, "west/server/1", trace::PeeringGone{"default", "east", "w1"});
  story.tell(4s, west, trace::RunEnded{});
  BOOST_TEST(breach("imports-have-a-peering", story) == "");
}

BOOST_AUTO_TEST_CASE(what_is_imported_was_sent_to_some_server_of_the_cluster) {
  Story story;
  story.tell(1s, west, seen("east", "w1"));
  story.tell(2s, west, service(false, "w1", "web"));
  story.tell(3s, "west/server/1", InstancesSeen{"default", "east", "web", 1, 1});
  story.tell(3s, west, InstancesSeen{"default", "", "own", 1, 1});
  story.tell(3s, west, InstancesSeen{"default", "east", "api", 0, 0});
  BOOST_TEST(breach("imports-were-sent", story) == "");
  story.tell(4s, west, InstancesSeen{"default", "east", "api", 1, 1});
  BOOST_TEST(breach("imports-were-sent", story) ==
             "west has instances of api, which peer east has not sent");
}

BOOST_AUTO_TEST_CASE(what_another_peer_sent_does_not_count) {
  Story story;
  story.tell(1s, west, seen("east", "w1")).tell(1s, west, seen("north", "w2"));
  story.tell(2s, west, service(false, "w2", "web"));
  story.tell(3s, west, InstancesSeen{"default", "east", "web", 1, 1});
  BOOST_TEST(breach("imports-were-sent", story) ==
             "west has instances of web, which peer east has not sent");
}

BOOST_AUTO_TEST_CASE(what_is_sent_was_exported_to_that_peer) {
  Story story;
  story.tell(1s, east, seen("west", "e1"));
  story.tell(2s, east, service(true, "e1", "web"));  // at the instant of the entry
  story.tell(2s, east, exports("web", "west"));
  story.tell(3s, east, service(true, "e1", "web-sidecar-proxy"));
  story.tell(4s, east, trace::ConfigSeen{"default", "exported-services", "default", ""});
  story.tell(5s, east, service(true, "e1", "web"));  // tells that it is gone
  BOOST_TEST(breach("sent-is-exported", story) == "");
  story.tell(6s, east, service(true, "e1", "api"));
  BOOST_TEST(breach("sent-is-exported", story) ==
             "east sends api to peer west, to which no entry exports it");
}

BOOST_AUTO_TEST_CASE(an_export_to_another_peer_does_not_count) {
  Story story;
  story.tell(1s, east, seen("west", "e1"));
  story.tell(1s, east, exports("web", "north"));
  story.tell(2s, east, service(true, "e1", "web"));
  BOOST_TEST(breach("sent-is-exported", story) ==
             "east sends web to peer west, to which no entry exports it");
}

BOOST_AUTO_TEST_CASE(a_wildcard_exports_everything_but_consul) {
  Story story;
  story.tell(1s, east, seen("west", "e1"));
  story.tell(1s, east, exports("*", "west"));
  story.tell(2s, east, service(true, "e1", "web"));
  BOOST_TEST(breach("sent-is-exported", story) == "");
  story.tell(3s, east, service(true, "e1", "consul"));
  BOOST_TEST(breach("sent-is-exported", story) ==
             "east sends consul to peer west, to which no entry exports it");
}

BOOST_AUTO_TEST_CASE(a_stream_without_a_peering_carries_no_services) {
  Story story;
  story.tell(1s, east, exports("web", "west"));
  story.tell(2s, east, service(true, "e9", "web"));
  BOOST_TEST(breach("sent-is-exported", story) == "east sends web on a stream without a peering");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
