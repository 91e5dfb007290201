#include "peerlab/net/clock.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::net {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{};

BOOST_AUTO_TEST_SUITE(clock_model)

BOOST_AUTO_TEST_CASE(shows_the_time_of_the_simulation_by_default) {
  const ClockModel clock;
  BOOST_TEST(clock.is_exact());
  BOOST_TEST(clock.shows(start + 90s) == start + 90s);
  BOOST_TEST(clock.when(start + 90s) == start + 90s);
}

BOOST_AUTO_TEST_CASE(adds_its_offset) {
  const ClockModel clock(-250ms);
  BOOST_TEST(clock.shows(start + 1s) == start + 750ms);
  BOOST_TEST(clock.when(start + 750ms) == start + 1s);
}

BOOST_AUTO_TEST_CASE(a_fast_clock_gains_its_ppm_each_second) {
  const ClockModel clock(0ns, 100);
  BOOST_TEST(clock.shows(start + 1h) == start + 1h + 360ms);
}

BOOST_AUTO_TEST_CASE(there_and_back_is_the_first_instant_that_shows_it) {
  for (const std::int64_t ppm : {-900'000, -500'000, -37, 0, 1, 50, 333'333, 2'000'000}) {
    const ClockModel clock(17ns, ppm);
    for (const std::int64_t nanos : {0LL, 1LL, 999LL, 1'000'003LL, 86'400'000'000'007LL}) {
      const Instant local = start + Duration(17 + nanos);
      const Instant global = clock.when(local);
      BOOST_TEST(clock.shows(global) >= local);
      BOOST_TEST(clock.shows(global - 1ns) < local);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_jump_moves_the_reading_from_then_on) {
  ClockModel clock(0ns, 1000);
  clock.jump(start + 10s, 1h);
  BOOST_TEST(clock.shows(start + 10s) == start + 1h + 10s + 10ms);
  BOOST_TEST(clock.shows(start + 20s) == start + 1h + 20s + 20ms);
}

BOOST_AUTO_TEST_CASE(a_change_of_speed_keeps_the_reading) {
  ClockModel clock(0ns, 1000);
  clock.drift(start + 10s, 0);
  BOOST_TEST(clock.shows(start + 10s) == start + 10s + 10ms);
  BOOST_TEST(clock.shows(start + 20s) == start + 20s + 10ms);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::net
