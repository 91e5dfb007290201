#include <boost/test/unit_test.hpp>

#include "peerlab/checks/observed.hpp"
#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;
using trace::ConfigSeen;
using trace::InstancesSeen;
using trace::PeeringSeen;
using trace::PeerMessage;
using trace::RootsSeen;

namespace {

PeeringSeen seen(std::string state, std::vector<std::string> imported = {}) {
  return {"default", "dc2", "id-1", "id-2", std::move(state), std::move(imported), {"api"}};
}

InstancesSeen web(std::uint32_t total, std::uint32_t passing, std::string peer = "dc2") {
  return {"default", std::move(peer), "web", total, passing};
}

ConfigSeen exports(std::string services) {
  return {"default", "exported-services", "default", R"({"Services":[)" + services + "]}"};
}

PeerMessage message(PeerMessage::Kind kind, bool sent, std::string type = {}) {
  PeerMessage fact;
  fact.stream = 1;
  fact.peering = "id-1";
  fact.sent = sent;
  fact.kind = kind;
  fact.type = std::move(type);
  return fact;
}

trace::StreamBegan began(std::string peering, bool dialed) {
  trace::StreamBegan fact;
  fact.stream = 1;
  fact.peering = std::move(peering);
  fact.dialed = dialed;
  return fact;
}

trace::StreamEnded ended(std::string status) {
  trace::StreamEnded fact;
  fact.stream = 1;
  fact.peering = "id-1";
  fact.status = std::move(status);
  return fact;
}

/// Two clusters with a leader each; dc1 has a peering called dc2.
Story two_leaders() {
  Story story;
  story.tell(1s, "dc1/server/0", trace::LeadershipGained{2});
  story.tell(1s, "dc2/server/0", trace::LeadershipGained{2});
  return story;
}

Sight look(const Story& story, const Check& check) {
  Observed observed;
  Instant now{};
  for (const trace::Record& record : story.trace()) {
    observed.add(story.trace(), record);
    now = record.at;
  }
  return observed.look(check, now);
}

/// `holds`, or what is seen instead.
std::string verdict(const Story& story, const Check& check) {
  const Sight sight = look(story, check);
  return sight.holds ? "holds" : sight.seen;
}

PeeringCheck in_state(std::optional<std::string> state) {
  PeeringCheck check{.in = {"dc1"}, .peer = "dc2"};
  check.state = std::move(state);
  return check;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(what_leaders_tell)

BOOST_AUTO_TEST_CASE(a_peering_is_as_the_leader_last_told) {
  Story story = two_leaders();
  BOOST_TEST(verdict(story, in_state("ACTIVE")) == "there is no such peering");
  story.tell(2s, "dc1/server/0", seen("PENDING"));
  BOOST_TEST(verdict(story, in_state("ACTIVE")) == "it is PENDING (expected ACTIVE)");
  story.tell(3s, "dc1/server/0", seen("ACTIVE"));
  BOOST_TEST(verdict(story, in_state("ACTIVE")) == "holds");
  BOOST_TEST((look(story, in_state("ACTIVE")).since == Instant{} + 3s));
  story.tell(4s, "dc1/server/0", seen("ACTIVE"));  // told again, unchanged
  BOOST_TEST((look(story, in_state("ACTIVE")).since == Instant{} + 3s));
}

BOOST_AUTO_TEST_CASE(who_does_not_lead_is_not_asked) {
  Story story = two_leaders();
  story.tell(2s, "dc1/server/0", seen("ACTIVE"));
  story.tell(3s, "dc1/server/1", seen("FAILING"));
  BOOST_TEST(verdict(story, in_state("ACTIVE")) == "holds");
}

BOOST_AUTO_TEST_CASE(while_nobody_leads_nothing_is_known) {
  Story story = two_leaders();
  story.tell(2s, "dc1/server/0", seen("ACTIVE"));
  story.tell(3s, "dc1/server/0", trace::HostKilled{});
  BOOST_TEST(verdict(story, in_state("ACTIVE")) == "nobody leads dc1");
  BOOST_TEST((look(story, in_state("ACTIVE")).since == Instant{} + 3s));
  PeeringCheck condition = in_state("ACTIVE");
  condition.only_if_state = true;
  BOOST_TEST(verdict(story, condition) == "holds");
}

BOOST_AUTO_TEST_CASE(a_new_leader_replaces_all_that_the_old_one_told) {
  Story story = two_leaders();
  story.tell(2s, "dc1/server/0", seen("ACTIVE"));
  story.tell(2s, "dc1/server/0", web(3, 3));
  story.tell(5s, "dc1/server/1", trace::LeadershipGained{3});
  const InstancesCheck three{{"dc1"}, "dc2", "web", Count{Count::Is::equal, 3}, {}};
  BOOST_TEST(verdict(story, three) == "holds");  // until the new one has spoken
  story.tell(6s, "dc1/server/1", seen("FAILING"));
  BOOST_TEST(verdict(story, three) == "holds");
  BOOST_TEST(verdict(story, in_state("FAILING")) == "holds");
  story.tell(7s, "operator", trace::HttpEnded{});
  BOOST_TEST(verdict(story, three) == "0 of 0 pass (expected 3 in all)");
  BOOST_TEST(verdict(story, in_state("FAILING")) == "holds");
}

BOOST_AUTO_TEST_CASE(a_peering_that_took_the_place_of_another_outlives_its_end) {
  Story story = two_leaders();
  story.tell(2s, "dc1/server/0", seen("ACTIVE"));
  story.tell(3s, "dc1/server/0", trace::PeeringGone{"default", "dc2", "id-0"});
  BOOST_TEST(verdict(story, in_state("ACTIVE")) == "holds");
  story.tell(4s, "dc1/server/0", trace::PeeringGone{"default", "dc2", "id-1"});
  PeeringCheck none = in_state({});
  none.exists = false;
  BOOST_TEST(verdict(story, none) == "holds");
}

BOOST_AUTO_TEST_CASE(a_state_may_be_a_condition) {
  Story story = two_leaders();
  PeeringCheck check = in_state("ACTIVE");
  check.only_if_state = true;
  check.heartbeat_younger_than = 2min;
  BOOST_TEST(verdict(story, check) == "holds");
  story.tell(2s, "dc1/server/0", began("id-1", true));
  story.tell(2s, "dc1/server/0", seen("ACTIVE"));
  BOOST_TEST(verdict(story, check) == "holds");
  story.tell(60s, "dc1/server/0", message(PeerMessage::Kind::heartbeat, false));
  story.tell(170s, "dc1/server/0", message(PeerMessage::Kind::heartbeat, true));
  BOOST_TEST(verdict(story, check) == "holds");
  story.tell(180s, "operator", trace::HttpEnded{});
  BOOST_TEST(verdict(story, check) == "it is ACTIVE and was last heard of 120.000s ago");
  story.tell(181s, "dc1/server/0", seen("FAILING"));
  BOOST_TEST(verdict(story, check) == "holds");
}

BOOST_AUTO_TEST_CASE(a_peering_is_connected_while_a_stream_of_it_is_open) {
  Story story = two_leaders();
  story.tell(2s, "dc1/server/0", seen("ACTIVE"));
  PeeringCheck check = in_state({});
  check.connected = true;
  BOOST_TEST(verdict(story, check) == "it is ACTIVE without a stream");
  // An acceptor learns from the first message which peering it is.
  story.tell(3s, "dc1/server/0", began("", false));
  BOOST_TEST(verdict(story, check) == "it is ACTIVE without a stream");
  story.tell(3s, "dc1/server/0", message(PeerMessage::Kind::open, false));
  BOOST_TEST(verdict(story, check) == "holds");
  story.tell(4s, "dc1/server/0", ended("rpc error: too late"));
  check.connected = false;
  check.because = "too late";
  BOOST_TEST(verdict(story, check) == "holds");
  check.because = "too early";
  BOOST_TEST(verdict(story, check) == "its last stream ended with rpc error: too late");
}

BOOST_AUTO_TEST_CASE(streams_go_down_with_their_host) {
  Story story = two_leaders();
  story.tell(2s, "dc1/server/0", seen("ACTIVE"));
  story.tell(2s, "dc1/server/1", began("id-1", true));
  story.tell(3s, "dc1/server/1", trace::HostCrashed{});
  PeeringCheck check = in_state({});
  check.connected = false;
  BOOST_TEST(verdict(story, check) == "holds");
}

BOOST_AUTO_TEST_CASE(services_are_these_and_no_others) {
  Story story = two_leaders();
  story.tell(2s, "dc1/server/0", seen("ACTIVE", {"web", "api"}));
  ServicesCheck check{.in = {"dc1"}, .peer = "dc2"};
  check.services = {{"api", "web"}};
  BOOST_TEST(verdict(story, check) == "holds");
  check.services = {{"web"}};
  BOOST_TEST(verdict(story, check) == "api, web (expected web)");
  check.services.reset();
  check.count = Count{Count::Is::less, 2};
  BOOST_TEST(verdict(story, check) == "2 services: api, web (expected < 2)");
  check.count.reset();
  check.way = ServicesCheck::Way::exported;
  check.services = {{"api"}};
  BOOST_TEST(verdict(story, check) == "holds");
}

BOOST_AUTO_TEST_CASE(imports_are_what_the_other_cluster_says_it_exports) {
  Story story = two_leaders();
  story.tell(2s, "dc1/server/0", seen("ACTIVE", {"db", "web"}));
  story.tell(2s, "dc2/server/0", exports(R"({"Name":"web","Consumers":[{"Peer":"east"}]},
                                            {"Name":"api","Consumers":[{"Peer":"west"}]})"));
  ServicesCheck check{.in = {"dc1"}, .peer = "dc2"};
  check.exports_of = Tenant{"dc2"};
  check.as_peer = "east";
  BOOST_TEST(verdict(story, check) == "db is too much");
  story.tell(3s, "dc2/server/0", exports(R"({"Name":"*","Consumers":[{"Peer":"east"}]})"));
  BOOST_TEST(verdict(story, check) == "db, web is too much");
  for (const char* name : {"consul", "db", "db-sidecar-proxy", "mesh-gateway", "web"}) {
    story.tell(4s, "dc2/server/0", InstancesSeen{"default", "", name, 1, 1});
  }
  BOOST_TEST(verdict(story, check) == "holds");
  story.tell(5s, "dc2/server/0", InstancesSeen{"default", "", "new", 1, 0});
  BOOST_TEST(verdict(story, check) == "new is missing");
}

// Datacenter 5.2
BOOST_AUTO_TEST_CASE(what_a_partition_exports_stands_in_the_entry_of_its_name) {
  Story story = two_leaders();
  story.tell(2s, "dc1/server/0", seen("ACTIVE", {"web"}));
  story.tell(2s, "dc2/server/0",
             ConfigSeen{"part", "exported-services", "part",
                        R"({"Services":[{"Name":"web","Consumers":[{"Peer":"east"}]}]})"});
  ServicesCheck check{.in = {"dc1"}, .peer = "dc2"};
  check.exports_of = Tenant{"dc2", "part"};
  check.as_peer = "east";
  BOOST_TEST(verdict(story, check) == "holds");
}

BOOST_AUTO_TEST_CASE(instances_that_nobody_told_of_are_none) {
  Story story = two_leaders();
  const Count none{Count::Is::equal, 0}, two{Count::Is::at_least, 2};
  BOOST_TEST(verdict(story, InstancesCheck{{"dc1"}, "dc2", "web", none, none}) == "holds");
  story.tell(2s, "dc1/server/0", web(3, 1));
  BOOST_TEST(verdict(story, InstancesCheck{{"dc1"}, "dc2", "web", two, {}}) == "holds");
  BOOST_TEST(verdict(story, InstancesCheck{{"dc1"}, "dc2", "web", {}, two}) ==
             "1 of 3 pass (expected >= 2 passing)");
  BOOST_TEST(verdict(story, InstancesCheck{{"dc1"}, "", "web", none, {}}) == "holds");
}

BOOST_AUTO_TEST_CASE(roots_are_compared_without_regard_to_order) {
  Story story = two_leaders();
  const RootsCheck check{{"dc1"}, "dc2", {}, Tenant{"dc2"}};
  BOOST_TEST(verdict(story, check) == "they are 0 and not the 0 of dc2");
  story.tell(2s, "dc1/server/0", RootsSeen{"default", "dc2", "td", {"a", "b"}});
  story.tell(2s, "dc2/server/0", RootsSeen{"default", "", "td", {"b", "a"}});
  BOOST_TEST(verdict(story, check) == "holds");
  story.tell(3s, "dc2/server/0", RootsSeen{"default", "", "td", {"b", "c"}});
  BOOST_TEST(verdict(story, check) == "they are 2 and not the 2 of dc2");
}

BOOST_AUTO_TEST_CASE(messages_are_counted_since_a_step_began) {
  Story story = two_leaders();
  story.tell(1s, "dc1/server/0", seen("ACTIVE"));
  story.tell(2s, "dc1/server/0", message(PeerMessage::Kind::response, true, "ExportedService"));
  story.tell(3s, "scenario", trace::StepBegan{0, "the cut"});
  story.tell(4s, "dc1/server/0", message(PeerMessage::Kind::response, true, "ExportedService"));
  story.tell(4s, "dc1/server/0", message(PeerMessage::Kind::response, false, "ExportedService"));
  story.tell(4s, "dc1/server/0", message(PeerMessage::Kind::response, true, "PeeringTrustBundle"));
  story.tell(4s, "dc1/server/0", message(PeerMessage::Kind::heartbeat, true));
  MessagesCheck check{.cluster = "dc1", .peer = "dc2"};
  check.count = {Count::Is::equal, 5};
  BOOST_TEST(verdict(story, check) == "holds");
  check.sent = true;
  BOOST_TEST(verdict(story, check) == "4 of them (expected 5)");
  check.kind = "response";
  check.type = "ExportedService";
  BOOST_TEST(verdict(story, check) == "2 of them (expected 5)");
  check.since = "the cut";
  BOOST_TEST(verdict(story, check) == "1 of them (expected 5)");
  check.peer = "dc9";
  BOOST_TEST(verdict(story, check) == "0 of them (expected 5)");
}

BOOST_AUTO_TEST_CASE(work_is_what_the_leader_wrote) {
  Story story = two_leaders();
  story.tell(2s, "dc1/server/0", trace::EntryApplied{1, "catalog", 100});
  story.tell(2s, "dc1/server/1", trace::EntryApplied{1, "catalog", 100});
  story.tell(60s, "dc1/server/0", trace::EntryApplied{2, "catalog", 5'000});
  WorkCheck check{.cluster = "dc1"};
  check.log_entries = Count{Count::Is::equal, 2};
  check.largest_log_entry = Count{Count::Is::at_most, 5'000};
  BOOST_TEST(verdict(story, check) == "holds");
  check.largest_log_entry = Count{Count::Is::at_most, 4'999};
  BOOST_TEST(verdict(story, check) ==
             "2 entries, the largest of 5000 bytes (expected 2 entries, <= 4999 bytes)");
  check.largest_log_entry.reset();
  check.last = 30s;
  BOOST_TEST(verdict(story, check) == "1 entry, the largest of 5000 bytes (expected 2 entries)");
  story.tell(91s, "operator", trace::HttpEnded{});
  check.log_entries = Count{Count::Is::equal, 0};
  BOOST_TEST(verdict(story, check) == "holds");
}

BOOST_AUTO_TEST_CASE(counts_compare) {
  using Is = Count::Is;
  const auto allowed = [](Is is) {
    std::string numbers;
    for (std::uint64_t number : {1U, 2U, 3U}) {
      if (Count{is, 2}.holds(number)) numbers += std::to_string(number);
    }
    return text(Count{is, 2}) + ": " + numbers;
  };
  BOOST_TEST(allowed(Is::equal) == "2: 2");
  BOOST_TEST(allowed(Is::unequal) == "!= 2: 13");
  BOOST_TEST(allowed(Is::less) == "< 2: 1");
  BOOST_TEST(allowed(Is::at_most) == "<= 2: 12");
  BOOST_TEST(allowed(Is::more) == "> 2: 3");
  BOOST_TEST(allowed(Is::at_least) == ">= 2: 23");
}

BOOST_AUTO_TEST_CASE(a_json_pointer_finds_its_value_or_nothing) {
  const std::string json = R"({"a/b":[{"c":"text"},true,3],"~":null})";
  BOOST_TEST(value_at(json, "/a~1b/0/c").value_or("nothing") == "text");
  BOOST_TEST(value_at(json, "/a~1b/1").value_or("nothing") == "true");
  BOOST_TEST(value_at(json, "/~0").value_or("nothing") == "null");
  BOOST_TEST(value_at(json, "").value_or("nothing") == json);
  for (const char* pointer : {"a", "/a", "/a~1b/3", "/a~1b/-1", "/a~1b/x", "/a~1b/0/c/d", "/~2"}) {
    BOOST_TEST(value_at(json, pointer).value_or("nothing") == "nothing", pointer);
  }
  BOOST_TEST(value_at("no json", "").value_or("nothing") == "nothing");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
