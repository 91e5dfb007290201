// The CAF side: what other actors say to a host's actor.

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "core.hpp"
#include "shell.hpp"
#include "support.hpp"

namespace peerlab::engine::testing {
namespace {

struct OneHost {
  OneHost() {
    Machine& machine = core.add(net::HostName("a"), [this](Host& host) {
      auto role = std::make_unique<Script>(host);
      role->story = story;
      return role;
    });
    core.start(machine);
    shell = &machine.life->shell();
    core.run({.until = start});
  }
  caf::actor actor() const { return caf::actor_cast<caf::actor>(shell); }
  static Envelope note(std::uint64_t number) {
    return {std::make_shared<net::Frame>(Note{number})};
  }

  std::shared_ptr<std::vector<std::string>> story = std::make_shared<std::vector<std::string>>();
  Core core{Options{}};
  SimShell* shell = nullptr;
};

BOOST_FIXTURE_TEST_SUITE(actors, OneHost)

BOOST_AUTO_TEST_CASE(messages_arrive_in_order_and_delayed_ones_by_the_virtual_clock) {
  caf::delayed_anon_send(actor(), std::chrono::seconds(90), note(3));
  caf::anon_send(actor(), note(1));
  caf::anon_send(actor(), note(2));
  const Outcome outcome = core.run({});
  BOOST_TEST((outcome.reason == StopReason::idle));
  BOOST_TEST(lines(*story) == "0 command 1\n0 command 2\n90000 command 3\n");
}

BOOST_AUTO_TEST_CASE(a_message_that_it_does_not_know_fails_the_run) {
  caf::anon_send(actor(), 42);
  BOOST_TEST((core.run({}).reason == StopReason::failed));
  BOOST_REQUIRE(core.failure().has_value());
  BOOST_TEST(text(*core.failure()) ==
             "a failed at 0.000s on CAF message: the actor does not know this CAF message");
}

BOOST_AUTO_TEST_CASE(what_never_arrives_is_dropped_with_the_engine) {
  caf::anon_send(actor(), note(1));
  caf::delayed_anon_send(actor(), std::chrono::hours(1), note(2));
}

BOOST_AUTO_TEST_CASE(messages_to_a_host_that_ended_are_dropped) {
  const caf::actor handle = actor();
  core.apply(net::Crash{net::HostGroup("a")});
  caf::anon_send(handle, note(1));
  BOOST_TEST((core.run({}).reason == StopReason::idle));
  BOOST_TEST(lines(*story) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::engine::testing
