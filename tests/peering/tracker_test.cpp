#include "peerlab/peering/tracker.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::peering {
namespace {

using namespace std::chrono_literals;
using boost::unit_test::label;

constexpr Instant start{};
const PeerId peering{"11111111-1111-1111-1111-111111111111"};

struct Tracked {
  explicit Tracked(Mutants planted = {})
      : tracker(planted), stream(*tracker.connect(start, peering, 30s)) {}
  const StreamStatus& status() const { return *tracker.find(peering); }

  StreamTracker tracker;
  StreamRegistration stream;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_tracker)

BOOST_AUTO_TEST_CASE(knows_nothing_of_an_unknown_peering, *label("C-244")) {
  BOOST_TEST(StreamTracker().find(peering) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_tracked_peering_was_never_connected, *label("C-244") * label("C-249")) {
  StreamTracker tracker;
  tracker.track(peering);
  BOOST_TEST(tracker.find(peering)->never_connected);
  BOOST_TEST((liveness(*tracker.find(peering)) == Liveness::idle));
  BOOST_TEST(!tracker.healthy(start, peering));
}

BOOST_FIXTURE_TEST_CASE(values_survive_a_disconnect_and_the_error_goes_with_the_next_stream,
                        Tracked) {
  tracker.received_heartbeat(start + 15s, stream);
  tracker.imported(stream, {"web"});
  tracker.disconnected(start + 20s, stream, "broken");
  BOOST_TEST((liveness(status()) == Liveness::failed));
  const auto next = tracker.connect(start + 22s, peering, 30s);
  BOOST_TEST(next.has_value());
  BOOST_TEST((liveness(status()) == Liveness::connected));
  BOOST_TEST((status().last_heartbeat == start + 15s));
  BOOST_TEST(status().imported_services == std::vector<std::string>{"web"});
  BOOST_TEST(status().disconnect_error == "");
}

BOOST_FIXTURE_TEST_CASE(last_receive_is_the_latest_of_three_and_acks_do_not_count, Tracked) {
  BOOST_TEST(!status().last_receive());
  tracker.received_ack(start + 1s, stream);
  BOOST_TEST(!status().last_receive());
  tracker.applied(start + 2s, stream);
  tracker.received_heartbeat(start + 4s, stream);
  tracker.receive_failed(start + 3s, stream, "x");
  BOOST_TEST((status().last_receive() == start + 4s));
}

BOOST_FIXTURE_TEST_CASE(a_forgotten_peering_takes_no_more_notes, Tracked) {
  tracker.forget(peering);
  tracker.received_heartbeat(start, stream);
  tracker.disconnected(start, stream, "x");
  BOOST_TEST(tracker.find(peering) == nullptr);
}

BOOST_AUTO_TEST_CASE(hb_051_the_state_stays_active_after_an_error, *label("HB-051")) {
  Tracked tracked({Mutant::HB_051});
  tracked.tracker.disconnected(start + 1s, tracked.stream, "broken");
  BOOST_TEST((liveness(tracked.status()) == Liveness::connected));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stream_health)

BOOST_FIXTURE_TEST_CASE(suffers_from_a_disconnect_after_two_minutes, Tracked, *label("C-245")) {
  tracker.disconnected(start + 10s, stream, "broken");
  BOOST_TEST(tracker.healthy(start + 130s, peering));
  BOOST_TEST(!tracker.healthy(start + 131s, peering));
}

BOOST_FIXTURE_TEST_CASE(suffers_from_a_nack_once_the_last_ack_is_old, Tracked, *label("C-246")) {
  tracker.received_ack(start + 1s, stream);
  tracker.received_nack(start + 2s, stream, "x");
  BOOST_TEST(tracker.healthy(start + 121s, peering));
  BOOST_TEST(!tracker.healthy(start + 122s, peering));
  tracker.received_ack(start + 123s, stream);
  BOOST_TEST(tracker.healthy(start + 300s, peering));
}

BOOST_FIXTURE_TEST_CASE(suffers_from_a_nack_at_once_where_nothing_was_ever_acknowledged, Tracked,
                        *label("C-246")) {
  tracker.received_nack(start + 2s, stream, "x");
  BOOST_TEST(!tracker.healthy(start + 3s, peering));
}

BOOST_FIXTURE_TEST_CASE(suffers_from_an_old_receive_error, Tracked, *label("C-247")) {
  tracker.applied(start + 1s, stream);
  tracker.receive_failed(start + 2s, stream, "x");
  BOOST_TEST(tracker.healthy(start + 122s, peering));
  BOOST_TEST(!tracker.healthy(start + 123s, peering));
  tracker.applied(start + 124s, stream);
  BOOST_TEST(tracker.healthy(start + 300s, peering));
}

BOOST_FIXTURE_TEST_CASE(is_good_again_after_a_reconnect, Tracked) {
  tracker.disconnected(start + 10s, stream, "broken");
  tracker.connect(start + 12s, peering, 30s);
  BOOST_TEST(tracker.healthy(start + 300s, peering));
}

BOOST_AUTO_TEST_CASE(hb_052_suffers_from_a_disconnect_at_once, *label("HB-052")) {
  Tracked tracked({Mutant::HB_052});
  tracked.tracker.disconnected(start + 10s, tracked.stream, "broken");
  BOOST_TEST(!tracked.tracker.healthy(start + 10s, peering));
}

BOOST_AUTO_TEST_CASE(q12_is_bad_for_ever_after_a_reconnect, *label("QP-12")) {
  Tracked tracked({Mutant::QP_12});
  BOOST_TEST(tracked.tracker.healthy(start, peering));
  tracked.tracker.disconnected(start + 10s, tracked.stream, "broken");
  tracked.tracker.connect(start + 12s, peering, 30s);
  BOOST_TEST(!tracked.tracker.healthy(start + 12s, peering));
}

BOOST_AUTO_TEST_CASE(q12_is_bad_at_a_dialer, *label("QP-12")) {
  StreamTracker tracker({Mutant::QP_12});
  tracker.track(peering);
  tracker.connect(start, peering, 30s);
  BOOST_TEST(!tracker.healthy(start, peering));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
