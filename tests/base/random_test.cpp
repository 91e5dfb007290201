#include "peerlab/base/random.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

namespace peerlab {

BOOST_AUTO_TEST_SUITE(random)

BOOST_AUTO_TEST_CASE(equal_seeds_draw_the_same_on_every_platform) {
  Random random(7);
  BOOST_TEST(random.next() == 17022458118324525988ULL);
  BOOST_TEST(random.next() == 659536399331150752ULL);
}

BOOST_AUTO_TEST_CASE(a_fork_depends_on_its_name_alone) {
  Random one(1);
  const Random before = one.fork("dc1/server/1");
  one.next();
  Random after = one.fork("dc1/server/1");
  Random other = one.fork("dc1/server/2");
  BOOST_TEST(Random(before).next() == after.next());
  BOOST_TEST(Random(before).next() != other.next());
}

BOOST_AUTO_TEST_CASE(draws_below_a_bound_are_uniform) {
  Random random(3);
  std::array<int, 6> seen{};
  for (int i = 0; i < 60'000; ++i) ++seen.at(random.below(6));
  for (const int count : seen) {
    BOOST_TEST(count > 9'600);
    BOOST_TEST(count < 10'400);
  }
}

BOOST_AUTO_TEST_CASE(a_uuid_has_its_usual_shape) {
  Random random(5);
  const std::string uuid = random.uuid();
  BOOST_TEST(uuid.size() == 36);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) BOOST_TEST(uuid[at] == '-');
}

BOOST_AUTO_TEST_CASE(takes_sixteen_bytes) { BOOST_TEST(sizeof(Random) == 16); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab
