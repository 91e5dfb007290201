#include "peerlab/peering/establish.hpp"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <string>
#include <vector>

#include "peerlab/base/overloaded.hpp"
#include "tables_fixture.hpp"

namespace peerlab::peering {
namespace {

const Status refused{GrpcCode::unavailable, "refused", {}};
const Status denied{GrpcCode::permission_denied, "no", {}};
const Status exhausted{GrpcCode::resource_exhausted, "slow down", {}};

/// A dialer, dc2, and the addresses it dials. What an address answers is set by the test.
struct Dialer : TablesFixture {
  ClusterView view;
  StreamTracker tracker;
  Random random{1};
  std::vector<catalog::CheckServiceNode> gateways;
  PeeringToken token;
  EstablishRequest request;
  Instant now;
  std::vector<std::string> dialed;
  /// By address; an address that is not here is refused.
  std::map<std::string, Status> answers;
  Status last;

  Dialer() {
    view.datacenter = DatacenterName("dc2");
    view.trust_domain = TrustDomain("td2.consul");
    view.root_pems = {"root"};
    token.server_addresses = {"srv:1"};
    token.server_name = "server.dc1.peering.td1.consul";
    token.peer_id = PeerId("99999999-9999-9999-9999-999999999999");
    token.establishment_secret = EstablishmentSecret("e");
    token.remote.datacenter = "dc1";
    request.peer_name = PeerName("a");
  }

  void through_gateway() {
    catalog::CheckServiceNode gateway;
    gateway.node.address = "gw";
    gateway.service.port = 1;
    gateways = {gateway};
    view.peer_through_gateways = true;
  }

  ServiceContext context() {
    view.gateways = gateways;
    return {view, tables, tracker, acl::allow_all(), mutants};
  }

  std::string establish() {
    EstablishCall call(request, token, Random(random.next()), mutants);
    auto output = call.start(context());
    while (!std::holds_alternative<EstablishCall::Answer>(output)) {
      output = std::visit(
          Overloaded{
              [&](const EstablishCall::Propose& propose) {
                Result<void> result;
                if (const auto text = apply(propose.write); !text.empty()) {
                  result = failure(Errc::invalid_argument, text);
                }
                return call.step(now, EstablishCall::Applied{result});
              },
              [&](const EstablishCall::Exchange& exchange) {
                dialed.push_back(exchange.address);
                BOOST_TEST(exchange.request.peer_id == token.peer_id);
                const auto found = answers.find(exchange.address);
                const Status status = found == answers.end() ? refused : found->second;
                if (status.code != GrpcCode::ok) {
                  return call.step(now, EstablishCall::Exchanged{status});
                }
                return call.step(now, EstablishCall::Exchanged{
                                          ExchangeSecretResponse{StreamSecret(status.message)}});
              },
              [&](const EstablishCall::Arm& arm) {
                BOOST_TEST((arm.due > now));
                now = arm.due;
                return call.step(now, EstablishCall::Due{});
              },
              [&](const EstablishCall::StartOver&) { return call.start(context()); },
              [&](const EstablishCall::Answer& answer) -> EstablishCall::Output { return answer; },
          },
          EstablishCall::Output(output));
    }
    last = std::get<EstablishCall::Answer>(output).status;
    return last.message;
  }

