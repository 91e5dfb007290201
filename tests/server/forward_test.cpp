#include "peerlab/server/forward.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::server {
namespace {

using namespace std::chrono_literals;

const Situation leader{true, true, true, true, {}, "10.0.0.1:8300", {}};
const Situation follower{false, false, true, true, 5ms, "10.0.0.1:8300", {}};
const Situation leaderless{false, false, false, true, 5s, "", {}};

Settings settings() {
  Settings made;
  made.federated = {DatacenterName("dc2")};
  return made;
}

template <class Alternative>
bool is(const auto& variant) {
  return std::holds_alternative<Alternative>(variant);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(forwarding)

BOOST_AUTO_TEST_CASE(another_datacenter_comes_first, *boost::unit_test::label("H-037")) {
  const auto there = direction({"dc2", true}, settings(), leader);
  BOOST_TEST(std::get<ToDatacenter>(there).datacenter == DatacenterName("dc2"));
  BOOST_TEST(std::get<Unroutable>(direction({"dc9"}, settings(), leader)).why ==
             "No path to datacenter");
  BOOST_TEST(is<ServeHere>(direction({"dc1"}, settings(), leader)));
}

BOOST_AUTO_TEST_CASE(a_follower_serves_stale_reads_and_nothing_else) {
  BOOST_TEST(is<ServeHere>(direction({"", true}, settings(), follower)));
  BOOST_TEST(is<ServeHere>(direction({"", true}, settings(), leaderless)));
  BOOST_TEST(is<ToLeader>(direction({"", false}, settings(), follower)));
  Situation newborn = leaderless;
  newborn.leader_ever_known = false;
  BOOST_TEST(is<ToLeader>(direction({"", true}, settings(), newborn)));
}

BOOST_AUTO_TEST_CASE(waits_for_a_leader_and_gives_up_after_the_hold_time) {
  LeaderSearch search(Instant{}, 7s, false, Random(1));
  Instant now{};
  auto move = search.start(now, leaderless);
  int pauses = 0;
  Duration longest{0};
  while (const auto* pause = std::get_if<LeaderSearch::Pause>(&move)) {
    BOOST_TEST(pause->until >= now);
    longest = std::max(longest, pause->until - now);
    now = pause->until;
    ++pauses;
    move = search.resume(now, leaderless);
  }
  BOOST_TEST(std::get<LeaderSearch::GiveUp>(move).why == "No cluster leader");
  BOOST_TEST(now >= Instant{} + 7s);
  BOOST_TEST(now <= Instant{} + 18s);
  BOOST_TEST(pauses >= 3);
  BOOST_TEST(longest < 14s);
}

BOOST_AUTO_TEST_CASE(asks_the_leader_as_soon_as_there_is_one) {
  LeaderSearch search(Instant{}, 7s, false, Random(1));
  auto move = search.start(Instant{}, leaderless);
  const Instant until = std::get<LeaderSearch::Pause>(move).until;
  move = search.resume(until, follower);
  BOOST_TEST(std::get<LeaderSearch::Ask>(move).address == "10.0.0.1:8300");
  BOOST_TEST(is<LeaderSearch::Relay>(search.answered(until, "")));
}

BOOST_AUTO_TEST_CASE(serves_itself_when_it_wins_the_election) {
  LeaderSearch search(Instant{}, 7s, false, Random(1));
  search.start(Instant{}, leaderless);
  BOOST_TEST(is<LeaderSearch::Serve>(search.resume(Instant{} + 1s, leader)));
}

BOOST_AUTO_TEST_CASE(a_leader_without_an_address_is_not_waited_for) {
  Situation crashed = follower;
  crashed.leader_address.clear();
  LeaderSearch search(Instant{}, 7s, true, Random(1));
  BOOST_TEST(std::get<LeaderSearch::GiveUp>(search.start(Instant{}, crashed)).why ==
             "Raft leader not found in server lookup mapping");
}

BOOST_AUTO_TEST_CASE(retries_a_read_whose_connection_ended_but_no_write) {
  LeaderSearch reading(Instant{}, 7s, true, Random(1));
  reading.start(Instant{}, follower);
  BOOST_TEST(is<LeaderSearch::Pause>(reading.unreachable(Instant{}, true, "EOF")));
  LeaderSearch writing(Instant{}, 7s, false, Random(1));
  writing.start(Instant{}, follower);
  BOOST_TEST(std::get<LeaderSearch::GiveUp>(writing.unreachable(Instant{}, true, "EOF")).why ==
             "EOF");
}

BOOST_AUTO_TEST_CASE(retries_what_the_leader_asks_to_be_resubmitted) {
  LeaderSearch search(Instant{}, 7s, false, Random(1));
  search.start(Instant{}, follower);
  BOOST_TEST(
      is<LeaderSearch::Pause>(search.answered(Instant{}, "please resubmit call for rechunking")));
  BOOST_TEST(is<LeaderSearch::Relay>(search.answered(
      Instant{}, "rate limit exceeded, try again later or against a different server")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::server
