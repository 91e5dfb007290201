#include "peerlab/consensus/message.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/base/random.hpp"

namespace peerlab::consensus {
namespace {

const Configuration three{
    {ServerId(1), "s1", true}, {ServerId(2), "s2", true}, {ServerId(3), "s3", false}};

const std::vector<Message> one_of_each{
    RequestVote{Term(7), ServerId(2), Index(300), Term(6), true, false},
    RequestVoteResult{Term(7), true, true},
    AppendEntries{Term(7),
                  Round(1),
                  Index(299),
                  Term(6),
                  Index(298),
                  {Entry{Term(7), EntryKind::command, "x"}, Entry{Term(7), EntryKind::barrier, ""},
                   Entry{Term(7), EntryKind::configuration, encode_configuration(three)}}},
    AppendEntriesResult{Term(7), Round(1), Index(299), Index(200)},
    InstallSnapshot{Term(7), Snapshot{Index(250), Term(5), three, Index(1), "state"}},
    TimeoutNow{Term(~std::uint64_t{0}), Index(300), Term(7)},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(raft_messages)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
  for (const Message& message : one_of_each) {
    const std::string bytes = encode(message);
    BOOST_TEST(bytes.size() == encoded_size(message));
    const auto read = decode(bytes);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == message));
  }
}

BOOST_AUTO_TEST_CASE(a_payload_is_carried_without_much_around_it) {
  const AppendEntries append{
      Term(1), Round(1), Index(1),
      Term(1), Index(1), {Entry{Term(1), EntryKind::command, std::string(512 * 1024, 'x')}}};
  BOOST_TEST(encoded_size(append) < 512U * 1024U + 20U);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_cut_or_too_long_is_refused) {
  for (const Message& message : one_of_each) {
    const std::string bytes = encode(message);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      BOOST_TEST(!decode(bytes.substr(0, length)).has_value());
    }
    BOOST_TEST(!decode(bytes + '\0').has_value());
  }
}

BOOST_AUTO_TEST_CASE(another_version_or_an_unknown_type_is_refused) {
  std::string bytes = encode(one_of_each.front());
  bytes[0] = 2;
  BOOST_TEST(!decode(bytes).has_value());
  bytes[0] = 1;
  bytes[1] = 6;
  BOOST_TEST(!decode(bytes).has_value());
}

BOOST_AUTO_TEST_CASE(each_message_has_one_spelling) {
  // A count that lies, a number with needless zeros, a truth that is neither.
  BOOST_TEST(!decode(std::string("\x01\x02\x01\x01\x01\x01\x01\xff\xff\xff\xff\x0f", 12)));
  BOOST_TEST(!decode(std::string("\x01\x05\x81\x00\x01\x01", 6)));
  BOOST_TEST(!decode(std::string("\x01\x01\x01\x02\x00", 5)));
}

BOOST_AUTO_TEST_CASE(any_bytes_are_survived_and_what_is_read_is_written_alike) {
  Random random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = encode(one_of_each[random.below(one_of_each.size())]);
    for (std::uint64_t flips = random.below(4); flips > 0; --flips) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    const auto message = decode(bytes);
    if (message) BOOST_REQUIRE(encode(*message) == bytes);
  }
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_gives_another_hash) {
  Hasher one, other;
  add(one, AppendEntriesResult{Term(7), Round(1), Index(0), Index(200)});
  add(other, AppendEntriesResult{Term(7), Round(1), Index(0), Index(201)});
  BOOST_TEST(one.digest() != other.digest());
}

BOOST_AUTO_TEST_CASE(entries_and_snapshots_are_read_again_as_a_disk_stores_them) {
  const Entry entry{Term(3), EntryKind::command, "payload"};
  BOOST_TEST((decode_entry(encode(entry)).value() == entry));
  BOOST_TEST(encoded_size(entry) == encode(entry).size());
  const Snapshot snapshot{Index(9), Term(3), three, Index(4), "state"};
  BOOST_TEST((decode_snapshot(encode(snapshot)).value() == snapshot));
  BOOST_TEST(!decode_entry(encode(snapshot)).has_value());
}

BOOST_AUTO_TEST_CASE(a_configuration_is_read_again_and_nonsense_is_not) {
  const std::string bytes = encode_configuration(three);
  BOOST_TEST((decode_configuration(bytes) == three));
  for (std::size_t length = 0; length + 8 < bytes.size(); ++length) {
    BOOST_TEST(!decode_configuration(bytes.substr(0, length)));
  }
  BOOST_TEST(!decode_configuration(bytes + std::string(8, '\0')));
  BOOST_TEST(!decode_configuration(encode_configuration({})));
  const Configuration doubled{{ServerId(1), "s1", true}, {ServerId(1), "s2", true}};
  BOOST_TEST(!decode_configuration(encode_configuration(doubled)));
  const Configuration shared{{ServerId(1), "s1", true}, {ServerId(2), "s1", true}};
  BOOST_TEST(!decode_configuration(encode_configuration(shared)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::consensus
