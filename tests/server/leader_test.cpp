#include "peerlab/server/leader.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::server {
namespace {

using namespace std::chrono_literals;

struct NewLeader {
  Leader leader{LeaderSettings{}};
  Instant now{};
  Instant armed{};
  std::string story;

  /// Feeds one input, answers every Start with success, and writes down what was asked for.
  void tell(const Leader::Input& input, std::optional<Duty> failing = {}) {
    for (const auto& output : leader.step(now, input)) {
      std::visit(Overloaded{
                     [&](const Leader::Announce&) { story += "announce\n"; },
                     [&](const Leader::Barrier&) { story += "barrier\n"; },
                     [&](const Leader::Start& start) {
                       story += "start " + std::string(duty_name(start.duty)) + "\n";
                       if (start.duty == failing) {
                         tell(Leader::StartFailed{start.duty}, failing);
                       } else {
                         tell(Leader::Started{start.duty}, failing);
                       }
                     },
                     [&](const Leader::Stop& stop) {
                       story += "stop " + std::string(duty_name(stop.duty)) + "\n";
                     },
                     [&](const Leader::Reconcile&) { story += "reconcile\n"; },
                     [&](const Leader::Transfer&) { story += "transfer\n"; },
                     [&](const Leader::Arm& arm) { armed = arm.due; },
                 },
                 output);
    }
  }

  std::string told() { return std::exchange(story, {}); }
  void win() {
    tell(Leader::Gained{});
    tell(Leader::BarrierPassed{});
  }
};

constexpr std::string_view established =
    "start tombstone collection\n"
    "start session timers\n"
    "start autopilot\n"
    "start federation state anti-entropy\n"
    "start peering streams\n"
    "start peering deferred deletion\n"
    "start connect CA\n"
    "start config entry bootstrap\n"
    "start consistent reads\n"
    "reconcile\n";

constexpr std::string_view revoked =
    "stop tombstone collection\n"
    "stop session timers\n"
    "stop peering deferred deletion\n"
    "stop federation state anti-entropy\n"
    "stop peering streams\n"
    "stop connect CA\n"
    "stop consistent reads\n"
    "stop autopilot\n";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(leader_duties, NewLeader)

BOOST_AUTO_TEST_CASE(a_barrier_comes_before_everything_else) {
  tell(Leader::Gained{});
  BOOST_TEST(told() == "announce\nbarrier\n");
  BOOST_TEST(!leader.is_established());
  tell(Leader::BarrierPassed{});
  BOOST_TEST(told() == established);
  BOOST_TEST(leader.is_established());
  BOOST_TEST(leader.is_ready());
}

BOOST_AUTO_TEST_CASE(a_loser_stops_all_it_started_in_the_order_of_consul) {
  win();
  told();
  tell(Leader::Lost{});
  BOOST_TEST(told() == revoked);
  BOOST_TEST(!leader.is_ready());
  tell(Leader::Lost{});
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(reconciles_every_minute) {
  win();
  BOOST_TEST(armed == now + 60s);
  told();
  now = armed;
  tell(Leader::Expired{});
  BOOST_TEST(told() == "barrier\n");
  BOOST_TEST(armed == now + 60s);
  tell(Leader::BarrierPassed{});
  BOOST_TEST(told() == "reconcile\n");
}

BOOST_AUTO_TEST_CASE(a_failed_barrier_is_tried_again_after_a_minute) {
  tell(Leader::Gained{});
  tell(Leader::BarrierFailed{});
  told();
  tell(Leader::Expired{});
  tell(Leader::BarrierPassed{});
  BOOST_TEST(leader.is_established());
}

BOOST_AUTO_TEST_CASE(a_ca_that_fails_costs_nobody_the_leadership) {
  tell(Leader::Gained{});
  tell(Leader::BarrierPassed{}, Duty::connect_ca);
  BOOST_TEST(leader.is_established());
}

BOOST_AUTO_TEST_CASE(whoever_cannot_write_the_bootstrap_entries_steps_down) {
  tell(Leader::Gained{});
  told();
  tell(Leader::BarrierPassed{}, Duty::config_bootstrap);
  BOOST_TEST(told().ends_with("stop connect CA\nstop autopilot\ntransfer\n"));
  BOOST_TEST(!leader.is_ready());
  tell(Leader::TransferFailed{});
  BOOST_TEST(armed == now + 5s);
  tell(Leader::Expired{});
  tell(Leader::BarrierPassed{});
  BOOST_TEST(leader.is_established());
}

BOOST_AUTO_TEST_CASE(an_answer_after_the_loss_starts_nothing) {
  tell(Leader::Gained{});
  leader.step(now, Leader::BarrierPassed{});
  tell(Leader::Lost{});
  BOOST_TEST(leader.step(now, Leader::Started{Duty::tombstone_collection}).empty());
  BOOST_TEST(leader.step(now, Leader::BarrierPassed{}).empty());
  BOOST_TEST(leader.step(now, Leader::Expired{}).empty());
}

BOOST_AUTO_TEST_CASE(a_restored_snapshot_makes_it_begin_anew) {
  win();
  told();
  tell(Leader::Restored{});
  BOOST_TEST(told() == std::string(revoked) + std::string(established));
}

BOOST_AUTO_TEST_CASE(what_is_switched_off_is_not_started) {
  leader = Leader({true, true, false, false});
  win();
  BOOST_TEST(told() ==
             "announce\nbarrier\n"
             "start ACLs\nstart ACL replication\nstart tombstone collection\n"
             "start session timers\nstart autopilot\nstart config entry replication\n"
             "start federation state replication\nstart federation state anti-entropy\n"
             "start consistent reads\nreconcile\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::server
