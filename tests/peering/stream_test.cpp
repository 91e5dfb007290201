#include "peerlab/peering/stream.hpp"

#include <boost/test/unit_test.hpp>

#include "peering/stream_fixture.hpp"

namespace peerlab::peering {
namespace {

using namespace tests;
using boost::unit_test::label;

const std::string list_url(type_url(ResourceType::exported_service_list));

Response good_list(const std::string& nonce = "n1") {
  return upsert(nonce, "exported-service-list", ExportedServiceList{{"web"}});
}

/// The NACK of `response`, as `code: text`; `ACK` where there is none.
std::string answer_to(OneStream& one, const Response& response) {
  const auto requests = sent<Request>(one.receive(1s, response));
  if (requests.empty()) return "nothing";
  BOOST_TEST(requests[0].resource_url == response.resource_url);
  BOOST_TEST(requests[0].response_nonce == response.nonce);
  if (!requests[0].error) return "ACK";
  return code_name(requests[0].error->code) + ": " + requests[0].error->message;
}

ExportedService one_instance(const std::string& id) {
  Instance instance;
  instance.node.emplace();
  instance.node->node = NodeName("n1");
  instance.service.emplace();
  instance.service->id = catalog::ServiceId(id);
  return {{instance}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(peer_stream_responses)

BOOST_FIXTURE_TEST_CASE(a_response_is_handed_to_the_importer_and_acknowledged_when_applied,
                        AcceptorStream, *label("C-120")) {
  const auto imports = all<Import>(receive(1s, good_list()));
  BOOST_REQUIRE(imports.size() == 1U);
  BOOST_TEST(imports[0].resource_id == "exported-service-list");
  const auto outputs = at(2s, ImportApplied{});
  BOOST_REQUIRE(sent<Request>(outputs).size() == 1U);
  BOOST_TEST((sent<Request>(outputs)[0] == Request{PeerId(), Nonce("n1"), list_url, {}}));
  BOOST_TEST((status().last_receive_success == start + 2s));
}

BOOST_AUTO_TEST_CASE(hb_055_an_acknowledgement_carries_no_nonce, *label("HB-055")) {
  AcceptorStream acceptor({Mutant::HB_055});
  acceptor.receive(1s, good_list());
  BOOST_TEST(sent<Request>(acceptor.at(2s, ImportApplied{}))[0].response_nonce == Nonce());
}

BOOST_FIXTURE_TEST_CASE(an_applied_list_shows_as_imported_services, AcceptorStream,
                        *label("C-195")) {
  receive(1s, good_list());
  BOOST_TEST(status().imported_services.empty());
  at(2s, ImportApplied{});
  BOOST_TEST(status().imported_services == std::vector<std::string>{"web"});
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_applied_is_refused_with_the_importers_reason,
                        AcceptorStream) {
  receive(1s, good_list());
  const auto outputs = at(2s, ImportFailed{"no leader"});
  const Request nack = sent<Request>(outputs).at(0);
  BOOST_TEST((nack.error->code == GrpcCode::internal));
  BOOST_TEST(nack.error->message == "upsert error, ResourceURL: \"" + list_url +
                                        "\", ResourceID: \"exported-service-list\": no leader");
  BOOST_TEST((status().last_receive_error == start + 2s));
  BOOST_TEST(ending(outputs) == "up");
}

BOOST_FIXTURE_TEST_CASE(an_unknown_type_is_refused, AcceptorStream, *label("C-121")) {
  Response response = good_list();
  response.resource_url = "type.googleapis.com/foo";
  BOOST_TEST(
      answer_to(*this, response) ==
      "InvalidArgument: received response for unknown resource type \"type.googleapis.com/foo\"");
}

BOOST_FIXTURE_TEST_CASE(a_response_needs_a_nonce, AcceptorStream, *label("C-122")) {
  BOOST_TEST(answer_to(*this, good_list("")) ==
             "InvalidArgument: received response without a nonce for: " + list_url +
                 ":exported-service-list");
}

BOOST_FIXTURE_TEST_CASE(only_upserts_are_taken, AcceptorStream, *label("C-123") * label("C-124")) {
  Response response = good_list();
  response.operation = Operation::unspecified;
  BOOST_TEST(answer_to(*this, response) ==
             "InvalidArgument: unsupported operation: \"OPERATION_UNSPECIFIED\"");
  response.operation = static_cast<Operation>(100000);
  BOOST_TEST(answer_to(*this, response) == "InvalidArgument: unsupported operation: 100000");
}

BOOST_FIXTURE_TEST_CASE(an_upsert_needs_content, AcceptorStream, *label("C-125")) {
  Response response = good_list();
  response.resource.reset();
  BOOST_TEST(answer_to(*this, response) ==
             "InvalidArgument: received upsert response with no content");
}

BOOST_FIXTURE_TEST_CASE(the_any_must_be_of_the_type_of_the_response, AcceptorStream,
                        *label("C-126")) {
  Response response = good_list();
  response.resource->type_url = "";
  BOOST_TEST(answer_to(*this, response) ==
             "Internal: upsert error, ResourceURL: \"" + list_url +
                 "\", ResourceID: \"exported-service-list\": mismatched resourceURL \"" + list_url +
                 "\" and Any typeUrl \"\"");
}

BOOST_FIXTURE_TEST_CASE(the_any_must_parse, AcceptorStream, *label("C-127")) {
  Response response = good_list();
  response.resource->value = Undecoded{"\xff\xff", "bad bytes"};
  BOOST_TEST(answer_to(*this, response) ==
             "Internal: upsert error, ResourceURL: \"" + list_url +
                 "\", ResourceID: \"exported-service-list\": failed to unmarshal resource: "
                 "bad bytes");
}

BOOST_FIXTURE_TEST_CASE(messages_wait_while_a_resource_is_applied, AcceptorStream) {
  receive(1s, good_list("n1"));
  BOOST_TEST(receive(2s, good_list("n2")).empty());
  BOOST_TEST(receive(2s, Terminated{}).empty());
  const auto outputs = at(3s, ImportApplied{});
  BOOST_TEST(sent<Request>(outputs).size() == 1U);
  BOOST_TEST(all<Import>(outputs).size() == 1U);
  BOOST_TEST(all<MarkTerminated>(outputs).empty());
}

BOOST_FIXTURE_TEST_CASE(a_heartbeat_counts_even_while_a_resource_is_applied, AcceptorStream) {
  receive(1s, good_list());
  BOOST_TEST((armed(Timer::heartbeat_overdue, receive(90s, Heartbeat{})) == start + 210s));
}

BOOST_FIXTURE_TEST_CASE(an_instance_that_would_crash_consul_is_refused, DialerStream) {
  BOOST_TEST(answer_to(*this, upsert("n1", "web", one_instance(""))) ==
             "Internal: upsert error, ResourceURL: \"" +
                 std::string(type_url(ResourceType::exported_service)) +
                 "\", ResourceID: \"web\": did not increment imported services count for "
                 "service=\"web\": instance with an empty service ID");
}

BOOST_AUTO_TEST_CASE(q10_an_acceptor_panics_over_such_an_instance, *label("QP-10")) {
  AcceptorStream acceptor({Mutant::QP_10});
  BOOST_TEST(ending(acceptor.receive(1s, upsert("n1", "web", one_instance("")))) ==
             "Internal: grpc: panic serving request");
  BOOST_TEST(!acceptor.status().connected);
}

BOOST_AUTO_TEST_CASE(q10_a_dialers_process_dies_of_such_an_instance, *label("QP-10")) {
  DialerStream dialer({Mutant::QP_10});
  BOOST_TEST(all<Crash>(dialer.receive(1s, upsert("n1", "web", one_instance("")))).size() == 1U);
}

BOOST_AUTO_TEST_CASE(q26_the_status_outlives_the_panic, *label("QP-26")) {
  AcceptorStream acceptor({Mutant::QP_10, Mutant::QP_26});
  acceptor.receive(1s, upsert("n1", "web", one_instance("")));
  BOOST_TEST(acceptor.status().connected);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(peer_stream_requests)

BOOST_FIXTURE_TEST_CASE(a_subscription_counts_as_an_acknowledgement, AcceptorStream,
                        *label("C-129")) {
  receive(1s, subscription(ResourceType::trust_bundle));
  BOOST_TEST((status().last_ack == start + 1s));
}

BOOST_FIXTURE_TEST_CASE(a_nack_is_noted_and_nothing_is_sent_again, AcceptorStream,
                        *label("C-129") * label("C-130")) {
  receive(1s, subscription(ResourceType::exported_service));
  at(1s, ResourceChanged{"web", ExportedService{}});
  Request nack = subscription(ResourceType::exported_service);
  nack.response_nonce = Nonce("00000001");
  nack.error = Status{GrpcCode::internal, "cannot apply", {}};
  BOOST_TEST(receive(2s, nack).empty());
  BOOST_TEST((status().last_nack == start + 2s));
  BOOST_TEST(status().last_nack_message ==
             "client peer was unable to apply resource: cannot apply");
}

BOOST_FIXTURE_TEST_CASE(any_nonce_may_be_acknowledged, AcceptorStream, *label("C-131")) {
  receive(1s, subscription(ResourceType::exported_service));
  Request ack = subscription(ResourceType::exported_service);
  ack.response_nonce = Nonce("deadbeef");
  BOOST_TEST(receive(2s, ack).empty());
  BOOST_TEST((status().last_ack == start + 2s));
}

BOOST_FIXTURE_TEST_CASE(an_unknown_type_ends_the_stream, AcceptorStream, *label("C-132")) {
  Request request;
  request.resource_url = "type.googleapis.com/foo";
  BOOST_TEST(
      ending(receive(1s, request)) ==
      "InvalidArgument: subscription request to unknown resource URL: type.googleapis.com/foo");
}

BOOST_FIXTURE_TEST_CASE(a_first_request_has_no_nonce, AcceptorStream, *label("C-133")) {
  Request request = subscription(ResourceType::exported_service);
  request.response_nonce = Nonce("1");
  request.error = Status{};
  BOOST_TEST(ending(receive(1s, request)) ==
             "InvalidArgument: initial subscription requests for a resource type must not contain "
             "a nonce");
}

BOOST_FIXTURE_TEST_CASE(a_first_request_has_no_error, AcceptorStream, *label("C-134")) {
  Request request = subscription(ResourceType::exported_service);
  request.error = Status{};
  BOOST_TEST(ending(receive(1s, request)) ==
             "InvalidArgument: initial subscription request for a resource type must not contain "
             "an error");
}

BOOST_FIXTURE_TEST_CASE(a_dialer_wants_its_own_remote_id_or_none, DialerStream, *label("C-135")) {
  Request request = subscription(ResourceType::exported_service);
  request.peer_id = their_id;
  BOOST_TEST(ending(receive(1s, request)) == "up");
  request = subscription(ResourceType::trust_bundle);
  request.peer_id = PeerId("some-id");
  BOOST_TEST(ending(receive(1s, request)) ==
             "InvalidArgument: initial subscription requests for a resource type must have "
             "consistent PeerID values: got=\"some-id\" expected=\"" +
                 their_id.value() + "\"");
}

BOOST_FIXTURE_TEST_CASE(an_acceptor_does_not_look_at_the_id, AcceptorStream) {
  Request request = subscription(ResourceType::exported_service);
  request.peer_id = PeerId("some-id");
  BOOST_TEST(ending(receive(1s, request)) == "up");
}

BOOST_FIXTURE_TEST_CASE(messages_without_meaning_are_ignored, DialerStream, *label("C-149")) {
  BOOST_TEST(receive(1s, NoPayload{}).empty());
  BOOST_TEST(receive(1s, Open{}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(peer_stream_resources)

BOOST_FIXTURE_TEST_CASE(nonces_count_from_one_over_all_types, AcceptorStream, *label("C-140")) {
  receive(1s, subscription(ResourceType::exported_service));
  receive(1s, subscription(ResourceType::trust_bundle));
  const auto first = sent<Response>(at(1s, ResourceChanged{"web", ExportedService{}}));
  const auto second = sent<Response>(at(1s, ResourceChanged{"roots", PeeringTrustBundle{}}));
  BOOST_TEST(first.at(0).nonce == Nonce("00000001"));
  BOOST_TEST(second.at(0).nonce == Nonce("00000002"));
  BOOST_TEST((first.at(0) == upsert("00000001", "web", ExportedService{})));
}

BOOST_FIXTURE_TEST_CASE(a_subscription_to_the_list_alone_brings_nothing, AcceptorStream,
                        *label("C-137")) {
  at(1s, ResourceChanged{"exported-service-list", ExportedServiceList{}});
  BOOST_TEST(
      sent<Response>(receive(1s, subscription(ResourceType::exported_service_list))).empty());
}

BOOST_FIXTURE_TEST_CASE(a_subscription_to_services_brings_the_list_too, AcceptorStream,
                        *label("C-138")) {
  at(1s, ResourceChanged{"exported-service-list", ExportedServiceList{}});
  const auto outputs = receive(1s, subscription(ResourceType::exported_service));
  BOOST_TEST((all<Subscribed>(outputs).at(0).type == ResourceType::exported_service));
  BOOST_TEST(sent<Response>(outputs).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(no_bundle_without_a_subscription, AcceptorStream, *label("C-139")) {
  receive(1s, subscription(ResourceType::exported_service));
  BOOST_TEST(all<Send>(at(1s, ResourceChanged{"roots", PeeringTrustBundle{}})).empty());
}

BOOST_AUTO_TEST_CASE(hb_047_pushes_what_nobody_asked_for, *label("HB-047")) {
  AcceptorStream acceptor({Mutant::HB_047});
  BOOST_TEST(all<Send>(acceptor.at(1s, ResourceChanged{"roots", PeeringTrustBundle{}})).size() ==
             1U);
}

BOOST_FIXTURE_TEST_CASE(what_was_held_back_comes_once_with_its_last_value_and_in_order,
                        AcceptorStream) {
  at(1s, ResourceChanged{"a", ExportedService{}});
  at(1s, ResourceChanged{"roots", PeeringTrustBundle{}});
  at(1s, ResourceChanged{"b", ExportedService{}});
  at(1s, ResourceChanged{"gone", ExportedService{}});
  at(1s, ResourceChanged{"a", one_instance("a-1")});
  at(1s, ResourceWithdrawn{ResourceType::exported_service, "gone"});
  const auto responses = sent<Response>(receive(2s, subscription(ResourceType::exported_service)));
  BOOST_REQUIRE(responses.size() == 2U);
  BOOST_TEST((responses[0] == upsert("00000001", "a", one_instance("a-1"))));
  BOOST_TEST(responses[1].resource_id == "b");
}

BOOST_FIXTURE_TEST_CASE(subscribing_twice_has_no_effect, AcceptorStream, *label("C-136")) {
  receive(1s, subscription(ResourceType::exported_service));
  at(1s, ResourceChanged{"web", ExportedService{}});
  BOOST_TEST(receive(2s, subscription(ResourceType::exported_service)).empty());
}

BOOST_FIXTURE_TEST_CASE(an_equal_value_is_not_sent_again, AcceptorStream, *label("C-141")) {
  receive(1s, subscription(ResourceType::exported_service));
  BOOST_TEST(at(1s, ResourceChanged{"web", ExportedService{}}).size() == 1U);
  BOOST_TEST(at(2s, ResourceChanged{"web", ExportedService{}}).empty());
  BOOST_TEST(at(3s, ResourceChanged{"web", one_instance("web-1")}).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_was_withdrawn_is_sent_again_when_it_comes_back, AcceptorStream) {
  receive(1s, subscription(ResourceType::exported_service));
  at(1s, ResourceChanged{"web", ExportedService{}});
  BOOST_TEST(at(2s, ResourceWithdrawn{ResourceType::exported_service, "web"}).empty());
  BOOST_TEST(at(3s, ResourceChanged{"web", ExportedService{}}).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_list_that_is_sent_shows_as_exported_services, AcceptorStream,
                        *label("C-182")) {
  receive(1s, subscription(ResourceType::exported_service));
  at(2s, ResourceChanged{"exported-service-list", ExportedServiceList{{"web"}}});
  BOOST_TEST(status().exported_services == std::vector<std::string>{"web"});
  BOOST_TEST((status().last_send() == start + 2s));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(peer_stream_heartbeats)

BOOST_AUTO_TEST_CASE(one_goes_out_every_15_s_on_both_sides, *label("C-143")) {
  for (const Side side : {Side::acceptor, Side::dialer}) {
    OneStream one(side);
    BOOST_TEST((armed(Timer::heartbeat_due, one.opened) == start + 15s));
    const auto outputs = one.at(15s, Expired{Timer::heartbeat_due});
    BOOST_TEST(sent<Heartbeat>(outputs).size() == 1U);
    BOOST_TEST((armed(Timer::heartbeat_due, outputs) == start + 30s));
  }
}

BOOST_FIXTURE_TEST_CASE(two_minutes_of_silence_end_the_stream, AcceptorStream, *label("C-144")) {
  BOOST_TEST((armed(Timer::heartbeat_overdue, opened) == start + 120s));
  BOOST_TEST(ending(at(120s, Expired{Timer::heartbeat_overdue})) == "Unknown: heartbeat timeout");
  BOOST_TEST(status().disconnect_error == "heartbeat timeout");
}

BOOST_FIXTURE_TEST_CASE(a_heartbeat_buys_two_more_minutes, AcceptorStream, *label("C-145")) {
  BOOST_TEST((armed(Timer::heartbeat_overdue, receive(90s, Heartbeat{})) == start + 210s));
  BOOST_TEST(ending(at(120s, Expired{Timer::heartbeat_overdue})) == "up");
  BOOST_TEST((status().last_heartbeat == start + 90s));
}

BOOST_FIXTURE_TEST_CASE(other_traffic_buys_no_time, AcceptorStream, *label("C-146")) {
  BOOST_TEST(!armed(Timer::heartbeat_overdue, receive(90s, good_list())));
  BOOST_TEST(ending(at(120s, Expired{Timer::heartbeat_overdue})) == "Unknown: heartbeat timeout");
}

BOOST_FIXTURE_TEST_CASE(the_timeout_comes_before_the_heartbeat_of_the_same_instant,
                        AcceptorStream) {
  const auto outputs = at(120s, Expired{Timer::heartbeat_due});
  BOOST_TEST(all<Send>(outputs).empty());
  BOOST_TEST(ending(outputs) == "Unknown: heartbeat timeout");
}

BOOST_AUTO_TEST_CASE(hb_050_nobody_sends_or_misses_any, *label("HB-050")) {
  BOOST_TEST(all<Arm>(AcceptorStream({Mutant::HB_050}).opened).empty());
}

BOOST_AUTO_TEST_CASE(hb_082_silence_does_not_change_the_state, *label("HB-082")) {
  AcceptorStream acceptor({Mutant::HB_082});
  acceptor.at(120s, Expired{Timer::heartbeat_overdue});
  BOOST_TEST(acceptor.status().connected);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
