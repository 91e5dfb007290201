#include "cluster.hpp"

#include <boost/test/unit_test.hpp>
#include <boost/test/unit_test_suite.hpp>

namespace peerlab::consensus {

using namespace std::chrono_literals;
using boost::unit_test::label;

namespace {

/// A cluster that has had a leader for some seconds.
struct Led : Cluster {
  explicit Led(const Options& options = {}) : Cluster(options) {
    BOOST_REQUIRE(run_until([&] { return Cluster::leader().has_value(); }, 60s));
    run_for(3s);
    first_leader = *Cluster::leader();
    for (const ServerId server : all()) {
      if (server != first_leader) followers.push_back(server);
    }
  }
  ~Led() { BOOST_TEST(safety().breach().value_or("") == ""); }
  Led(const Led&) = delete;
  Led& operator=(const Led&) = delete;

  /// Feeds a request to the leader, and waits for its end.
  template <class Request, class... Fields>
  Outcome ask(Fields... fields) {
    const ProposalId id = next_id();
    feed(*Cluster::leader(), Request{id, std::move(fields)...});
    BOOST_REQUIRE(run_until([&] { return outcome(id).has_value(); }, 30s));
    return *outcome(id);
  }
  void propose_many(int count) {
    for (int done = 0; done < count; ++done) {
      const Outcome outcome = ask<Propose>("p" + std::to_string(done));
      BOOST_REQUIRE(std::holds_alternative<Index>(outcome));
    }
  }
  void all_agree() {
    for (const ServerId server : all()) {
      if (up(server)) BOOST_TEST((applied(server) == applied(*Cluster::leader())));
    }
  }

