// What connections and datagrams do when links and hosts fail.

#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace peerlab::engine::testing {
namespace {

using net::HostGroup;

const HostGroup east("east");
const HostGroup west("west");

/// The lines of a story after those of the opening.
std::string rest(const std::vector<std::string>& story, std::size_t skip = 1) {
  return lines({story.begin() + static_cast<std::ptrdiff_t>(skip), story.end()});
}

BOOST_AUTO_TEST_SUITE(cuts)

BOOST_AUTO_TEST_CASE(what_is_sent_into_a_cut_arrives_with_the_first_retry_after_it_heals) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Cut{east, west});
  stage.send("west", 0);
  stage.run_to(1500ms);
  stage.send("west", 0);
  stage.engine.apply_at(start + 3s, net::Heal{east, west});
  stage.run_to(1h);
  // Retries after 220, 660, 1540 and 3300 ms; the round trip is 20 ms.
  BOOST_TEST(rest(*stage.east_story) == "4310 note 1\n4310 note 2\n");
}

BOOST_AUTO_TEST_CASE(a_sender_gives_up_after_a_quarter_of_an_hour) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Cut{east, west});
  stage.send("west", 0);
  stage.run_to(1h);
  BOOST_TEST(rest(*stage.west_story, 2) == "946060 timed out\n");
  BOOST_TEST(rest(*stage.east_story) == "");  // it has sent nothing and knows nothing
  // When it sends at last, the other side does not know the connection any more.
  stage.engine.apply(net::Heal{east, west});
  stage.send("east", 0);
  stage.run_to(2h);
  BOOST_TEST(rest(*stage.east_story) == "3600000 command 0\n3600020 reset\n");
}

BOOST_AUTO_TEST_CASE(a_cut_that_nobody_notices_does_no_harm) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Cut{east, west});
  stage.run_to(10h);
  stage.engine.apply(net::Heal{east, west});
  stage.send("west", 0);
  stage.engine.run();
  BOOST_TEST(rest(*stage.east_story) == "36000010 note 1\n");
}

BOOST_AUTO_TEST_CASE(a_one_way_cut_holds_one_way_only) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Cut{east, west, net::Direction::one_way});
  stage.send("west", 0);
  stage.send("east", 0);
  stage.run_to(10s);
  BOOST_TEST(rest(*stage.east_story) == "1000 command 0\n1010 note 1\n");
  BOOST_TEST(rest(*stage.west_story) == "1000 command 0\n");
  // Both give up: one because its frames, the other because the acknowledgements are lost.
  stage.run_to(1h);
  BOOST_TEST(rest(*stage.east_story, 3) == "946060 timed out\n");
  BOOST_TEST(rest(*stage.west_story, 2) == "946060 timed out\n");
}

BOOST_AUTO_TEST_CASE(a_one_way_cut_that_heals_in_time_is_forgotten) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Cut{east, west, net::Direction::one_way});
  stage.send("west", 0);
  stage.engine.apply_at(start + 10s, net::Heal{east, west});
  stage.run_to(1h);
  stage.send("west", 0);
  stage.engine.run();
  BOOST_TEST(rest(*stage.east_story) == "1010 note 1\n3600010 note 2\n");
}

BOOST_AUTO_TEST_CASE(a_dialer_tries_again_after_the_cut) {
  TwoHosts stage;
  stage.engine.apply(net::Cut{east, west});
  stage.engine.apply_at(start + 2s, net::Heal{east, west});
  stage.run_to(1h);
  BOOST_TEST(lines(*stage.west_story) == "3020 connected\n");
}

BOOST_AUTO_TEST_CASE(a_dialer_gives_up_after_127_seconds) {
  TwoHosts stage;
  stage.engine.apply(net::Cut{east, west, net::Direction::one_way});  // no answer comes back
  stage.run_to(1h);
  BOOST_TEST(lines(*stage.west_story) == "127000 timed out\n");
}

BOOST_AUTO_TEST_CASE(hosts_that_come_later_are_cut_off_as_well) {
  TwoHosts stage;
  stage.engine.apply(net::Cut{HostGroup("dc9"), HostGroup("")});
  const auto story = stage.add("dc9/late", [](Script& late) {
    late.on_start = [](Script& self) { self.host().connect({"east", 80}); };
  });
  stage.run_to(1h);
  BOOST_TEST(lines(*story) == "127000 timed out\n");
}

BOOST_AUTO_TEST_CASE(lose_datagrams) {
  Stage stage({.level = trace::Level::events});
  const auto story =
      stage.add("b", [](Script& b) { b.on_start = [](Script& self) { self.host().listen(1); }; });
  stage.add("a", [](Script& a) {
    a.on_command = [](Script& self) { self.host().send_datagram({"b", 1}, Note{1}); };
  });
  stage.engine.apply(net::Cut{HostGroup("a"), HostGroup("b")});
  stage.send("a", 0);
  stage.engine.run();
  BOOST_TEST(lines(*story) == "");
  BOOST_TEST(trace::text(stage.engine.trace(), stage.engine.trace().records().back()) ==
             "    0.000s  a  drops test/note: link cut");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(mutes)

BOOST_AUTO_TEST_CASE(a_muted_host_says_later_what_it_had_to_say_but_keeps_its_connections) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Mute{west});
  stage.send("west", 0);
  stage.run_to(2h);
  BOOST_TEST(rest(*stage.east_story) == "");
  stage.engine.apply(net::Unmute{west});
  stage.run_to(3h);
  BOOST_TEST(rest(*stage.east_story) == "7200010 note 1\n");
}

