#include "peerlab/net/link.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/net/address.hpp"

namespace peerlab::net {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{};

BOOST_AUTO_TEST_SUITE(link)

BOOST_AUTO_TEST_CASE(adds_its_latency) {
  Link link(LinkModel{.latency = 40ms}, Random(1));
  BOOST_TEST(is_plain(link.model()));
  BOOST_TEST(*link.carry_datagram(start + 1s, 100) == start + 1040ms);
  BOOST_TEST(*link.carry_segment(start + 1s, 100) == start + 1040ms);
}

BOOST_AUTO_TEST_CASE(jitter_stays_within_its_bounds_and_reaches_them) {
  Link link(LinkModel{.latency = 10ns, .jitter = 3ns}, Random(1));
  Duration least = 1s;
  Duration most = 0ns;
  for (int i = 0; i < 200; ++i) {
    const Duration taken = *link.carry_datagram(start, 1) - start;
    least = std::min(least, taken);
    most = std::max(most, taken);
  }
  BOOST_TEST(least == 10ns);
  BOOST_TEST(most == 13ns);
}

BOOST_AUTO_TEST_CASE(frames_queue_behind_each_other_at_the_rate) {
  Link link(LinkModel{.latency = 1ms, .bytes_per_second = 1000}, Random(1));
  BOOST_TEST(*link.carry_segment(start, 500) == start + 501ms);
  BOOST_TEST(*link.carry_segment(start, 500) == start + 1001ms);
  BOOST_TEST(*link.carry_segment(start + 2s, 500) == start + 2501ms);
}

BOOST_AUTO_TEST_CASE(throughput_is_the_rate) {
  Link link(LinkModel{.latency = 5ms, .bytes_per_second = 125'000}, Random(1));
  Instant last = start;
  for (int i = 0; i < 1000; ++i) last = *link.carry_segment(start, 1250);
  BOOST_TEST(last == start + 10s + 5ms);
}

BOOST_AUTO_TEST_CASE(a_full_queue_drops_datagrams_but_not_connections) {
  Link link(LinkModel{.bytes_per_second = 1000, .queue_bytes = 1000}, Random(1));
  BOOST_TEST(link.carry_datagram(start, 600).has_value());
  BOOST_TEST(link.carry_datagram(start, 400).has_value());
  BOOST_TEST(!link.carry_datagram(start, 1).has_value());
  BOOST_TEST(link.carry_segment(start, 1).has_value());
  BOOST_TEST(link.carry_datagram(start + 500ms, 400).has_value());
}

BOOST_AUTO_TEST_CASE(loss_follows_its_ratio) {
  Link link(LinkModel{.loss = {1, 4}}, Random(7));
  int lost = 0;
  for (int i = 0; i < 4000; ++i) lost += link.carry_datagram(start, 1).has_value() ? 0 : 1;
  BOOST_TEST(lost > 900);
  BOOST_TEST(lost < 1100);
}

BOOST_AUTO_TEST_CASE(a_connection_pays_for_a_loss_with_a_retransmission) {
  Link link(LinkModel{.latency = 50ms, .loss = {1, 2}}, Random(7));
  bool once = false;
  bool twice = false;
  for (int i = 0; i < 100; ++i) {
    const Duration taken = *link.carry_segment(start, 1) - start;
    once = once || taken == 50ms + 300ms;
    twice = twice || taken == 50ms + 300ms + 600ms;
  }
  BOOST_TEST(once);
  BOOST_TEST(twice);
}

BOOST_AUTO_TEST_CASE(a_link_that_loses_everything_ends_the_connection) {
  Link link(LinkModel{.loss = {1, 1}}, Random(7));
  BOOST_TEST(!link.carry_segment(start, 1).has_value());
}

BOOST_AUTO_TEST_CASE(equal_streams_of_chance_give_equal_arrivals) {
  const LinkModel model{.latency = 1ms, .jitter = 9ms, .loss = {1, 3}};
  Link one(model, Random(5).fork("east->west"));
  Link other(model, Random(5).fork("east->west"));
  for (int i = 0; i < 100; ++i)
    BOOST_TEST((one.carry_segment(start, 1) == other.carry_segment(start, 1)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(retransmission)

BOOST_AUTO_TEST_CASE(doubles_up_to_two_minutes_and_gives_up_after_a_quarter_of_an_hour) {
  const Retransmission schedule;
  BOOST_TEST(schedule.after(0) == 0ns);
  BOOST_TEST(schedule.after(1) == 200ms);
  BOOST_TEST(schedule.after(2) == 600ms);
  // Linux documents 924.6 s for tcp_retries2 = 15.
  BOOST_TEST(schedule.after(Retransmission::retries + 1) == 924'600ms);
}

BOOST_AUTO_TEST_CASE(finds_the_next_attempt) {
  const Retransmission schedule;
  BOOST_TEST((schedule.next(start, start + 1s) == start + 1400ms));
  BOOST_TEST((schedule.next(start, start + 1400ms) == start + 1400ms));
  BOOST_TEST(!schedule.next(start, start + 16min).has_value());
}

BOOST_AUTO_TEST_CASE(a_dialer_gives_up_after_127_seconds) {
  BOOST_TEST(Dialing::after(1) == 1s);
  BOOST_TEST(Dialing::after(2) == 3s);
  BOOST_TEST(Dialing::after(Dialing::retries + 1) == 127s);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(host_group)

BOOST_AUTO_TEST_CASE(holds_what_lies_below_its_path) {
  BOOST_TEST(contains(HostGroup("dc1"), "dc1/server/1"));
  BOOST_TEST(contains(HostGroup("dc1/server/1"), "dc1/server/1"));
  BOOST_TEST(contains(HostGroup(""), "dc1"));
  BOOST_TEST(!contains(HostGroup("dc1"), "dc10/server/1"));
  BOOST_TEST(!contains(HostGroup("dc1/server"), "dc1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::net
