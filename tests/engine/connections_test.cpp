// What connections and datagrams do on links that work.

#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace peerlab::engine::testing {
namespace {

const net::HostGroup all("");

BOOST_AUTO_TEST_SUITE(connections)

BOOST_AUTO_TEST_CASE(open_in_one_round_trip_and_a_half) {
  TwoHosts stage;
  stage.engine.run();
  BOOST_TEST(lines(*stage.west_story) == "20 connected\n");
  BOOST_TEST(lines(*stage.east_story) == "30 accepts west\n");
}

BOOST_AUTO_TEST_CASE(carry_what_is_sent_before_they_are_open) {
  TwoHosts stage;
  stage.send("west", 0);
  stage.engine.run();
  BOOST_TEST(lines(*stage.east_story) == "30 accepts west\n30 note 1\n");
}

BOOST_AUTO_TEST_CASE(carry_frames_both_ways_after_the_latency) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.send("west", 0);
  stage.send("east", 0);
  stage.engine.run();
  BOOST_TEST(lines(*stage.east_story) == "30 accepts west\n1000 command 0\n1010 note 1\n");
  BOOST_TEST(lines(*stage.west_story) == "20 connected\n1000 command 0\n1010 note 100\n");
}

BOOST_AUTO_TEST_CASE(keep_the_order_whatever_the_jitter) {
  TwoHosts stage({.seed = 3});
  stage.engine.shape_link(all, all, {.latency = 10ms, .jitter = 500ms});
  stage.run_to(5s);
  for (int i = 0; i < 20; ++i) stage.send("west", 0);
  stage.engine.run();
  std::vector<std::string> notes;
  for (const std::string& line : *stage.east_story) {
    const auto at = line.find("note");
    if (at != std::string::npos) notes.push_back(line.substr(at));
  }
  BOOST_REQUIRE(notes.size() == 20U);
  for (std::size_t i = 0; i < 20; ++i) BOOST_TEST(notes[i] == "note " + std::to_string(i + 1));
}

BOOST_AUTO_TEST_CASE(keep_the_order_when_the_link_becomes_faster) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.send("west", 0);
  stage.run_to(1001ms);
  stage.engine.shape_link(all, all, {.latency = 1ms});
  stage.send("west", 0);
  stage.engine.run();
  BOOST_TEST(lines(*stage.east_story) == "30 accepts west\n1010 note 1\n1010 note 2\n");
}

BOOST_AUTO_TEST_CASE(wait_for_their_turn_at_the_rate_limit) {
  TwoHosts stage;
  stage.run_to(1s);
  // 48 bytes with the TCP and IP headers take 48 ms.
  stage.engine.shape_link(all, all, {.latency = 10ms, .bytes_per_second = 1000});
  stage.send("west", 0);
  stage.send("west", 0);
  stage.engine.run();
  BOOST_TEST(lines(*stage.east_story) == "30 accepts west\n1058 note 1\n1106 note 2\n");
}

BOOST_AUTO_TEST_CASE(are_refused_where_nobody_listens) {
  Stage stage;
  stage.engine.shape_link(all, all, {.latency = 10ms});
  stage.add("east", [](Script&) {});
  const auto story = stage.add("west", [](Script& west) {
    west.on_start = [](Script& self) { self.host().connect({"east", 81}); };
  });
  stage.engine.run();
  BOOST_TEST(lines(*story) == "20 refused\n");
}

BOOST_AUTO_TEST_CASE(fail_where_no_host_has_the_address) {
  Stage stage;
  const auto story = stage.add("west", [](Script& west) {
    west.on_start = [](Script& self) { self.host().connect({"10.9.9.9", 80}); };
  });
  stage.engine.run();
  BOOST_TEST(lines(*story) == "0 unreachable\n");
  BOOST_TEST(trace::text(stage.engine.trace()) ==
             "    0.000s  west  starts\n"
             "    0.000s  west  loses its connection with 10.9.9.9 on port 80: unreachable\n");
}

BOOST_AUTO_TEST_CASE(find_hosts_by_the_address_they_were_given) {
  Stage stage;
  const auto story = stage.add(
      "east", [](Script& east) { east.on_start = [](Script& self) { self.host().listen(80); }; });
  stage.add("west", [](Script& west) {
    west.on_start = [](Script& self) { self.host().connect({"10.0.0.1", 80}); };
  });
  stage.engine.set_address("10.0.0.1", net::HostName("east"));
  stage.engine.run();
  BOOST_TEST(lines(*story) == "0 accepts west\n");
}