  ServerId first_leader;
  std::vector<ServerId> followers;
};

Cluster::Options seeded(std::uint64_t seed) {
  Cluster::Options options;
  options.seed = seed;
  return options;
}

/// When a server first had `Output`, from `start` on.
template <class T>
std::optional<Instant> first_seen(const Cluster& cluster, ServerId server, Instant start) {
  for (const auto& [at, who] : cluster.seen<T>()) {
    if (who == server && at >= start) return at;
  }
  return std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(raft_elections)

BOOST_AUTO_TEST_CASE(three_servers_elect_a_leader_and_replicate, *label("D-008")) {
  Led cluster;
  const auto index = std::get<Index>(cluster.ask<Propose>("hello"));
  // The configuration is entry 1 and the leader's own is entry 2, as in Consul.
  BOOST_TEST((index == Index(3)));
  cluster.run_for(1s);
  for (const ServerId server : cluster.all()) {
    BOOST_TEST(cluster.applied(server) == std::vector<std::string>{"hello"},
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_follower_reacts_5_to_15_s_after_last_contact, *label("D-001")) {
  Duration shortest = 1h, longest{};
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Led cluster(seeded(seed));
    const Instant killed = cluster.now();
    cluster.crash(cluster.first_leader);
    std::optional<ServerId> last_to_notice;
    Instant last_notice{};
    cluster.run_for(30s);
    for (const ServerId server : cluster.followers) {
      const auto noticed = first_seen<LeaderChanged>(cluster, server, killed);
      BOOST_REQUIRE(noticed.has_value());
      shortest = std::min(shortest, *noticed - killed);
      longest = std::max(longest, *noticed - killed);
      if (*noticed > last_notice) last_to_notice = server;
      last_notice = std::max(last_notice, *noticed);
    }
    // With pre-vote the last of two followers to notice wins, and at once.
    BOOST_TEST((cluster.leader() == last_to_notice));
    const auto won = first_seen<BecameLeader>(cluster, *last_to_notice, killed);
    BOOST_TEST((won.value() - last_notice < 50ms));
  }
  // Contact is up to a second older than the kill.
  BOOST_TEST((shortest >= 4s && shortest < 5500ms));
  BOOST_TEST((longest > 12s && longest <= 15s));
}

BOOST_AUTO_TEST_CASE(the_multiplier_is_1_to_10, *label("D-002")) {
  BOOST_TEST(Timings::with_multiplier(5).value().lease == 2500ms);
  BOOST_TEST(Timings::with_multiplier(1).value().heartbeat == 1s);
  BOOST_TEST(Timings::with_multiplier(0).error().detail ==
             "performance.raft_multiplier cannot be 0. Must be between 1 and 10");
  BOOST_TEST(Timings::with_multiplier(11).error().detail ==
             "performance.raft_multiplier cannot be 11. Must be between 1 and 10");
}

BOOST_AUTO_TEST_CASE(a_leader_that_is_cut_off_steps_down_within_its_lease, *label("D-003")) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Led cluster(seeded(seed));
    const Instant cut = cluster.now();
    cluster.isolate(cluster.first_leader);
    cluster.run_for(30s);
    const auto lost = first_seen<LostLeadership>(cluster, cluster.first_leader, cut);
    BOOST_REQUIRE(lost.has_value());
    BOOST_TEST((*lost - cut <= 2500ms));
    BOOST_TEST((*lost - cut >= 1490ms));  // the last contact was up to a heartbeat ago
    // Nobody led before.
    for (const ServerId server : cluster.followers) {
      const auto won = first_seen<BecameLeader>(cluster, server, cut);
      if (won) BOOST_TEST((*won > *lost));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_leader_that_hears_nothing_steps_down_although_it_is_heard, *label("D-003")) {
  Led cluster;
  for (const ServerId server : cluster.followers) cluster.cut(server, cluster.first_leader);
  const Instant cut = cluster.now();
  cluster.run_for(3s);
  BOOST_TEST(first_seen<LostLeadership>(cluster, cluster.first_leader, cut).has_value());
}

BOOST_AUTO_TEST_CASE(a_leader_keeps_its_lease_through_one_follower) {
  Led cluster;
  cluster.isolate(cluster.followers[0]);
  cluster.run_for(60s);
  BOOST_TEST((cluster.leader() == cluster.first_leader));
  BOOST_TEST((cluster.state(cluster.first_leader).role == Role::leader));
}

BOOST_AUTO_TEST_CASE(an_isolated_server_comes_back_without_a_stir, *label("D-004")) {
  Led cluster;
  const Term term = cluster.state(cluster.first_leader).term;
  cluster.isolate(cluster.followers[0]);
  cluster.run_for(5min);
  BOOST_TEST((cluster.state(cluster.followers[0]).term == term));
  cluster.heal();
  cluster.run_for(10s);
  BOOST_TEST((cluster.leader() == cluster.first_leader));
  BOOST_TEST((cluster.state(cluster.followers[0]).leader == cluster.first_leader));
  BOOST_TEST((cluster.state(cluster.first_leader).term == term));
}

BOOST_AUTO_TEST_CASE(leadership_is_handed_over_in_milliseconds) {
  Led cluster;
  const Instant asked = cluster.now();
  const ServerId heir = cluster.followers[1];
  BOOST_TEST((std::holds_alternative<Index>(cluster.ask<TransferLeadership>(std::optional(heir)))));
  cluster.run_for(100ms);
  BOOST_TEST((cluster.leader() == heir));
  const auto won = first_seen<BecameLeader>(cluster, heir, asked);
  BOOST_TEST((won.value() - asked < 15ms));
}

BOOST_AUTO_TEST_CASE(a_transfer_to_a_server_that_is_down_ends_and_the_leader_goes_on) {
  Led cluster;
  cluster.crash(cluster.followers[0]);
  const auto outcome = cluster.ask<TransferLeadership>(std::optional(cluster.followers[0]));
  BOOST_TEST((std::get<Refusal>(outcome) == Refusal::transfer_timeout));
  cluster.propose_many(1);
  BOOST_TEST((cluster.leader() == cluster.first_leader));
}

BOOST_AUTO_TEST_CASE(an_idle_hour_of_three_servers_costs_at_most_36000_events) {
  Led cluster;
  const std::uint64_t before = cluster.events();
  cluster.run_for(1h);
  const std::uint64_t events = cluster.events() - before;
  BOOST_TEST_MESSAGE("events of an idle hour: " << events);
  BOOST_TEST(events <= 36'000U);
  BOOST_TEST(events >= 4U * 3600U);  // a heartbeat and its answer each second at least
  BOOST_TEST((cluster.leader() == cluster.first_leader));
  BOOST_TEST(cluster.safety().elections() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(raft_replication)

BOOST_AUTO_TEST_CASE(followers_hear_of_a_commit_before_the_next_heartbeat) {
  Led cluster;
  cluster.propose_many(1);
  cluster.run_for(110ms);
  cluster.all_agree();
}

BOOST_AUTO_TEST_CASE(a_cluster_that_is_killed_finds_all_that_it_promised_on_its_disks) {
  Led cluster;
  cluster.propose_many(10);
  for (const ServerId server : cluster.all()) cluster.crash(server);
  for (const ServerId server : cluster.all()) cluster.restart(server);
  BOOST_REQUIRE(cluster.run_until([&] { return cluster.leader().has_value(); }, 60s));
  cluster.run_for(1s);
  BOOST_TEST(cluster.applied(*cluster.leader()).size() == 10U);
  cluster.all_agree();
}

BOOST_AUTO_TEST_CASE(proposals_are_refused_by_who_does_not_lead) {
  Led cluster;
  const ProposalId id = cluster.propose(cluster.followers[0], "x");
  BOOST_TEST((std::get<Refusal>(*cluster.outcome(id)) == Refusal::not_leader));
  BOOST_TEST(text(Refusal::not_leader) == "node is not the leader");
}

BOOST_AUTO_TEST_CASE(proposals_of_a_leader_that_is_cut_off_end_with_its_leadership) {
  Led cluster;
  cluster.isolate(cluster.first_leader);
  const ProposalId id = cluster.propose(cluster.first_leader, "lost");
  cluster.run_for(3s);
  BOOST_TEST((std::get<Refusal>(*cluster.outcome(id)) == Refusal::leadership_lost));
  cluster.run_for(30s);
  cluster.propose_many(1);
  cluster.heal();
  cluster.run_for(10s);
  cluster.all_agree();
  BOOST_TEST(cluster.applied(*cluster.leader()).front() == "p0");
}

BOOST_AUTO_TEST_CASE(a_server_that_missed_much_catches_up_from_a_snapshot) {
  Cluster::Options options;
  options.timings.snapshot_threshold = 10;
  options.timings.trailing_logs = 2;
  Led cluster(options);
  cluster.crash(cluster.followers[0]);
  cluster.propose_many(50);
  BOOST_TEST((cluster.state(cluster.first_leader).snapshot > Index(30)));
  const Instant back = cluster.now();
  cluster.restart(cluster.followers[0]);
  cluster.run_for(10s);
  const auto restored = first_seen<Restore>(cluster, cluster.followers[0], back);
  BOOST_TEST(restored.has_value());
  cluster.all_agree();
  BOOST_TEST(cluster.applied(cluster.followers[0]).size() == 50U);
}

BOOST_AUTO_TEST_CASE(a_server_restarts_from_its_own_snapshot) {
  Cluster::Options options;
  options.timings.snapshot_threshold = 10;
  options.timings.trailing_logs = 2;
  Led cluster(options);
  cluster.propose_many(25);
  cluster.run_for(1s);
  const ServerId server = cluster.followers[0];
  BOOST_TEST(cluster.log(server).disk().entries.size() < 15U);
  cluster.crash(server);
  cluster.restart(server);
  cluster.run_for(5s);
  cluster.all_agree();
}

BOOST_AUTO_TEST_CASE(leadership_is_verified_by_a_quorum_without_an_entry, *label("D-027")) {
  Led cluster;
  const Index last = cluster.state(cluster.first_leader).last_index;
  const Instant asked = cluster.now();
  BOOST_TEST((std::get<Index>(cluster.ask<VerifyLeader>()) == last));
  BOOST_TEST((cluster.now() - asked <= 4ms));
  cluster.isolate(cluster.first_leader);
  BOOST_TEST((std::get<Refusal>(cluster.ask<VerifyLeader>()) == Refusal::leadership_lost));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(raft_members)

BOOST_AUTO_TEST_CASE(a_new_server_gets_the_log_and_then_a_vote) {
  Led cluster;
  cluster.propose_many(5);
  const ServerId fresh = cluster.add_host();
  const Index last = cluster.state(cluster.first_leader).last_index;
  const auto added = std::get<Index>(cluster.ask<AddServer>(fresh, std::string("s4")));
  BOOST_TEST((added == Index(last.value() + 1)));  // one entry, as in Consul
  cluster.run_for(2s);
  cluster.all_agree();
  BOOST_TEST(!find(cluster.state(fresh).configuration, fresh)->voter);
  BOOST_TEST((std::get<Index>(cluster.ask<Promote>(fresh)) > added));
  cluster.run_for(1s);
  BOOST_TEST(find(cluster.state(fresh).configuration, fresh)->voter);
  BOOST_TEST(quorum(cluster.state(fresh).configuration) == 3U);
}

BOOST_AUTO_TEST_CASE(a_server_without_vote_neither_counts_nor_campaigns) {
  Led cluster;
  const ServerId fresh = cluster.add_host();
  cluster.ask<AddServer>(fresh, std::string("s4"));
  cluster.run_for(2s);
  cluster.crash(cluster.followers[0]);
  cluster.crash(cluster.followers[1]);
  const Instant alone = cluster.now();
  cluster.run_for(60s);
  BOOST_TEST(first_seen<LostLeadership>(cluster, cluster.first_leader, alone).has_value());
  BOOST_TEST((cluster.state(fresh).role == Role::follower));
  BOOST_TEST(!cluster.state(fresh).leader);
}

BOOST_AUTO_TEST_CASE(a_removed_server_goes_on_and_disturbs_nobody) {
  Led cluster;
  const ServerId removed = cluster.followers[0];
  cluster.ask<RemoveServer>(removed);
  const Term term = cluster.state(cluster.first_leader).term;
  cluster.run_for(5min);
  BOOST_TEST((cluster.leader() == cluster.first_leader));
  BOOST_TEST((cluster.state(cluster.first_leader).term == term));
  BOOST_TEST(cluster.state(cluster.first_leader).configuration.size() == 2U);
  BOOST_TEST((cluster.state(removed).role != Role::halted));
}

BOOST_AUTO_TEST_CASE(a_leader_that_removes_itself_steps_down_once_that_is_committed) {
  Led cluster;
  cluster.ask<RemoveServer>(cluster.first_leader);
  BOOST_TEST((cluster.state(cluster.first_leader).role == Role::follower));
  BOOST_REQUIRE(cluster.run_until([&] { return cluster.leader().has_value(); }, 60s));
  BOOST_TEST((cluster.leader() != cluster.first_leader));
}

BOOST_AUTO_TEST_CASE(changes_come_one_after_the_other_and_only_where_they_make_sense) {
  Led cluster;
  const auto refused = [](const Cluster::Outcome& outcome) { return std::get<Refusal>(outcome); };
  const ServerId other = cluster.followers[0];
  BOOST_TEST((refused(cluster.ask<Promote>(ServerId(9))) == Refusal::unknown_server));
  BOOST_TEST((refused(cluster.ask<Promote>(other)) == Refusal::nothing_to_do));
  BOOST_TEST((refused(cluster.ask<RemoveServer>(ServerId(9))) == Refusal::unknown_server));
  BOOST_TEST((refused(cluster.ask<AddServer>(other, std::string("new"))) == Refusal::known_server));
  BOOST_TEST(
      (refused(cluster.ask<AddServer>(ServerId(9), std::string("s1"))) == Refusal::known_server));
  const ProposalId first = cluster.next_id();
  cluster.feed(cluster.first_leader, Demote{first, other});
  BOOST_TEST((refused(cluster.ask<Promote>(other)) == Refusal::configuration_busy));
  cluster.run_for(1s);
  BOOST_TEST(std::holds_alternative<Index>(*cluster.outcome(first)));
  BOOST_TEST(std::holds_alternative<Index>(cluster.ask<Demote>(cluster.followers[1])));
  BOOST_TEST((refused(cluster.ask<Demote>(cluster.first_leader)) == Refusal::last_voter));
  BOOST_TEST((refused(cluster.ask<RemoveServer>(cluster.first_leader)) == Refusal::last_voter));
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_catch_up_is_not_promoted) {
  Led cluster;
  const ServerId fresh = cluster.add_host();
  cluster.isolate(fresh);
  cluster.ask<AddServer>(fresh, std::string("s4"));
  BOOST_TEST((std::get<Refusal>(cluster.ask<Promote>(fresh)) == Refusal::too_slow));
  cluster.heal();
  cluster.run_for(3s);
  BOOST_TEST(std::holds_alternative<Index>(cluster.ask<Promote>(fresh)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::consensus