  long times(const std::string& address) const {
    return std::count(dialed.begin(), dialed.end(), address);
  }
};

const Status good{GrpcCode::ok, "s1", {}};

BOOST_FIXTURE_TEST_SUITE(establish, Dialer)

BOOST_AUTO_TEST_CASE(a_good_token_makes_an_establishing_record,
                     *boost::unit_test::label("C-048") * boost::unit_test::label("C-049")) {
  answers["srv:1"] = good;
  token.ca = {"pem\n"};
  BOOST_TEST(establish() == "");
  const Peering record = peering("a");
  BOOST_CHECK(record.state == PeeringState::establishing);
  BOOST_TEST(record.remote_id == token.peer_id);
  BOOST_TEST(record.peer_server_name == token.server_name);
  BOOST_CHECK(record.peer_ca_pems == token.ca);
  BOOST_CHECK(record.peer_server_addresses == token.server_addresses);
  BOOST_CHECK(record.remote == token.remote);
  BOOST_CHECK(tables.secrets(record.id)->active == StreamSecret("s1"));
}

// QP-24: the record is written before the exchange.
BOOST_AUTO_TEST_CASE(a_failed_exchange_leaves_a_pending_record, *boost::unit_test::label("C-050")) {
  answers["srv:1"] = denied;
  BOOST_TEST(establish() == "a new peering token must be generated: no");
  BOOST_CHECK(last.code == GrpcCode::permission_denied);
  BOOST_CHECK(peering("a").state == PeeringState::pending);
  BOOST_CHECK(tables.secrets(peering("a").id) == nullptr);
  const PeerId id = peering("a").id;
  answers["srv:1"] = good;
  BOOST_TEST(establish() == "");
  BOOST_TEST(peering("a").id == id);
  BOOST_CHECK(peering("a").state == PeeringState::establishing);
}

BOOST_AUTO_TEST_CASE(refused_for_three_seconds_it_gives_up) {
  const std::string text = establish();
  BOOST_CHECK(last.code == GrpcCode::unavailable);
  BOOST_TEST((dialed.size() >= 17 && dialed.size() <= 19), dialed.size());
  BOOST_TEST((now - Instant{} >= std::chrono::seconds(3)));
  BOOST_TEST((now - Instant{} < std::chrono::milliseconds(3200)));
  const std::string one =
      "\t* failed to exchange peering secret through address \"srv:1\": rpc error: code = "
      "Unavailable desc = refused\n";
  BOOST_TEST(text.starts_with(std::to_string(dialed.size()) + " errors occurred:\n" + one + one));
  BOOST_TEST(text.ends_with(one + "\n"));
}

BOOST_AUTO_TEST_CASE(addresses_are_dialed_in_turn_and_manual_ones_alone) {
  token.server_addresses = {"a:1", "b:1"};
  answers["b:1"] = good;
  BOOST_TEST(establish() == "");
  BOOST_TEST(dialed == (std::vector<std::string>{"a:1", "b:1"}), boost::test_tools::per_element());
  dialed.clear();
  token.manual_server_addresses = {"m:1"};
  answers["m:1"] = good;
  BOOST_TEST(establish() == "");
  BOOST_TEST(dialed == std::vector<std::string>{"m:1"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_empty_secret_fails_the_last_write) {
  answers["srv:1"] = Status{};
  BOOST_TEST(establish() ==
             "failed to write peering: failed to write peering establishment secret: invalid "
             "secret write request: missing secret ID");
}

// golden/peering/gateways-and-options.jsonl, row by row
BOOST_AUTO_TEST_CASE(a_gateway_is_given_a_second_to_learn_the_route) {
  through_gateway();
  answers["gw:1"] = good;
  BOOST_TEST(establish() == "");
  BOOST_TEST((now - Instant{} == std::chrono::seconds(1)));
  BOOST_TEST(dialed == std::vector<std::string>{"gw:1"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_a_gateway_nobody_waits) {
  view.peer_through_gateways = true;
  answers["srv:1"] = good;
  BOOST_TEST(establish() == "");
  BOOST_TEST((now == Instant{}));
}

BOOST_AUTO_TEST_CASE(a_denial_through_the_gateway_is_asked_for_again) {
  through_gateway();
  answers["gw:1"] = denied;
  answers["srv:1"] = good;
  BOOST_TEST(establish() == "a new peering token must be generated: no");
  BOOST_TEST(dialed == (std::vector<std::string>{"gw:1", "gw:1"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_unavailable_gateway_costs_three_seconds) {
  through_gateway();
  answers["srv:1"] = good;
  BOOST_TEST(establish() == "");
  BOOST_TEST((times("gw:1") >= 18 && times("gw:1") <= 20), times("gw:1"));
  BOOST_TEST(dialed.back() == "srv:1");
  BOOST_TEST((now - Instant{} < std::chrono::milliseconds(4500)));
}

BOOST_AUTO_TEST_CASE(resource_exhausted_is_tried_five_times) {
  answers["srv:1"] = exhausted;
  establish();
  BOOST_CHECK(last.code == GrpcCode::resource_exhausted);
  BOOST_TEST((dialed.size() >= 85 && dialed.size() <= 95), dialed.size());
  BOOST_TEST((now - Instant{} > std::chrono::seconds(24)));
  BOOST_TEST((now - Instant{} < std::chrono::seconds(31)));
}

BOOST_AUTO_TEST_CASE(a_deleting_record_takes_no_token, *boost::unit_test::label("C-054")) {
  apply(WritePeering{dialer_record(one_id, "a"), {}});
  apply(WritePeering{marked(dialer_record(one_id, "a")), {}});
  BOOST_TEST(establish() ==
             "failed to write peering: cannot write to peering that is marked for deletion");
  BOOST_TEST(dialed.empty());
}

BOOST_AUTO_TEST_CASE(a_terminated_record_is_established_anew, *boost::unit_test::label("C-053")) {
  answers["srv:1"] = good;
  establish();
  apply(TerminatePeering{peering("a").id});
  BOOST_TEST(establish() == "");
  BOOST_CHECK(peering("a").state == PeeringState::establishing);
}

BOOST_AUTO_TEST_CASE(addresses_of_a_connected_stream_stay, *boost::unit_test::label("C-052")) {
  for (const bool planted : {false, true}) {
    Dialer dialer;
    if (planted) dialer.mutants.plant(Mutant::HB_016);
    dialer.answers["srv:1"] = dialer.answers["old:1"] = good;
    dialer.establish();
    dialer.tracker.connect({}, dialer.peering("a").id, {});
    dialer.token.server_addresses = {"old:1"};
    dialer.establish();
    BOOST_TEST(dialer.peering("a").peer_server_addresses[0] == (planted ? "old:1" : "srv:1"));
  }
}

// C-047 and the mutants around it

const std::string same_cluster =
    "cannot create a peering within the same cluster \"server.dc1.peering.td1.consul\". Refer to "
    "the `exported-services` documentation if you want to export between partitions without "
    "peering";

/// What the cluster says to a token of its own, made in partition `maker`, used in `user`.
std::string said_to_own_token(Mutants planted, const std::string& maker, const std::string& user) {
  Dialer dialer;
  dialer.mutants = planted;
  dialer.view.edition = Edition::enterprise;
  dialer.view.datacenter = DatacenterName("dc1");
  dialer.view.trust_domain = TrustDomain("td1.consul");
  dialer.token.remote.partition = maker;
  dialer.request.partition = PartitionName(user);
  dialer.answers["srv:1"] = good;
  return dialer.establish();
}

BOOST_AUTO_TEST_CASE(a_cluster_never_peers_with_itself, *boost::unit_test::label("C-047")) {
  BOOST_TEST(said_to_own_token({}, "default", "default") == same_cluster);
  BOOST_TEST(said_to_own_token({}, "", "") == same_cluster);
  BOOST_TEST(said_to_own_token({}, "default", "web") == same_cluster);
}

BOOST_AUTO_TEST_CASE(equal_datacenter_names_alone_are_no_conflict) {
  view.datacenter = DatacenterName("dc1");
  answers["srv:1"] = good;
  BOOST_TEST(establish() == "");
}

BOOST_AUTO_TEST_CASE(mutants_hb_007_to_010_let_clusters_peer_with_themselves) {
  BOOST_TEST(said_to_own_token({Mutant::HB_007}, "web", "web") == "");
  BOOST_TEST(said_to_own_token({Mutant::HB_008}, "", "default") == "");
  BOOST_TEST(said_to_own_token({Mutant::HB_008}, "default", "default") == same_cluster);
  BOOST_TEST(said_to_own_token({Mutant::HB_009}, "default", "web") == "");
  BOOST_TEST(said_to_own_token({Mutant::HB_009}, "web", "web") == same_cluster);
  BOOST_TEST(said_to_own_token({Mutant::HB_010}, "default", "default") == "");
}

BOOST_AUTO_TEST_CASE(mutant_hb_004_ignores_the_partition) {
  view.edition = Edition::enterprise;
  request.partition = PartitionName("web");
  answers["srv:1"] = good;
  establish();
  BOOST_TEST(tables.list(PartitionName("web")).size() == 1u);
  Dialer other;
  other.mutants.plant(Mutant::HB_004);
  other.view.edition = Edition::enterprise;
  other.request.partition = PartitionName("web");
  other.answers["srv:1"] = good;
  other.establish();
  BOOST_TEST(other.tables.list(PartitionName("web")).empty());
}

BOOST_AUTO_TEST_CASE(mutant_hb_006_lets_an_acceptor_dial) {
  apply(WritePeering{acceptor_record(one_id, "a"), {}});
  answers["srv:1"] = good;
  BOOST_TEST(establish() ==
             "cannot create peering with name: \"a\"; there is an existing peering "
             "expecting to be dialed");
  mutants.plant(Mutant::HB_006);
  BOOST_TEST(establish() == "");
}

BOOST_AUTO_TEST_CASE(mutant_hb_024_asks_the_gateway_once) {
  mutants.plant(Mutant::HB_024);
  through_gateway();
  answers["srv:1"] = good;
  BOOST_TEST(establish().starts_with("1 error occurred:\n"));
  BOOST_TEST(dialed.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
