#include "peerlab/net/fault.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::net {
namespace {

using namespace std::chrono_literals;

const HostGroup east("east");
const HostGroup west("west/server/1");
const HostGroup all("");

BOOST_AUTO_TEST_SUITE(fault)

BOOST_AUTO_TEST_CASE(says_what_it_does_in_one_line) {
  const LinkModel slow{
      .latency = 40ms, .jitter = 5ms, .bytes_per_second = 1000, .queue_bytes = 64, .loss = {1, 20}};
  BOOST_TEST(text(ShapeLink{east, west, slow}) ==
             "shapes the links between east and west/server/1: latency 40ms, jitter 5ms, 1000 "
             "bytes/s, queue of 64 bytes, loss 1/20");
  BOOST_TEST(text(ShapeLink{all, all, {}}) ==
             "shapes the links between every host and every host: latency 0s");
  BOOST_TEST(text(Cut{east, west, Direction::one_way}) ==
             "cuts the links from east to west/server/1");
  BOOST_TEST(text(Heal{east, west}) == "heals the links between east and west/server/1");
  BOOST_TEST(text(Mute{east}) == "mutes east");
  BOOST_TEST(text(Unmute{all}) == "unmutes every host");
  BOOST_TEST(text(ResetConnections{east, west}) ==
             "resets the connections between east and west/server/1");
  BOOST_TEST(text(HalfOpen{east, west}) ==
             "swallows the connections between east and west/server/1");
  BOOST_TEST(text(Crash{east}) == "takes the power from east");
  BOOST_TEST(text(Kill{east}) == "kills the process of east");
  BOOST_TEST(text(Stop{east}) == "stops east");
  BOOST_TEST(text(Start{east}) == "starts east");
  BOOST_TEST(text(Pause{east}) == "pauses east");
  BOOST_TEST(text(Resume{east}) == "resumes east");
  BOOST_TEST(text(JumpClock{east, -90s}) == "sets the clock of east by -1m30s");
  BOOST_TEST(text(DriftClock{east, 50}) == "lets the clock of east drift by 50 ppm");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::net
