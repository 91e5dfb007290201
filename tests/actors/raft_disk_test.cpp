#include "actors/server/raft_disk.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::actors {

using namespace consensus;

namespace {

Entry entry(std::uint64_t term, const std::string& bytes) {
  return {Term(term), EntryKind::command, bytes};
}

Persisted founder() { return bootstrapped({{ServerId(1), "10.1.0.1:8300", true}}); }

/// What a server that starts now finds on the disk.
Persisted found(net::Disk& disk) { return RaftDisk(disk, founder()).found(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(raft_disk)

BOOST_AUTO_TEST_CASE(a_new_disk_holds_what_a_founder_starts_from) {
  net::Disk disk;
  BOOST_TEST((found(disk) == founder()));
  disk.crash();
  BOOST_TEST((found(disk) == founder()));
}

BOOST_AUTO_TEST_CASE(entries_votes_and_truncations_come_back) {
  net::Disk disk;
  RaftDisk raft(disk, founder());
  raft.write(SaveVote{Ticket(1), Term(3), ServerId(2)});
  raft.write(Append{Ticket(2), Index(2), {entry(3, "a"), entry(3, ""), entry(3, "c")}});
  raft.write(Truncate{Ticket(3), Index(3)});
  raft.write(Append{Ticket(4), Index(3), {entry(4, std::string("\0\xff", 2))}});
  raft.sync();
  disk.crash();
  const Persisted back = found(disk);
  BOOST_TEST((back == raft.found()));
  BOOST_TEST(back.term.value() == 3);
  BOOST_TEST(back.voted_for.value() == 2);
  BOOST_REQUIRE(back.entries.size() == 3);
  BOOST_TEST(back.entries[1].bytes == "a");
  BOOST_TEST(back.entries[2].bytes == std::string("\0\xff", 2));
}

BOOST_AUTO_TEST_CASE(what_was_not_synced_is_lost_in_a_crash) {
  net::Disk disk;
  RaftDisk raft(disk, founder());
  raft.write(Append{Ticket(1), Index(2), {entry(1, "kept")}});
  raft.sync();
  raft.write(Append{Ticket(2), Index(3), {entry(1, "lost")}});
  disk.crash();
  const Persisted back = found(disk);
  BOOST_TEST(back.entries.size() == 2);
  BOOST_TEST(back.entries.back().bytes == "kept");
}

BOOST_AUTO_TEST_CASE(a_snapshot_begins_the_journal_anew) {
  for (const bool keeps_entries : {true, false}) {
    net::Disk disk;
    RaftDisk raft(disk, founder());
    raft.write(Append{Ticket(1), Index(2), {entry(1, std::string(9000, 'x')), entry(1, "b")}});
    const Snapshot snapshot{
        Index(3), Term(1), {{ServerId(1), "10.1.0.1:8300", true}}, Index(1), "s"};
    raft.write(PutSnapshot{Ticket(2), snapshot,
                           keeps_entries ? std::optional<Index>(Index(3)) : std::nullopt});
    raft.write(Append{Ticket(3), Index(4), {entry(2, "d")}});
    raft.sync();
    disk.crash();
    const Persisted back = found(disk);
    BOOST_TEST((back == raft.found()));
    BOOST_TEST((back.snapshot == snapshot));
    BOOST_TEST(back.first.value() == (keeps_entries ? 3 : 4));
    BOOST_TEST(back.entries.back().bytes == "d");
    std::size_t bytes = 0;
    for (const std::string& file : disk.files()) bytes += disk.read(file)->size();
    BOOST_TEST(bytes < 9000);
  }
}

BOOST_AUTO_TEST_CASE(a_journal_cut_off_anywhere_gives_a_prefix) {
  net::Disk disk;
  RaftDisk raft(disk, founder());
  raft.write(Append{Ticket(1), Index(2), {entry(1, "one"), entry(1, "two")}});
  const std::string journal(*disk.read("raft/journal"));
  for (std::size_t size = 0; size <= journal.size(); ++size) {
    net::Disk torn;
    torn.write("raft/journal", journal.substr(0, size));
    const Persisted back = found(torn);
    BOOST_TEST(back.entries.size() <= 3);
    for (std::size_t at = 0; at < back.entries.size(); ++at) {
      BOOST_TEST((back.entries[at] == raft.found().entries[at]));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::actors
