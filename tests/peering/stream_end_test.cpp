#include <boost/test/unit_test.hpp>

#include "peering/stream_fixture.hpp"

namespace peerlab::peering {
namespace {

using namespace tests;
using boost::unit_test::label;

const Leadership lost{false, "10.0.0.2:8300"};

}  // namespace

BOOST_AUTO_TEST_SUITE(peer_stream_unexpected_ends)

BOOST_FIXTURE_TEST_CASE(a_half_close_without_terminated_is_an_error, AcceptorStream,
                        *label("C-148") * label("C-243")) {
  BOOST_TEST(ending(at(1s, PeerClosed{})) == "Unknown: stream ended unexpectedly");
  BOOST_TEST(status().disconnect_error == "stream ended unexpectedly");
  BOOST_TEST((liveness(status()) == Liveness::failed));
}

BOOST_AUTO_TEST_CASE(hb_044_a_half_close_counts_as_an_end_on_purpose, *label("HB-044")) {
  DialerStream dialer({Mutant::HB_044});
  BOOST_TEST(ending(dialer.at(1s, PeerClosed{})) == "OK");
}

BOOST_AUTO_TEST_CASE(an_end_before_open_is_answered_with_eof) {
  BOOST_TEST(ending(OpeningStream().answer(PeerClosed{})) == "Unknown: EOF");
}

BOOST_FIXTURE_TEST_CASE(a_failed_receive_keeps_its_status_and_wraps_it_in_the_text,
                        AcceptorStream) {
  BOOST_TEST(ending(at(1s, ReceiveFailed{{GrpcCode::cancelled, "context canceled", {}}})) ==
             "Canceled: context canceled");
  BOOST_TEST(status().disconnect_error ==
             "unexpected error receiving from the stream: rpc error: code = Canceled desc = "
             "context canceled");
}

BOOST_FIXTURE_TEST_CASE(a_dialer_redials_by_the_status_of_the_acceptor, DialerStream,
                        *label("C-222")) {
  const auto outputs =
      at(1s, ReceiveFailed{{GrpcCode::failed_precondition, "not a leader", "10.0.0.1:8300"}});
  BOOST_TEST((hangup(outputs)->code == GrpcCode::failed_precondition));
}

BOOST_AUTO_TEST_CASE(hb_020_a_wrapped_status_is_not_recognised, *label("HB-020")) {
  DialerStream dialer({Mutant::HB_020});
  const auto outputs =
      dialer.at(1s, ReceiveFailed{{GrpcCode::failed_precondition, "not a leader", {}}});
  BOOST_TEST((hangup(outputs)->code == GrpcCode::unknown));
}

BOOST_FIXTURE_TEST_CASE(the_error_that_ends_a_dialers_stream_moves_last_send, DialerStream) {
  at(7s, PeerClosed{});
  BOOST_TEST((status().last_send() == start + 7s));
}

BOOST_FIXTURE_TEST_CASE(nothing_happens_after_the_end, AcceptorStream) {
  at(1s, PeerClosed{});
  BOOST_TEST(at(2s, ResourceChanged{"web", ExportedService{}}).empty());
  BOOST_TEST(at(15s, Expired{Timer::heartbeat_due}).empty());
  BOOST_TEST(stream.has_ended());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(peer_stream_send_failures)

BOOST_FIXTURE_TEST_CASE(a_response_that_cannot_be_sent_is_only_noted, DialerStream,
                        *label("C-231")) {
  const auto outputs = at(3s, SendFailed{Response{}, "too large"});
  BOOST_TEST(outputs.empty());
  BOOST_TEST((status().last_send_error == start + 3s));
  BOOST_TEST(status().last_send_error_message == "too large");
}

BOOST_FIXTURE_TEST_CASE(a_request_that_cannot_be_sent_ends_the_stream, DialerStream) {
  BOOST_TEST(ending(at(1s, SendFailed{subscription(ResourceType::trust_bundle), "broken pipe"})) ==
             "Unknown: failed to send subscription for \"" +
                 std::string(type_url(ResourceType::trust_bundle)) + "\" to stream: broken pipe");
}

BOOST_FIXTURE_TEST_CASE(an_acknowledgement_that_cannot_be_sent_ends_the_stream, AcceptorStream) {
  BOOST_TEST(ending(at(1s, SendFailed{Request{{}, Nonce("1"), "x", {}}, "broken pipe"})) ==
             "Unknown: failed to send to stream: broken pipe");
}

BOOST_FIXTURE_TEST_CASE(a_heartbeat_that_cannot_be_sent_is_nothing, AcceptorStream) {
  BOOST_TEST(at(15s, SendFailed{Heartbeat{}, "broken pipe"}).empty());
}

BOOST_FIXTURE_TEST_CASE(after_a_fast_refusal_the_status_counts, DialerStream) {
  BOOST_TEST(at(0s, SendFailed{subscription(ResourceType::trust_bundle), "EOF"}).empty());
  const auto outputs = at(0s, ReceiveFailed{{GrpcCode::failed_precondition, "follower", {}}});
  BOOST_TEST((hangup(outputs)->code == GrpcCode::failed_precondition));
}

BOOST_AUTO_TEST_CASE(q21_a_fast_refusal_is_taken_for_a_send_error, *label("QP-21")) {
  DialerStream dialer({Mutant::QP_21});
  BOOST_TEST(ending(dialer.at(0s, SendFailed{Open{}, "EOF"})) ==
             "Unknown: failed to send initial stream request: EOF");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(peer_stream_leadership)

BOOST_FIXTURE_TEST_CASE(an_acceptor_notices_the_loss_at_the_next_message, AcceptorStream,
                        *label("C-147")) {
  BOOST_TEST(at(1s, LeadershipChanged{lost}).empty());
  BOOST_TEST(sent<Heartbeat>(at(15s, Expired{Timer::heartbeat_due})).size() == 1U);
  const auto outputs = receive(16s, Heartbeat{});
  BOOST_TEST(ending(outputs) ==
             "FailedPrecondition: node is not a leader anymore; cannot continue streaming");
  BOOST_TEST(hangup(outputs)->leader_address.value() == "10.0.0.2:8300");
  BOOST_TEST(status().disconnect_error ==
             "rpc error: code = FailedPrecondition desc = node is not a leader anymore; cannot "
             "continue streaming");
}

BOOST_FIXTURE_TEST_CASE(a_dialer_hangs_up_at_once, DialerStream) {
  BOOST_TEST(ending(at(1s, LeadershipChanged{lost})) == "Canceled: context canceled");
}

BOOST_AUTO_TEST_CASE(hb_046_the_stream_stays, *label("HB-046")) {
  AcceptorStream acceptor({Mutant::HB_046});
  acceptor.at(1s, LeadershipChanged{lost});
  BOOST_TEST(ending(acceptor.receive(16s, Heartbeat{})) == "up");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(peer_stream_deletion)

BOOST_FIXTURE_TEST_CASE(a_deleted_peering_says_terminated_and_forgets_its_status, AcceptorStream,
                        *label("C-234") * label("C-238")) {
  const auto outputs = at(1s, PeeringDeleted{});
  BOOST_TEST(sent<Terminated>(outputs).size() == 1U);
  BOOST_TEST(tracker.find(our_id) == nullptr);
  BOOST_TEST(ending(outputs) == "up");
}

BOOST_FIXTURE_TEST_CASE(a_dialer_half_closes_and_waits_for_the_end, DialerStream, *label("C-236")) {
  BOOST_TEST(all<HalfClose>(at(1s, PeeringDeleted{})).size() == 1U);
  BOOST_TEST(ending(at(2s, PeerClosed{})) == "OK");
}

BOOST_FIXTURE_TEST_CASE(an_acceptor_answers_ok_when_the_dialer_has_half_closed, AcceptorStream,
                        *label("C-237")) {
  at(1s, PeeringDeleted{});
  BOOST_TEST(receive(1s, Heartbeat{}).empty());
  BOOST_TEST(ending(at(1s, PeerClosed{})) == "OK");
}

BOOST_FIXTURE_TEST_CASE(the_wait_has_an_end, AcceptorStream) {
  BOOST_TEST((armed(Timer::drained, at(1s, PeeringDeleted{})) == start + 3s));
  BOOST_TEST(ending(at(3s, Expired{Timer::drained})) == "OK");
}

BOOST_AUTO_TEST_CASE(q20_the_wait_has_no_end, *label("QP-20")) {
  AcceptorStream acceptor({Mutant::QP_20});
  BOOST_TEST(!armed(Timer::drained, acceptor.at(1s, PeeringDeleted{})));
  BOOST_TEST(ending(acceptor.at(2s, PeerClosed{})) == "up");
}

BOOST_AUTO_TEST_CASE(hb_061_the_connection_is_closed_at_once, *label("HB-061")) {
  DialerStream dialer({Mutant::HB_061});
  const auto outputs = dialer.at(1s, PeeringDeleted{});
  BOOST_TEST(all<HalfClose>(outputs).empty());
  BOOST_TEST(ending(outputs) == "OK");
}

BOOST_FIXTURE_TEST_CASE(terminated_from_the_peer_marks_the_record_and_ends_gracefully, DialerStream,
                        *label("C-235") * label("C-236") * label("C-243")) {
  const auto outputs = receive(1s, Terminated{});
  BOOST_TEST(all<MarkTerminated>(outputs).at(0).peering == our_id);
  BOOST_TEST(all<HalfClose>(outputs).size() == 1U);
  BOOST_TEST(!status().connected);
  BOOST_TEST((liveness(status()) == Liveness::idle));
}

BOOST_FIXTURE_TEST_CASE(nothing_is_applied_after_terminated, DialerStream) {
  receive(1s, Terminated{});
  BOOST_TEST(receive(1s, upsert("n1", "web", ExportedService{})).empty());
}

BOOST_AUTO_TEST_CASE(hb_059_handling_goes_on_after_terminated, *label("HB-059")) {
  DialerStream dialer({Mutant::HB_059});
  dialer.receive(1s, Terminated{});
  BOOST_TEST(all<Import>(dialer.receive(1s, upsert("n1", "web", ExportedService{}))).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_deletion_during_an_import_does_not_wait_for_it, AcceptorStream) {
  receive(1s, upsert("n1", "web", ExportedService{}));
  BOOST_TEST(sent<Terminated>(at(2s, PeeringDeleted{})).size() == 1U);
  BOOST_TEST(at(3s, ImportApplied{}).empty());
  BOOST_TEST(ending(at(3s, PeerClosed{})) == "OK");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
