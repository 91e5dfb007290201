// The reference worlds come out as their definition says: the same events at the same instants as
// in every other simulator that runs them, in the order "earliest first, then first scheduled".

#include "bench_engine.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "peerlab/base/hash.hpp"

namespace peerlab::apps {
namespace {

struct Expected {
  std::string_view world;
  std::int64_t seconds;  // 0: the world's own horizon
  std::uint64_t seeds;
  std::uint64_t events;
  std::string digest, state, trace;
};

const Expected table[] = {
    {"reference", 10, 1, 5451, "b32fefb037a7ca44", "372e9c0c46f02ef5", "4e73d20a22852307"},
    {"reference", 60, 1, 32385, "1957435558f019b8", "f7673eea95a0b75d", "fcc2990b20256c01"},
    {"small", 0, 1, 10400, "f6e71d67dc557842", "d4dc54f4aa5648ac", "5de72d331ac2f8d7"},
    {"small", 0, 10, 103990, "9e9f18f6eac6c275", "49cc2ffdd864f3c6", "eaac84f554964267"},
    {"ties", 0, 1, 91124, "86b1d1a301ad5847", "550e165db7e8f5a4", "2c814804e8b9cf76"},
};

BOOST_AUTO_TEST_SUITE(reference_worlds)

BOOST_AUTO_TEST_CASE(give_the_events_the_digest_the_state_and_the_order_of_their_definition) {
  for (const Expected& expected : table) {
    BOOST_TEST_CONTEXT(expected.world << ", " << expected.seconds << " s") {
      ReferenceWorld world = *reference_world(expected.world);
      if (expected.seconds != 0) world.horizon = std::chrono::seconds(expected.seconds);
      const auto tally = run_reference_world(world, expected.seeds, true);
      BOOST_REQUIRE(tally.has_value());
      BOOST_TEST(tally->events == expected.events);
      BOOST_TEST(hash_text(tally->digest) == expected.digest);
      BOOST_TEST(hash_text(tally->state) == expected.state);
      BOOST_TEST(hash_text(tally->trace) == expected.trace);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuse_options_that_make_no_sense) {
  using namespace std::string_view_literals;
  BOOST_TEST(bench_engine(std::array{"--world"sv, "huge"sv}) == 2);
  BOOST_TEST(bench_engine(std::array{"--seeds"sv, "0"sv}) == 2);
  BOOST_TEST(bench_engine(std::array{"--virtual-s"sv, "ten"sv}) == 2);
  BOOST_TEST(bench_engine(std::array{"--virtual-s"sv}) == 2);
  BOOST_TEST(bench_engine(std::array{"--fast"sv, "1"sv}) == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::apps
