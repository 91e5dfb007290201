#include <boost/test/unit_test.hpp>

#include "peering/stream_fixture.hpp"

namespace peerlab::peering {
namespace {

using namespace tests;
using boost::unit_test::label;

std::string ending_with(OpenChecked facts, Mutants planted = {}) {
  OpeningStream acceptor(planted);
  acceptor.open();
  return ending(acceptor.answer(facts));
}

std::vector<std::string> subscriptions(const std::vector<Output>& outputs) {
  std::vector<std::string> urls;
  for (const Request& request : sent<Request>(outputs)) urls.push_back(request.resource_url);
  return urls;
}

std::vector<std::string> urls(std::initializer_list<ResourceType> types) {
  std::vector<std::string> texts;
  for (const ResourceType type : types) texts.emplace_back(type_url(type));
  return texts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(opening_as_acceptor)

BOOST_AUTO_TEST_CASE(a_follower_refuses_at_once_and_names_its_leader, *label("C-100")) {
  StreamTracker tracker;
  auto stream = PeerStream::acceptor(tracker);
  const auto outputs = stream.step(start, Opened{{false, "10.0.0.1:8300"}});
  BOOST_TEST(ending(outputs) ==
             "FailedPrecondition: cannot establish a peering stream on a follower node");
  BOOST_TEST(hangup(outputs)->leader_address.value() == "10.0.0.1:8300");
}

BOOST_AUTO_TEST_CASE(hb_045_a_follower_takes_the_call, *label("HB-045")) {
  StreamTracker tracker;
  auto stream = PeerStream::acceptor(tracker, {}, {Mutant::HB_045});
  BOOST_TEST(stream.step(start, Opened{{false, "10.0.0.1:8300"}}).empty());
}

BOOST_AUTO_TEST_CASE(anything_but_open_ends_the_stream, *label("C-101")) {
  for (const ReplicationMessage& message :
       {ReplicationMessage(Request{}), ReplicationMessage(Response{}),
        ReplicationMessage(Heartbeat{}), ReplicationMessage(Terminated{}),
        ReplicationMessage(NoPayload{})}) {
    OpeningStream acceptor;
    BOOST_TEST(ending(acceptor.answer(Received{message})) ==
               "InvalidArgument: first message when initiating a peering must be: Open");
  }
}

BOOST_AUTO_TEST_CASE(an_open_needs_a_peer_id, *label("C-102")) {
  BOOST_TEST(ending(OpeningStream().open({})) ==
             "InvalidArgument: initial subscription request must specify a PeerID");
}

BOOST_AUTO_TEST_CASE(the_store_is_asked_about_the_id_and_the_secret_as_presented) {
  const auto asked = all<CheckOpen>(OpeningStream().open());
  BOOST_REQUIRE(asked.size() == 1U);
  BOOST_TEST(asked[0].peer_id == our_id);
  BOOST_TEST(asked[0].secret == secret);
}

BOOST_AUTO_TEST_CASE(an_unknown_peer_id_ends_the_stream, *label("C-103")) {
  auto facts = good_facts();
  facts.record = OpenChecked::Record::unknown;
  BOOST_TEST(ending_with(facts) ==
             "InvalidArgument: initial subscription for unknown PeerID: " + our_id.value());
}

BOOST_AUTO_TEST_CASE(a_peer_id_that_cannot_be_looked_up_ends_the_stream, *label("C-104")) {
  auto facts = good_facts();
  facts.record = OpenChecked::Record::unreadable;
  BOOST_TEST(ending_with(facts) == "Internal: failed to find PeerID: " + our_id.value());
}

BOOST_AUTO_TEST_CASE(a_secret_that_was_refused_ends_the_stream, *label("C-106")) {
  auto facts = good_facts();
  facts.secret = Status{GrpcCode::permission_denied, "invalid peering stream secret", {}};
  BOOST_TEST(ending_with(facts) == "PermissionDenied: invalid peering stream secret");
}

BOOST_AUTO_TEST_CASE(the_active_secret_is_accepted_without_a_write, *label("C-107")) {
  OpeningStream acceptor;
  acceptor.open();
  const auto outputs = acceptor.answer(good_facts());
  BOOST_TEST(all<PromoteSecret>(outputs).empty());
  BOOST_TEST(acceptor.stream.is_connected());
}

BOOST_AUTO_TEST_CASE(a_pending_secret_is_promoted_together_with_the_remote,
                     *label("C-108") * label("C-109")) {
  OpeningStream acceptor;
  const RemoteInfo remote{"", "dc2", {}};
  acceptor.open({our_id, secret, remote});
  auto facts = good_facts();
  facts.secret = SecretToPromote{{our_id, PromotePendingWrite{secret}}};
  const auto promotions = all<PromoteSecret>(acceptor.answer(facts));
  BOOST_REQUIRE(promotions.size() == 1U);
  BOOST_TEST(promotions[0].peering == our_id);
  BOOST_TEST((promotions[0].write == SecretsWrite{our_id, PromotePendingWrite{secret}}));
  BOOST_TEST((promotions[0].remote == remote));
  BOOST_TEST(!acceptor.stream.is_connected());
  BOOST_TEST(sent<Request>(acceptor.answer(SecretPromoted{})).size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_promotion_that_fails_ends_the_stream) {
  OpeningStream acceptor;
  acceptor.open();
  auto facts = good_facts();
  facts.secret = SecretToPromote{{our_id, PromotePendingWrite{secret}}};
  acceptor.answer(facts);
  BOOST_TEST(ending(acceptor.answer(PromotionFailed{"no leader"})) ==
             "Internal: failed to persist peering: no leader");
}

BOOST_AUTO_TEST_CASE(a_deleting_peering_says_terminated_first, *label("C-111")) {
  OpeningStream acceptor;
  acceptor.open();
  auto facts = good_facts();
  facts.state = OpenChecked::State::deleting;
  const auto outputs = acceptor.answer(facts);
  BOOST_TEST(sent<Terminated>(outputs).size() == 1U);
  BOOST_TEST(ending(outputs) == "Aborted: peering is marked as deleted: " + our_id.value());
}

BOOST_AUTO_TEST_CASE(a_terminated_peering_just_ends, *label("C-112")) {
  OpeningStream acceptor;
  acceptor.open();
  auto facts = good_facts();
  facts.state = OpenChecked::State::terminated;
  const auto outputs = acceptor.answer(facts);
  BOOST_TEST(all<Send>(outputs).empty());
  BOOST_TEST(ending(outputs) == "Aborted: peering is marked as deleted: " + our_id.value());
}

BOOST_AUTO_TEST_CASE(the_wrong_end_is_told_so_after_its_secret_was_checked, *label("C-113")) {
  auto facts = good_facts();
  facts.dials = true;
  BOOST_TEST(
      ending_with(facts) ==
      "InvalidArgument: expected PeerID to be empty; the wrong end of peering is being dialed");
  facts.secret = Status{GrpcCode::permission_denied, "refused", {}};
  BOOST_TEST(ending_with(facts) == "PermissionDenied: refused");
}

BOOST_AUTO_TEST_CASE(the_connect_ca_must_be_there, *label("C-115")) {
  auto facts = good_facts();
  facts.connect_ca_ready = false;
  BOOST_TEST(ending_with(facts) == "Unavailable: Connect CA is not yet initialized");
}

BOOST_AUTO_TEST_CASE(it_subscribes_to_three_types, *label("C-116") * label("C-119")) {
  const AcceptorStream acceptor;
  BOOST_TEST(subscriptions(acceptor.opened) ==
             urls({ResourceType::exported_service, ResourceType::exported_service_list,
                   ResourceType::trust_bundle}));
  for (const Request& request : sent<Request>(acceptor.opened)) {
    BOOST_TEST(request.peer_id.value().empty());
    BOOST_TEST(request.response_nonce.value().empty());
    BOOST_TEST(!request.error);
  }
}

BOOST_AUTO_TEST_CASE(hb_018_it_asks_for_addresses_it_never_dials, *label("HB-018")) {
  BOOST_TEST(subscriptions(AcceptorStream({Mutant::HB_018}).opened).size() == 4U);
}

BOOST_AUTO_TEST_CASE(messages_that_come_during_the_checks_are_handled_afterwards) {
  OpeningStream acceptor;
  acceptor.open();
  acceptor.answer(Received{subscription(ResourceType::exported_service)});
  acceptor.answer(PeerClosed{});
  const auto outputs = acceptor.answer(good_facts());
  BOOST_TEST(all<Subscribed>(outputs).size() == 1U);
  BOOST_TEST(ending(outputs) == "Unknown: stream ended unexpectedly");
}

BOOST_AUTO_TEST_CASE(a_peering_deleted_during_the_checks_gets_no_stream) {
  OpeningStream acceptor;
  acceptor.open();
  acceptor.answer(PeeringDeleted{});
  const auto outputs = acceptor.answer(good_facts());
  BOOST_TEST(sent<Terminated>(outputs).size() == 1U);
  BOOST_TEST(ending(outputs) == "Aborted: peering is marked as deleted: " + our_id.value());
}

BOOST_AUTO_TEST_CASE(hb_041_a_peering_deleted_during_the_checks_gets_a_stream, *label("HB-041")) {
  OpeningStream acceptor({Mutant::HB_041});
  acceptor.open();
  acceptor.answer(PeeringDeleted{});
  acceptor.answer(good_facts());
  BOOST_TEST(acceptor.stream.is_connected());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(second_stream_of_a_peering)

struct SecondStream : AcceptorStream {
  explicit SecondStream(Mutants planted = {}) : AcceptorStream(planted) {}

  std::vector<Output> open_another(Duration after) {
    others.push_back(PeerStream::acceptor(tracker, {}, planted_for_others));
    PeerStream& other = others.back();
    other.step(start + after, Opened{});
    other.step(start + after, Received{Open{our_id, secret, std::nullopt}});
    return other.step(start + after, good_facts());
  }
  std::vector<PeerStream> others;
  Mutants planted_for_others;
};

BOOST_AUTO_TEST_CASE(is_refused_while_the_first_is_alive, *label("C-114")) {
  SecondStream first;
  const std::string refusal =
      "Unknown: failed to register stream: there is an active stream for the given PeerID \"" +
      our_id.value() + "\"";
  BOOST_TEST(ending(first.open_another(20s)) == refusal);
  BOOST_TEST(ending(first.open_another(25s)) == refusal);
}

BOOST_AUTO_TEST_CASE(leaves_the_first_as_it_was) {
  SecondStream first;
  first.open_another(1s);
  BOOST_TEST(first.status().connected);
}

BOOST_AUTO_TEST_CASE(replaces_a_first_one_that_missed_two_heartbeats) {
  SecondStream first;
  first.receive(15s, Heartbeat{});
  BOOST_TEST(ending(first.open_another(45s)) != "up");
  BOOST_TEST(ending(first.open_another(46s)) == "up");
  BOOST_TEST(ending(first.receive(47s, Heartbeat{})) ==
             "Aborted: replaced by a newer stream of this peering");
  BOOST_TEST(first.status().connected);
}

BOOST_AUTO_TEST_CASE(q4_marks_the_first_as_disconnected_and_a_third_gets_in, *label("QP-04")) {
  SecondStream first({Mutant::QP_04});
  first.open_another(1s);
  BOOST_TEST(!first.status().connected);
  BOOST_TEST(ending(first.open_another(2s)) == "up");
  BOOST_TEST(ending(first.receive(3s, Heartbeat{})) == "up");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(opening_as_dialer)

BOOST_AUTO_TEST_CASE(it_sends_open_and_four_subscriptions_without_waiting,
                     *label("C-117") * label("C-118")) {
  const DialerStream dialer;
  const auto opens = sent<Open>(dialer.opened);
  BOOST_REQUIRE(opens.size() == 1U);
  BOOST_TEST((opens[0] == Open{their_id, secret, RemoteInfo{"", "dc2", {}}}));
  BOOST_TEST(std::holds_alternative<Open>(std::get<Send>(dialer.opened[0]).message));
  BOOST_TEST(subscriptions(dialer.opened) ==
             urls({ResourceType::exported_service, ResourceType::exported_service_list,
                   ResourceType::trust_bundle, ResourceType::server_addresses}));
  for (const Request& request : sent<Request>(dialer.opened)) {
    BOOST_TEST(request.peer_id == their_id);
  }
}

BOOST_AUTO_TEST_CASE(a_peering_deleted_before_the_call_is_up_needs_no_stream) {
  StreamTracker tracker;
  auto stream = PeerStream::dialer(tracker, {our_id, their_id, secret, {}});
  BOOST_TEST(ending(stream.step(start, PeeringDeleted{})) == "OK");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
