#include <boost/test/unit_test.hpp>

#include "one_server.hpp"

namespace peerlab::tests {
namespace {

using namespace std::chrono_literals;
using namespace server::api;

server::Command peering_named(std::string name) {
  peering::WritePeering write;
  write.peering.id = PeerId("11111111-1111-1111-1111-" + std::string(12 - name.size(), '0') + name);
  write.peering.name = PeerName(std::move(name));
  write.peering.state = peering::PeeringState::pending;
  return peering::Command(write);
}

/// Drives one call by hand.
struct Reader : OneServer {
  Call call{request("GET", "/")};
  store::Waiters waiters;

  Outcome begin(std::string_view target) {
    call = Call(request("GET", target));
    return keep(call.start(view()));
  }

  /// Answers questions about leadership, and waits if the call does.
  Outcome keep(Outcome outcome) {
    while (std::holds_alternative<Verify>(outcome)) outcome = call.step(view(), Verified{});
    if (const auto* wait = std::get_if<Wait>(&outcome)) waiters.wait(1, wait->watches);
    return outcome;
  }
  /// What the call says to a change, nothing where it is not woken.
  std::optional<Outcome> after(const server::Command& command) {
    apply(command);
    if (waiters.wake(last_commit).empty()) return std::nullopt;
    return keep(call.step(view(), Woken{}));
  }
};

int status(const Outcome& outcome) { return std::get<Answer>(outcome).status; }
std::string index_of(const Outcome& outcome) {
  return header(std::get<Answer>(outcome).headers, "X-Consul-Index");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(blocking_reads, Reader)

BOOST_AUTO_TEST_CASE(an_index_of_zero_never_blocks) {
  BOOST_TEST(status(begin("/v1/peerings?wait=10s")) == 200);
  BOOST_TEST(index_of(begin("/v1/peerings")) == "1");
}

BOOST_AUTO_TEST_CASE(waits_for_a_change_and_shows_its_index, *boost::unit_test::label("H-041")) {
  apply(peering_named("a"));
  BOOST_TEST(index_of(begin("/v1/peerings?index=0")) == "1");
  BOOST_TEST(std::holds_alternative<Wait>(begin("/v1/peerings?index=1&wait=10s")));
  const auto woken = after(peering_named("b"));
  BOOST_REQUIRE(woken.has_value());
  BOOST_TEST(index_of(*woken) == "2");
}

BOOST_AUTO_TEST_CASE(returns_at_once_when_the_index_is_old) {
  apply(peering_named("a"));
  apply(peering_named("b"));
  BOOST_TEST(index_of(begin("/v1/peerings?index=1")) == "2");
}

BOOST_AUTO_TEST_CASE(the_wait_is_stretched_by_up_to_a_sixteenth,
                     *boost::unit_test::label("H-042")) {
  apply(peering_named("a"));
  for (int i = 0; i < 50; ++i) {
    const auto outcome = begin("/v1/peerings?index=1&wait=16s");
    const Instant deadline = std::get<Wait>(outcome).deadline;
    BOOST_TEST(deadline >= now + 16s);
    BOOST_TEST(deadline < now + 17s);
  }
}

BOOST_AUTO_TEST_CASE(the_wait_has_a_default_and_a_limit, *boost::unit_test::label("H-043")) {
  apply(peering_named("a"));
  const auto waits = [&](std::string_view target) {
    return std::get<Wait>(begin(target)).deadline - now;
  };
  BOOST_TEST((waits("/v1/peerings?index=1") >= 300s && waits("/v1/peerings?index=1") < 319s));
  BOOST_TEST((waits("/v1/peerings?index=1&wait=2h") >= 600s));
  BOOST_TEST((waits("/v1/peerings?index=1&wait=2h") < 638s));
  BOOST_TEST((waits("/v1/peerings?index=1&wait=-1s") >= 300s));
}

BOOST_AUTO_TEST_CASE(a_time_out_answers_with_what_was_read) {
  apply(peering_named("a"));
  begin("/v1/peerings?index=1&wait=1s");
  const auto outcome = call.step(view(), Elapsed{});
  BOOST_TEST(status(outcome) == 200);
  BOOST_TEST(index_of(outcome) == "1");
}

BOOST_AUTO_TEST_CASE(a_missing_peering_is_waited_for, *boost::unit_test::label("H-047")) {
  apply(peering_named("a"));
  BOOST_TEST(std::holds_alternative<Wait>(begin("/v1/peering/b?index=1&wait=10s")));
  BOOST_TEST(!after(peering_named("c")).has_value());
  const auto woken = after(peering_named("b"));
  BOOST_REQUIRE(woken.has_value());
  BOOST_TEST(status(*woken) == 200);
  BOOST_TEST(index_of(*woken) == "3");
}

BOOST_AUTO_TEST_CASE(a_store_that_was_replaced_answers_with_the_old_one) {
  apply(peering_named("a"));
  begin("/v1/peerings?index=1&wait=10s");
  BOOST_TEST(state.restore(server::State().snapshot({})).has_value());
  const auto outcome = call.step(view(), Abandoned{});
  BOOST_TEST(index_of(outcome) == "1");
  BOOST_TEST(std::get<Answer>(outcome).body.starts_with("[{"));
}

BOOST_AUTO_TEST_CASE(a_consistent_read_asks_a_quorum_first) {
  call = Call(request("GET", "/v1/peerings?consistent"));
  BOOST_TEST(std::holds_alternative<Verify>(call.start(view())));
  const auto outcome = call.step(view(), NotApplied{"leadership lost"});
  BOOST_TEST(std::get<Answer>(outcome).body == "leadership lost");
  BOOST_TEST(status(outcome) == 500);
}

BOOST_AUTO_TEST_CASE(a_leader_that_is_not_ready_keeps_consistent_reads_waiting) {
  situation.ready = false;
  auto outcome = begin("/v1/peerings?consistent");
  int pauses = 0;
  while (const auto* pause = std::get_if<Wait>(&outcome)) {
    now = pause->deadline;
    ++pauses;
    outcome = call.step(view(), Elapsed{});
  }
  BOOST_TEST(pauses == 16);
  BOOST_TEST(std::get<Answer>(outcome).body == "Not ready to serve consistent reads");
}

BOOST_AUTO_TEST_CASE(a_follower_sends_reads_and_writes_to_the_leader) {
  situation.leader = false;
  for (const auto* method : {"GET", "DELETE"}) {
    call = Call(request(method, "/v1/peering/a?stale"));
    BOOST_TEST((std::get<Forward>(call.start(view())) == Forward{}));
  }
  BOOST_TEST(std::get<Answer>(call.step(view(), NotApplied{"No cluster leader"})).body ==
             "No cluster leader");
}

BOOST_AUTO_TEST_CASE(a_follower_refuses_by_itself_what_is_malformed) {
  situation.leader = false;
  BOOST_TEST(status(begin("/v1/peering/")) == 400);
  BOOST_TEST(status(begin("/v1/peerings?partition=a")) == 400);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::tests