BOOST_AUTO_TEST_CASE(keepalives_still_flow_and_so_does_the_other_direction) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Mute{west});
  stage.script("west").on_command = [](Script& self) {
    self.host().send(self.connection, Note{1});
    self.host().send(self.connection, Ping{2});
  };
  stage.send("west", 0);
  stage.send("east", 0);
  stage.engine.apply_at(start + 2s, net::Unmute{west});
  stage.engine.run();
  BOOST_TEST(rest(*stage.east_story) == "1000 command 0\n1010 ping 2\n2010 note 1\n");
  BOOST_TEST(rest(*stage.west_story) == "1000 command 0\n1010 note 100\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(resets)

BOOST_AUTO_TEST_CASE(tell_both_sides_at_once) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::ResetConnections{west, east});
  stage.engine.run();
  BOOST_TEST(rest(*stage.east_story) == "1000 reset\n");
  BOOST_TEST(rest(*stage.west_story) == "1000 reset\n");
}

BOOST_AUTO_TEST_CASE(half_open_connections_swallow_everything_until_the_sender_gives_up) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::HalfOpen{west, east});
  stage.send("west", 0);
  stage.run_to(1h);
  BOOST_TEST(rest(*stage.west_story, 2) == "946060 timed out\n");
  BOOST_TEST(rest(*stage.east_story) == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ends_of_hosts)

BOOST_AUTO_TEST_CASE(a_killed_process_resets_its_peers) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Kill{east});
  stage.engine.run();
  BOOST_TEST(rest(*stage.west_story) == "1010 reset\n");
  stage.script("west").connection = stage.script("west").host().connect({"east", 80});
  stage.engine.run();
  BOOST_TEST(rest(*stage.west_story, 2) == "1030 refused\n");
}

BOOST_AUTO_TEST_CASE(a_stopped_host_closes_its_connections) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Stop{east});
  stage.engine.run();
  BOOST_TEST(rest(*stage.west_story) == "1010 closed by peer\n");
}

BOOST_AUTO_TEST_CASE(nobody_is_told_of_a_power_failure_until_it_gives_up) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Crash{east});
  stage.run_to(10s);
  BOOST_TEST(rest(*stage.west_story) == "");
  stage.send("west", 0);
  stage.run_to(1h);
  BOOST_TEST(rest(*stage.west_story, 2) == "955060 timed out\n");
}

BOOST_AUTO_TEST_CASE(a_role_that_hangs_up_while_the_power_fails_is_not_heard) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.script("east").closes_at_its_end = true;
  stage.engine.apply(net::Crash{east});
  stage.run_to(1h);
  BOOST_TEST(rest(*stage.west_story) == "");
}

BOOST_AUTO_TEST_CASE(a_host_that_is_back_without_state_answers_with_a_reset) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Crash{east});
  stage.send("west", 0);
  stage.engine.apply_at(start + 2s, net::Start{east});
  stage.run_to(1h);
  // The retry after 1540 ms reaches it.
  BOOST_TEST(rest(*stage.west_story) == "1000 command 0\n2560 reset\n");
}

BOOST_AUTO_TEST_CASE(what_was_in_flight_when_the_power_failed_brings_the_reset_too) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.send("west", 0);
  stage.run_to(1005ms);
  stage.engine.apply(net::Crash{east});
  stage.engine.apply_at(start + 2s, net::Start{east});
  stage.run_to(1h);
  // Nothing acknowledged at 1010 ms; retries 220, 660 and 1540 ms later.
  BOOST_TEST(rest(*stage.west_story) == "1000 command 0\n2570 reset\n");
  BOOST_TEST(rest(*stage.east_story) == "");
}

BOOST_AUTO_TEST_CASE(who_had_nothing_to_say_learns_of_it_when_it_speaks) {
  TwoHosts stage;
  stage.run_to(1s);
  stage.engine.apply(net::Crash{east});
  stage.engine.apply_at(start + 2s, net::Start{east});
  stage.run_to(1min);
  stage.send("west", 0);
  stage.run_to(1h);
  BOOST_TEST(rest(*stage.west_story) == "60000 command 0\n60020 reset\n");
}

BOOST_AUTO_TEST_CASE(a_dialer_waits_for_a_host_without_power) {
  TwoHosts stage;
  stage.engine.apply(net::Crash{east});
  stage.engine.apply_at(start + 5s, net::Start{east});
  stage.run_to(1h);
  BOOST_TEST(lines(*stage.west_story) == "7020 connected\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::engine::testing
