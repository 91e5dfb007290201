#include "peerlab/consensus/log.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::consensus {
namespace {

Entry command(std::uint64_t term, std::string bytes) {
  return Entry{Term(term), EntryKind::command, std::move(bytes)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(raft_log)

BOOST_AUTO_TEST_CASE(only_what_was_synced_survives_a_crash) {
  Log log;
  log.write(SaveVote{Ticket(1), Term(4), ServerId(2)});
  log.write(Append{Ticket(2), Index(1), {command(4, "a")}});
  log.write(Append{Ticket(3), Index(2), {command(4, "b")}});
  log.sync(Ticket(2));
  log.crash();
  BOOST_TEST((log.disk().term == Term(4)));
  BOOST_TEST((log.disk().voted_for == ServerId(2)));
  BOOST_TEST((log.disk().entries == std::vector{command(4, "a")}));
  BOOST_TEST(log.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(a_crash_may_leave_a_first_part_of_what_was_not_synced) {
  Log log;
  log.write(Append{Ticket(1), Index(1), {command(1, "a"), command(1, "b")}});
  log.write(Truncate{Ticket(2), Index(2)});
  log.write(Append{Ticket(3), Index(2), {command(2, "c")}});
  log.crash(2);
  BOOST_TEST((log.disk().entries == std::vector{command(1, "a")}));
}

BOOST_AUTO_TEST_CASE(a_snapshot_of_its_own_keeps_the_entries_that_it_names) {
  Log log;
  log.write(Append{Ticket(1), Index(1), {command(1, "a"), command(1, "b"), command(1, "c")}});
  log.write(PutSnapshot{Ticket(2), Snapshot{Index(3), Term(1), {}, Index(1), "abc"}, Index(3)});
  log.sync(Ticket(2));
  BOOST_TEST((log.disk().first == Index(3)));
  BOOST_TEST((log.disk().entries == std::vector{command(1, "c")}));
  BOOST_TEST(log.disk().snapshot->bytes == "abc");
}

BOOST_AUTO_TEST_CASE(a_snapshot_from_the_leader_replaces_the_log) {
  Log log;
  log.write(Append{Ticket(1), Index(1), {command(1, "a"), command(1, "x")}});
  log.write(PutSnapshot{Ticket(2), Snapshot{Index(7), Term(2), {}, Index(1), "s"}, std::nullopt});
  log.write(Append{Ticket(3), Index(8), {command(2, "h")}});
  log.sync(Ticket(3));
  BOOST_TEST((log.disk().first == Index(8)));
  BOOST_TEST((log.disk().entries == std::vector{command(2, "h")}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::consensus