BOOST_AUTO_TEST_CASE(a_close_arrives_behind_what_was_sent) {
  TwoHosts stage;
  stage.run_to(1s);
  Script& west = stage.script("west");
  west.on_command = [](Script& self) {
    self.host().send(self.connection, Note{1});
    self.host().close(self.connection);
    self.host().send(self.connection, Note{2});  // dropped
  };
  stage.send("west", 0);
  stage.engine.run();
  BOOST_TEST(lines(*stage.east_story) == "30 accepts west\n1010 note 1\n1010 closed by peer\n");
  BOOST_TEST(lines(*stage.west_story) == "20 connected\n1000 command 0\n");
}

BOOST_AUTO_TEST_CASE(an_abort_resets_the_peer) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.script("west").on_command = [](Script& self) { self.host().abort(self.connection); };
  stage.send("west", 0);
  stage.engine.run();
  BOOST_TEST(lines(*stage.east_story) == "30 accepts west\n1010 reset\n");
}

BOOST_AUTO_TEST_CASE(what_crosses_a_close_is_dropped) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.script("west").on_command = [](Script& self) { self.host().close(self.connection); };
  stage.send("west", 0);
  stage.send("east", 0);
  stage.engine.run();
  BOOST_TEST(lines(*stage.west_story) == "20 connected\n1000 command 0\n");
  BOOST_TEST(lines(*stage.east_story) == "30 accepts west\n1000 command 0\n1010 closed by peer\n");
}

BOOST_AUTO_TEST_CASE(ids_are_not_used_twice) {
  Stage stage;
  std::vector<ConnectionId> ids;
  stage.add("east",
            [](Script& east) { east.on_start = [](Script& self) { self.host().listen(80); }; });
  stage.add("west", [&ids](Script& west) {
    west.on_command = [&ids](Script& self) {
      ids.push_back(self.host().connect({"east", 80}));
      self.host().arm(TimerKey(0, 1), self.host().now() + 1s);
    };
    west.on_due = [&ids](Script& self, TimerKey) { self.host().close(ids.back()); };
  });
  for (int i = 0; i < 3; ++i) {
    stage.send("west", 0);
    stage.engine.run();
  }
  BOOST_REQUIRE(ids.size() == 3U);
  BOOST_TEST((ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]));
  BOOST_TEST(ids[0].index == ids[2].index);  // but their places are
}

BOOST_AUTO_TEST_CASE(a_host_reaches_itself_at_once) {
  Stage stage;
  stage.engine.shape_link(all, all, {.latency = 10ms});
  const auto story = stage.add("a", [](Script& a) {
    a.on_start = [](Script& self) {
      self.host().listen(80);
      self.host().send(self.host().connect({"a", 80}), Note{1});
    };
  });
  stage.engine.run();
  BOOST_TEST(lines(*story) == "0 connected\n0 accepts a\n0 note 1\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(links)

/// When a datagram from `dc1/a` arrives at `dc2/b`, in milliseconds.
std::string arrival(const std::function<void(Engine&)>& shape) {
  Stage stage;
  shape(stage.engine);
  const auto story = stage.add(
      "dc2/b", [](Script& b) { b.on_start = [](Script& self) { self.host().listen(8301); }; });
  stage.add("dc1/a", [](Script& a) {
    a.on_start = [](Script& self) { self.host().send_datagram({"dc2/b", 8301}, Note{1}); };
  });
  stage.engine.run();
  return lines(*story);
}

BOOST_AUTO_TEST_CASE(the_most_specific_pair_of_groups_shapes_them) {
  using net::HostGroup;
  BOOST_TEST(arrival([](Engine& engine) {
               engine.shape_link(HostGroup("dc1"), HostGroup("dc2"), {.latency = 20ms});
               engine.shape_link(HostGroup("dc1/a"), HostGroup("dc2"), {.latency = 30ms});
               engine.shape_link(HostGroup(""), HostGroup(""), {.latency = 10ms});
             }) == "30 datagram 1\n");
}

BOOST_AUTO_TEST_CASE(the_later_of_equally_specific_ones_wins) {
  using net::HostGroup;
  BOOST_TEST(arrival([](Engine& engine) {
               engine.shape_link(HostGroup("dc1/a"), HostGroup("dc2"), {.latency = 30ms});
               engine.shape_link(HostGroup("dc1"), HostGroup("dc2/b"), {.latency = 40ms});
             }) == "40 datagram 1\n");
}

BOOST_AUTO_TEST_CASE(the_two_directions_may_differ) {
  using net::HostGroup;
  BOOST_TEST(arrival([](Engine& engine) {
               engine.shape_link(HostGroup("dc1"), HostGroup("dc2"), {.latency = 20ms});
               engine.shape_link(HostGroup("dc2"), HostGroup("dc1"), {.latency = 50ms},
                                 net::Direction::one_way);
             }) == "20 datagram 1\n");
}

BOOST_AUTO_TEST_CASE(lose_datagrams_by_their_ratio) {
  BOOST_TEST(arrival([](Engine& engine) {
               engine.shape_link(net::HostGroup(""), net::HostGroup(""), {.loss = {1, 1}});
             }) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::engine::testing
