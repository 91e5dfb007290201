#include <boost/test/unit_test.hpp>

#include "peerlab/checks/observed.hpp"
#include "story.hpp"

// What a trace has shown of peerings, services, roots and work.
namespace peerlab::checks {
namespace {

using namespace std::chrono_literals;

const std::string leader = "dc1/server/0";

trace::PeeringSeen seen(const std::string& state, std::vector<std::string> imported = {}) {
  return {"default", "dc2", "id-1", "id-2", state, std::move(imported), {}};
}

/// dc1, whose first server leads, and dc2 likewise.
Story clusters() {
  Story story;
  story.tell(1s, leader, trace::LeadershipGained{2});
  story.tell(1s, "dc2/server/0", trace::LeadershipGained{2});
  return story;
}

Sight look(const Story& story, const Check& check, Duration now = 1h) {
  Observed observed;
  for (const trace::Record& record : story.trace()) observed.add(story.trace(), record);
  return observed.look(check, Instant{} + now);
}

Count exactly(std::uint64_t number) { return {Count::Is::equal, number}; }

PeeringCheck active() {
  PeeringCheck check;
  check.in = {"dc1"};
  check.peer = "dc2";
  check.state = "ACTIVE";
  return check;
}

InstancesCheck instances(const std::string& peer, const std::string& service) {
  InstancesCheck check;
  check.in = {"dc1"};
  check.peer = peer;
  check.service = service;
  check.total = exactly(2);
  return check;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(peering_checks)

BOOST_AUTO_TEST_CASE(a_peering_is_what_the_leader_saw_last) {
  Story story = clusters();
  BOOST_TEST(look(story, active()).seen == "there is no such peering");
  story.tell(2s, leader, seen("PENDING"));
  BOOST_TEST(look(story, active()).seen == "it is PENDING");
  story.tell(3s, leader, seen("ACTIVE"));
  BOOST_TEST(look(story, active()).holds);
  BOOST_TEST((look(story, active()).since == Instant{} + 3s));
  story.tell(4s, leader, trace::PeeringGone{"default", "dc2", "id-1"});
  BOOST_TEST(!look(story, active()).holds);
  PeeringCheck gone = active();
  gone.state.reset();
  gone.exists = false;
  BOOST_TEST(look(story, gone).holds);
}

BOOST_AUTO_TEST_CASE(what_another_server_saw_does_not_count) {
  Story story = clusters();
  story.tell(2s, leader, seen("FAILING"));
  story.tell(3s, "dc1/server/1", seen("ACTIVE"));
  BOOST_TEST(look(story, active()).seen == "it is FAILING");
}

BOOST_AUTO_TEST_CASE(while_nobody_leads_nothing_is_known) {
  Story story = clusters();
  story.tell(2s, leader, seen("ACTIVE"));
  story.tell(3s, leader, trace::HostKilled{});
  const Sight sight = look(story, active());
  BOOST_TEST(!sight.holds);
  BOOST_TEST(sight.seen == "nobody leads dc1");
  BOOST_TEST((sight.since == Instant{} + 3s));
  PeeringCheck condition = active();
  condition.only_if_state = true;
  condition.heartbeat_younger_than = 2h;
  BOOST_TEST(look(story, condition).holds);
}

BOOST_AUTO_TEST_CASE(a_new_leader_replaces_what_the_old_one_knew) {
  Story story = clusters();
  story.tell(2s, leader, seen("ACTIVE"));
  story.tell(2s, leader, trace::InstancesSeen{"default", "dc2", "web", 2, 2});
  story.tell(3s, leader, trace::LeadershipLost{2});
  story.tell(4s, "dc1/server/1", trace::LeadershipGained{3});
  story.tell(5s, "dc1/server/1", seen("FAILING"));
  story.tell(6s, leader, trace::HostStopped{});
  BOOST_TEST(look(story, active()).seen == "it is FAILING");
  // It said nothing of any instance when it told all that it knows.
  BOOST_TEST(look(story, instances("dc2", "web")).seen == "0 of 0 pass");
}

BOOST_AUTO_TEST_CASE(a_stream_and_its_heartbeats_count) {
  Story story = clusters();
  story.tell(2s, leader, seen("ACTIVE"));
  story.tell(2s, leader, trace::StreamBegan{"id-1", "dc2", true, 7});
  PeeringCheck connected = active();
  connected.connected = true;
  BOOST_TEST(look(story, connected).holds);

  PeeringCheck young = active();
  young.heartbeat_younger_than = 2min;
  trace::PeerMessage beat{"id-1", false, trace::PeerMessage::Kind::heartbeat, {}, {}, {}, {}, 4, 7};
  story.tell(60s, leader, beat);
  BOOST_TEST(look(story, young, 179s).holds);
  BOOST_TEST(!look(story, young, 180s).holds);

  story.tell(70s, leader, trace::StreamEnded{"id-1", "dc2", "heartbeat timeout", 7});
  BOOST_TEST(!look(story, connected).holds);
  PeeringCheck why;
  why.in = {"dc1"};
  why.peer = "dc2";
  why.because = "heartbeat";
  BOOST_TEST(look(story, why).holds);
  why.because = "reset";
  BOOST_TEST(look(story, why).seen == "its last stream ended with heartbeat timeout");
}

BOOST_AUTO_TEST_CASE(imports_are_compared_as_a_list_a_number_or_with_the_exports) {
  Story story = clusters();
  story.tell(2s, leader, seen("ACTIVE", {"web", "api"}));
  ServicesCheck check;
  check.in = {"dc1"};
  check.peer = "dc2";
  check.services = {"api", "web"};
  BOOST_TEST(look(story, check).holds);
  check.services = {"api"};
  BOOST_TEST(!look(story, check).holds);
  check.services.reset();
  check.count = exactly(2);
  BOOST_TEST(look(story, check).holds);
  check.count = exactly(3);
  BOOST_TEST(!look(story, check).holds);

  ServicesCheck same;
  same.in = {"dc1"};
  same.peer = "dc2";
  same.exports_of = Tenant{"dc2"};
  same.as_peer = "dc1";
  const std::string entry =
      R"({"Services":[{"Name":"web","Consumers":[{"Peer":"dc1"}]},)"
      R"({"Name":"api","Consumers":[{"Peer":"dc1"}]},{"Name":"db","Consumers":[{"Peer":"x"}]}]})";
  BOOST_TEST(!look(story, same).holds);
  story.tell(3s, "dc2/server/0",
             trace::ConfigSeen{"default", "exported-services", "default", entry});
  BOOST_TEST(look(story, same).holds);
}

BOOST_AUTO_TEST_CASE(instances_are_counted_by_peer) {
  Story story = clusters();
  story.tell(2s, leader, trace::InstancesSeen{"default", "dc2", "web", 2, 1});
  story.tell(2s, leader, trace::InstancesSeen{"default", "", "web", 5, 5});
  InstancesCheck check = instances("dc2", "web");
  BOOST_TEST(look(story, check).holds);
  check.passing = exactly(2);
  BOOST_TEST(look(story, check).seen == "1 of 2 pass");
  BOOST_TEST(!look(story, check).holds);
  BOOST_TEST(!look(story, instances("", "web")).holds);
}

BOOST_AUTO_TEST_CASE(roots_of_a_peer_equal_its_own) {
  Story story = clusters();
  RootsCheck check;
  check.in = {"dc1"};
  check.of_peer = "dc2";
  check.equals_roots_of = Tenant{"dc2"};
  BOOST_TEST(!look(story, check).holds);
  story.tell(2s, leader, trace::RootsSeen{"default", "dc2", "two.consul", {"a"}});
  story.tell(2s, "dc2/server/0", trace::RootsSeen{"default", "", "two.consul", {"b", "a"}});
  BOOST_TEST(!look(story, check).holds);
  story.tell(3s, leader, trace::RootsSeen{"default", "dc2", "two.consul", {"a", "b"}});
  BOOST_TEST(look(story, check).holds);
}

BOOST_AUTO_TEST_CASE(messages_and_entries_count_from_a_step_on) {
  Story story = clusters();
  const auto response = [](const std::string& id) {
    return trace::PeerMessage{
        "id-1", true, trace::PeerMessage::Kind::response, "ExportedService", id, "01", {}, 9, 7};
  };
  story.tell(2s, leader, response("web"));
  story.tell(2s, leader, trace::EntryApplied{10, "catalog", 900});
  story.tell(3s, "scenario", trace::StepBegan{0, "later"});
  story.tell(4s, leader, response("web"));
  story.tell(4s, leader, trace::EntryApplied{11, "catalog", 100});

  MessagesCheck messages;
  messages.cluster = "dc1";
  messages.kind = "response";
  messages.count = exactly(2);
  BOOST_TEST(look(story, messages).holds);
  messages.since = "later";
  BOOST_TEST(!look(story, messages).holds);
  messages.count = exactly(1);
  BOOST_TEST(look(story, messages).holds);
  messages.sent = false;
  BOOST_TEST(!look(story, messages).holds);

  WorkCheck work;
  work.cluster = "dc1";
  work.largest_log_entry = Count{Count::Is::at_most, 512};
  BOOST_TEST(!look(story, work).holds);
  work.since = "later";
  BOOST_TEST(look(story, work).holds);
  work.log_entries = exactly(0);
  BOOST_TEST(!look(story, work).holds);
  work.last = 10s;
  BOOST_TEST(!look(story, work, 13s).holds);
  BOOST_TEST(look(story, work, 15s).holds);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
