#include <boost/test/unit_test.hpp>

#include "seat.hpp"

namespace peerlab::consensus {
namespace {

/// Messages that no server of ours would send, yet near enough to real ones to get far.
class Stranger {
 public:
  explicit Stranger(std::uint64_t seed) : random_(seed) {}

  Message message() {
    switch (random_.below(6)) {
      case 0:
        return RequestVote{
            number<Term>(), number<ServerId>(), number<Index>(), number<Term>(), coin(), coin()};
      case 1:
        return RequestVoteResult{number<Term>(), coin(), coin()};
      case 2:
        return append();
      case 3:
        return AppendEntriesResult{number<Term>(), number<Round>(), number<Index>(),
                                   number<Index>()};
      case 4:
        return InstallSnapshot{number<Term>(), Snapshot{number<Index>(), number<Term>(), members(),
                                                        number<Index>(), "state"}};
      default:
        return TimeoutNow{number<Term>(), number<Index>(), number<Term>()};
    }
  }

  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

 private:
  template <class T>
  T number() {
    if (random_.below(50) == 0) return T(~std::uint64_t{0});
    return T(random_.below(9));
  }
  bool coin() { return random_.below(2) == 0; }

  Configuration members() {
    Configuration list;
    for (std::uint64_t left = random_.below(5); left > 0; --left) {
      list.push_back(Server{number<ServerId>(), std::to_string(random_.below(9)), coin()});
    }
    return list;
  }

  AppendEntries append() {
    AppendEntries append{number<Term>(), number<Round>(), number<Index>(),
                         number<Term>(), number<Index>(), {}};
    for (std::uint64_t left = random_.below(4); left > 0; --left) {
      const auto kind = static_cast<EntryKind>(1 + random_.below(3));
      std::string bytes = std::to_string(random_.below(99));
      if (kind == EntryKind::configuration && coin()) {
        bytes = encode_configuration(three_founders_configuration());
      }
      append.entries.push_back(Entry{number<Term>(), kind, bytes});
    }
    return append;
  }

  Random random_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(raft_and_strangers)

// A server may halt, or come to believe nonsense: whoever can write into a cluster is trusted by
// Raft. But it must neither crash nor touch memory that is not its own.
BOOST_AUTO_TEST_CASE(any_messages_are_survived) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Stranger stranger(seed);
    Seat seat(three_founders());
    for (int round = 0; round < 200 && seat.state().role != Role::halted; ++round) {
      switch (stranger.below(10)) {
        case 0:
          seat.wake();
          break;
        case 1:
        case 2:
          seat.write();
          break;
        case 3:
          seat.feed(Propose{ProposalId(1'000U + static_cast<unsigned>(round)), "x"});
          break;
        default:
          seat.hear(1 + stranger.below(4), stranger.message());
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::consensus
