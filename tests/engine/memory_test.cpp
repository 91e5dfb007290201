// Actors are cheap enough to be one for each server and service.

#include <malloc.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "peerlab/engine/engine.hpp"

namespace peerlab::engine {
namespace {

class Idle final : public Role {
 public:
  explicit Idle(Host& host) : host_(host), random_(host.random("idle")) {}
  using Role::on;
  void start() override { host_.arm(TimerKey(0, 1), host_.now() + std::chrono::hours(1)); }

 private:
  Host& host_;
  Random random_;
};

BOOST_AUTO_TEST_SUITE(memory)

#ifndef __SANITIZE_ADDRESS__  // which has an allocator of its own
BOOST_AUTO_TEST_CASE(an_idle_actor_takes_less_than_two_kilobytes) {
  constexpr std::size_t actors = 2000;
  Engine engine;
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < actors; ++i) {
    engine.add_host(net::HostName("dc1/service/" + std::to_string(i)),
                    [](Host& host) { return std::make_unique<Idle>(host); });
    engine.run({.until = Instant{}, .steps = 1});
  }
  const std::size_t each = (mallinfo2().uordblks - before) / actors;
  BOOST_TEST_MESSAGE("an idle actor takes " << each << " bytes");
  BOOST_TEST(each < 2048U);
}
#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::engine
