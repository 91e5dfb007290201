#include <boost/test/unit_test.hpp>

#include "seat.hpp"

// Each rule that random runs may miss, by itself; and the mutant that breaks it, breaking it.

namespace peerlab::consensus {

using namespace std::chrono_literals;

namespace {

RequestVote ask(std::uint64_t candidate, std::uint64_t term, bool transfer = false) {
  return RequestVote{Term(term), ServerId(candidate), Index(9), Term(9), transfer, false};
}

AppendEntries heartbeat(std::uint64_t term, std::uint64_t index, std::uint64_t previous_term,
                        std::vector<Entry> entries = {}) {
  return AppendEntries{Term(term),          Round(1), Index(index),
                       Term(previous_term), Index(1), std::move(entries)};
}

/// A leader whose log ends with an entry of an earlier term hears that server 2 has that entry,
/// before its own first entry is durable: figure 8 of the Raft paper.
Index commit_of_old_entry(Mutants mutants) {
  Seat seat(three_founders({command(2, "old")}, Term(2)), mutants);
  const Term term = seat.win_election();
  seat.hear(2, AppendEntriesResult{term, Round(1), Index(0), Index(2)});
  return seat.state().commit;
}

/// A leader amid a transfer to server 2 is deposed by server 3 and votes for it; then server 2
/// asks for a vote in the same term.
bool votes_twice(Mutants mutants) {
  Seat seat(three_founders(), mutants);
  const std::uint64_t next = seat.win_election().value() + 1;
  seat.write();
  seat.feed(TransferLeadership{ProposalId(1), ServerId(2)});
  seat.hear(3, ask(3, next, true));
  seat.write();
  BOOST_REQUIRE((seat.sent<RequestVoteResult>(3) == RequestVoteResult{Term(next), true, false}));
  seat.hear(2, ask(2, next, true));
  seat.write();
  return seat.sent<RequestVoteResult>(2).value_or(RequestVoteResult{}).granted;
}

/// A follower with an entry of its own behind those of the leader answers a heartbeat.
Index vouches_for(Mutants mutants) {
  Seat seat(three_founders({command(1, "a"), command(1, "stale")}, Term(1)), mutants);
  seat.hear(2, heartbeat(2, 2, 1));
  seat.write();
  return seat.sent<AppendEntriesResult>(2).value().last_index;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(raft_safety_rules)

BOOST_AUTO_TEST_CASE(a_vote_is_answered_when_it_is_durable) {
  Seat seat(three_founders());
  seat.hear(2, ask(2, 2));
  BOOST_TEST((seat.out<SaveVote>()->term == Term(2)));
  BOOST_TEST((seat.out<SaveVote>()->voted_for == ServerId(2)));
  BOOST_TEST(!seat.sent<RequestVoteResult>(2));
  seat.write();
  BOOST_TEST((seat.sent<RequestVoteResult>(2) == RequestVoteResult{Term(2), true, false}));

  Seat mutant(three_founders(), {Mutant::RAFT_VOTE_UNSYNCED});
  mutant.hear(2, ask(2, 2));
  BOOST_TEST(mutant.sent<RequestVoteResult>(2).has_value());
}

BOOST_AUTO_TEST_CASE(a_candidate_asks_for_votes_when_its_own_is_durable) {
  Seat seat(three_founders());
  while (seat.state().role != Role::candidate) seat.wake();
  BOOST_TEST(seat.sent<RequestVote>(2)->pre_vote);
  BOOST_TEST(!seat.out<SaveVote>());
  seat.hear(2, RequestVoteResult{Term(2), true, true});
  BOOST_TEST((seat.out<SaveVote>()->voted_for == ServerId(1)));
  BOOST_TEST(!seat.sent<RequestVote>(3));
  seat.write();
  BOOST_TEST(!seat.sent<RequestVote>(3)->pre_vote);
}

BOOST_AUTO_TEST_CASE(entries_are_acknowledged_when_they_are_durable) {
  Seat seat(three_founders());
  seat.hear(2, heartbeat(2, 1, 1));
  seat.write();
  seat.hear(2, heartbeat(2, 1, 1, {command(2, "x")}));
  BOOST_TEST(!seat.sent<AppendEntriesResult>(2));
  seat.write();
  BOOST_TEST((seat.sent<AppendEntriesResult>(2)->last_index == Index(2)));
}

BOOST_AUTO_TEST_CASE(entries_of_earlier_terms_are_not_counted) {
  BOOST_TEST((commit_of_old_entry({}) == Index(1)));
  BOOST_TEST((commit_of_old_entry({Mutant::RAFT_OLD_TERM_COMMIT}) == Index(2)));
}

BOOST_AUTO_TEST_CASE(they_are_committed_with_the_first_of_the_new_term) {
  Seat seat(three_founders({command(2, "old")}, Term(2)));
  const Term term = seat.win_election();
  seat.write();
  seat.hear(2, AppendEntriesResult{term, Round(1), Index(0), Index(2)});
  BOOST_TEST((seat.sent<AppendEntries>(2)->entries.size() == 1U));
  seat.hear(2, AppendEntriesResult{term, Round(2), Index(0), Index(3)});
  BOOST_TEST((seat.state().commit == Index(3)));
  BOOST_TEST(seat.out<Committed>()->bytes == "old");
}

BOOST_AUTO_TEST_CASE(a_server_votes_once_in_a_term_also_amid_a_transfer) {
  BOOST_TEST(!votes_twice({}));
  BOOST_TEST(votes_twice({Mutant::RAFT_TRANSFER_REVOTE}));
}

BOOST_AUTO_TEST_CASE(a_follower_vouches_for_what_its_leader_has_compared_alone) {
  BOOST_TEST((vouches_for({}) == Index(2)));
  BOOST_TEST((vouches_for({Mutant::RAFT_UNCHECKED_ACK}) == Index(3)));
}

BOOST_AUTO_TEST_CASE(entries_of_a_leader_that_was_replaced_are_not_acknowledged_to_the_next) {
  Seat seat(three_founders());
  seat.hear(2, heartbeat(2, 1, 1, {command(2, "x")}));
  seat.hear(3, heartbeat(3, 1, 1));
  seat.write();
  // The heartbeat alone was answered, and it covers entry 1 alone.
  BOOST_TEST((seat.sent<AppendEntriesResult>(3)->last_index == Index(1)));
}

BOOST_AUTO_TEST_CASE(an_entry_that_contradicts_one_being_written_waits_for_the_disk) {
  Seat seat(three_founders());
  seat.hear(2, heartbeat(2, 1, 1, {command(2, "x")}));
  seat.hear(3, heartbeat(3, 1, 1, {command(3, "y")}));
  BOOST_TEST(!seat.out<Truncate>());
  seat.write();
  BOOST_TEST((seat.out<Truncate>()->from == Index(2)));
  BOOST_TEST((seat.out<Append>()->entries == std::vector{command(3, "y")}));
}

BOOST_AUTO_TEST_CASE(an_entry_of_a_later_term_does_not_pass_for_one_in_a_snapshot) {
  Seat seat(three_founders({command(3, "never committed")}, Term(3)));
  const Configuration members = seat.state().configuration;
  seat.hear(2, InstallSnapshot{Term(4), Snapshot{Index(2), Term(2), members, Index(1), "s"}});
  BOOST_REQUIRE(seat.out<PutSnapshot>().has_value());
  BOOST_TEST((seat.out<PutSnapshot>()->snapshot.term == Term(2)));
  seat.write();
  BOOST_TEST(seat.out<Restore>()->bytes == "s");
  BOOST_TEST((seat.state().last_term == Term(2)));
}

BOOST_AUTO_TEST_CASE(a_configuration_that_was_never_committed_is_taken_back) {
  const Configuration two{{ServerId(1), "s1", true}, {ServerId(2), "s2", true}};
  Persisted disk = three_founders(
      {Entry{Term(2), EntryKind::configuration, encode_configuration(two)}}, Term(2));
  Seat seat(disk);
  BOOST_TEST((seat.state().configuration == two));
  seat.hear(3, heartbeat(3, 1, 1, {command(3, "y")}));
  BOOST_TEST(seat.state().configuration.size() == 3U);
  BOOST_TEST((seat.out<ConfigurationChanged>()->index == Index(1)));
}

BOOST_AUTO_TEST_CASE(a_sole_voter_leads_in_a_new_term_once_that_is_durable) {
  Seat seat(bootstrapped({{ServerId(1), "s1", true}}));
  BOOST_TEST((seat.state().role == Role::follower));
  seat.wake();
  BOOST_TEST((seat.now >= Instant{} + 5s));  // D-001
  BOOST_TEST((seat.out<SaveVote>()->term == Term(2)));
  BOOST_TEST(!seat.out<BecameLeader>());
  seat.write();
  BOOST_TEST((seat.out<BecameLeader>()->term == Term(2)));
  BOOST_TEST((seat.out<Append>()->first == Index(2)));
  seat.write();
  BOOST_TEST((seat.state().commit == Index(2)));
}

BOOST_AUTO_TEST_CASE(a_candidate_that_is_no_member_gets_no_vote,
                     *boost::unit_test::label("D-005")) {
  Seat seat(three_founders());
  seat.hear(9, ask(9, 2));
  BOOST_TEST((seat.sent<RequestVoteResult>(9) == RequestVoteResult{Term(1), false, false}));
  BOOST_TEST((seat.state().term == Term(1)));
}

BOOST_AUTO_TEST_CASE(who_has_a_leader_gives_no_vote, *boost::unit_test::label("D-006")) {
  Seat seat(three_founders());
  seat.hear(2, heartbeat(2, 1, 1));
  seat.write();
  seat.hear(3, ask(3, 3));
  BOOST_TEST(!seat.sent<RequestVoteResult>(3)->granted);
  BOOST_TEST((seat.state().term == Term(2)));
  // The leader itself may ask again, and so may its heir.
  seat.hear(2, ask(2, 3));
  seat.write();
  BOOST_TEST(seat.sent<RequestVoteResult>(2)->granted);
  seat.hear(2, heartbeat(3, 1, 1));
  seat.hear(3, ask(3, 4, true));
  seat.write();
  BOOST_TEST(seat.sent<RequestVoteResult>(3)->granted);
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_know_of_its_promotion_votes) {
  const Configuration two{{ServerId(1), "s1", false}, {ServerId(2), "s2", true}};
  Seat seat(bootstrapped(two));
  seat.hear(2, ask(2, 2));
  seat.write();
  BOOST_TEST(seat.sent<RequestVoteResult>(2)->granted);
}

BOOST_AUTO_TEST_CASE(a_long_log_is_sent_64_entries_at_a_time) {
  Seat seat(three_founders(std::vector<Entry>(199, command(1, "x"))));
  const Term term = seat.win_election();
  seat.write();
  seat.hear(2, AppendEntriesResult{term, Round(1), Index(200), Index(1)});
  BOOST_TEST((seat.sent<AppendEntries>(2)->previous_index == Index(1)));
  BOOST_TEST(seat.sent<AppendEntries>(2)->entries.size() == 64U);
  seat.hear(2, AppendEntriesResult{term, Round(3), Index(0), Index(65)});
  BOOST_TEST((seat.sent<AppendEntries>(2)->previous_index == Index(65)));
  BOOST_TEST(seat.sent<AppendEntries>(2)->entries.size() == 64U);
  seat.hear(2, AppendEntriesResult{term, Round(4), Index(0), Index(129)});
  BOOST_TEST((seat.sent<AppendEntries>(2)->previous_index == Index(129)));
}

BOOST_AUTO_TEST_CASE(what_a_snapshot_has_replaced_is_not_appended_again) {
  Persisted disk;
  disk.term = Term(2);
  disk.snapshot = Snapshot{Index(5), Term(2), three_founders_configuration(), Index(1), "s"};
  disk.first = Index(6);
  Seat seat(disk);
  BOOST_TEST(seat.out<Restore>()->bytes == "s");
  seat.hear(2, AppendEntries{Term(2),
                             Round(1),
                             Index(3),
                             Term(2),
                             Index(6),
                             {command(2, "4"), command(2, "5"), command(2, "6")}});
  BOOST_TEST((seat.out<Append>()->first == Index(6)));
  BOOST_TEST(seat.out<Append>()->entries.size() == 1U);
  seat.write();
  BOOST_TEST((seat.state().commit == Index(6)));
}

BOOST_AUTO_TEST_CASE(a_snapshot_waits_for_the_entries_being_written) {
  Seat seat(three_founders());
  const Configuration members = seat.state().configuration;
  seat.hear(2, heartbeat(2, 1, 1));
  seat.write();
  seat.hear(2, heartbeat(2, 1, 1, {command(2, "x"), command(2, "y")}));
  // The entries are there, but a crash could still take them.
  seat.hear(2, InstallSnapshot{Term(2), Snapshot{Index(3), Term(2), members, Index(1), "s"}});
  BOOST_TEST(!seat.sent<AppendEntriesResult>(2));
  seat.write();
  BOOST_TEST((seat.sent<AppendEntriesResult>(2)->last_index == Index(3)));
}

BOOST_AUTO_TEST_CASE(a_server_takes_no_part_in_elections_while_it_installs_a_snapshot) {
  Seat seat(three_founders());
  const Configuration members = seat.state().configuration;
  seat.hear(2, InstallSnapshot{Term(2), Snapshot{Index(5), Term(2), members, Index(1), "s"}});
  seat.hear(3, ask(3, 3, true));
  BOOST_TEST((seat.state().term == Term(2)));
  seat.hear(2, TimeoutNow{Term(2), Index(5), Term(2)});
  for (int times = 0; times < 5; ++times) seat.wake();
  BOOST_TEST((seat.state().role == Role::follower));
  seat.write();
  BOOST_TEST(seat.out<Restore>()->bytes == "s");
  while (seat.state().role != Role::candidate) seat.wake();
}

BOOST_AUTO_TEST_CASE(a_snapshot_holds_the_configuration_that_is_committed) {
  const Configuration two{{ServerId(1), "s1", true}, {ServerId(2), "s2", true}};
  Timings timings;
  timings.snapshot_threshold = 2;
  Seat seat(three_founders(), {}, timings);
  AppendEntries append =
      heartbeat(2, 1, 1,
                {command(2, "a"), command(2, "b"),
                 Entry{Term(2), EntryKind::configuration, encode_configuration(two)}});
  append.leader_commit = Index(3);
  seat.hear(2, append);
  seat.write();
  BOOST_REQUIRE((seat.out<TakeSnapshot>()->index == Index(3)));
  BOOST_TEST((seat.state().configuration == two));
  seat.feed(SnapshotTaken{"ab"});
  BOOST_TEST((seat.out<PutSnapshot>()->snapshot.configuration == three_founders_configuration()));
  BOOST_TEST((seat.out<PutSnapshot>()->snapshot.configuration_index == Index(1)));
}

BOOST_AUTO_TEST_CASE(members_change_once_the_leader_has_committed_an_entry_of_its_term) {
  Seat seat(three_founders());
  const Term term = seat.win_election();
  seat.feed(AddServer{ProposalId(1), ServerId(4), "s4"});
  BOOST_TEST((seat.out<Refused>()->why == Refusal::configuration_busy));
  seat.write();
  seat.hear(2, AppendEntriesResult{term, Round(1), Index(0), Index(2)});
  seat.feed(AddServer{ProposalId(2), ServerId(4), "s4"});
  BOOST_TEST(!seat.out<Refused>());
  BOOST_TEST(!find(seat.out<ConfigurationChanged>()->configuration, ServerId(4))->voter);
}

BOOST_AUTO_TEST_CASE(a_commit_covers_what_the_leader_has_compared_alone) {
  Seat seat(three_founders({command(1, "a"), command(1, "stale")}));
  AppendEntries append = heartbeat(2, 2, 1);
  append.leader_commit = Index(3);
  seat.hear(2, append);
  BOOST_TEST((seat.state().commit == Index(2)));
}

BOOST_AUTO_TEST_CASE(all_that_a_quorum_has_is_committed_not_only_the_whole_log) {
  Seat seat(three_founders());
  const Term term = seat.win_election();
  seat.feed(Propose{ProposalId(1), "a"});
  seat.feed(Propose{ProposalId(2), "b"});
  seat.write();
  seat.hear(2, AppendEntriesResult{term, Round(1), Index(0), Index(3)});
  BOOST_TEST((seat.state().commit == Index(3)));
  BOOST_TEST((seat.out<Completed>()->id == ProposalId(1)));
}

BOOST_AUTO_TEST_CASE(an_answer_to_an_earlier_question_does_not_verify_leadership,
                     *boost::unit_test::label("D-027")) {
  Seat seat(three_founders());
  const Term term = seat.win_election();
  const Round earlier = seat.sent<AppendEntries>(3)->round;
  seat.feed(VerifyLeader{ProposalId(1)});
  const Round now = seat.sent<AppendEntries>(3)->round;
  seat.hear(3, AppendEntriesResult{term, earlier, Index(0), Index(1)});
  BOOST_TEST(!seat.out<Completed>());
  seat.hear(3, AppendEntriesResult{term, now, Index(0), Index(1)});
  BOOST_TEST((seat.out<Completed>()->id == ProposalId(1)));
}

BOOST_AUTO_TEST_CASE(an_answer_does_not_arm_anew) {
  Seat seat(three_founders());
  const Term term = seat.win_election();
  seat.write();
  seat.hear(2, AppendEntriesResult{term, Round(1), Index(0), Index(1)});
  seat.hear(3, AppendEntriesResult{term, Round(2), Index(0), Index(1)});
  BOOST_TEST(!seat.out<Arm>());
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumps_back_stands_still) {
  Seat seat(three_founders());
  seat.now += 4s;
  seat.hear(2, heartbeat(2, 1, 1));
  seat.now -= 3h;
  seat.hear(2, heartbeat(2, 1, 1));
  BOOST_TEST((seat.state().last_contact == Instant{} + 4s));
}

BOOST_AUTO_TEST_CASE(a_failed_write_halts_the_server) {
  Seat seat(three_founders());
  seat.hear(2, ask(2, 2));
  seat.feed(WriteFailed{Ticket(1)});
  BOOST_TEST(seat.out<Halted>().has_value());
  BOOST_TEST(seat.hear(2, heartbeat(2, 1, 1)).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::consensus
