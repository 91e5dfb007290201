#include "peerlab/peering/service.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "peerlab/peering/http.hpp"
#include "tables_fixture.hpp"

namespace peerlab::peering {
namespace {

/// One server of cluster dc1 that can make tokens.
struct Service : TablesFixture {
  ClusterView view;
  StreamTracker tracker;
  const acl::Authorizer* authorizer = &acl::allow_all();
  Random random{1};
  std::vector<catalog::CheckServiceNode> servers;

  Service() {
    view.datacenter = DatacenterName("dc1");
    view.trust_domain = TrustDomain("td.consul");
    view.root_pems = {"root"};
    catalog::CheckServiceNode server;
    server.node.address = "10.0.0.1";
    server.service.meta["grpc_tls_port"] = "8503";
    servers = {server};
  }

  ServiceContext context() {
    view.servers = servers;
    return {view, tables, tracker, *authorizer, mutants};
  }

  std::string generate(const std::string& name, std::map<std::string, std::string> meta = {}) {
    const GenerateTokenRequest request{PeerName(name), {}, std::move(meta), {}};
    if (const auto refusal = check(request, view, mutants)) return refusal->message;
    auto begun = begin_token(request, context(), random);
    if (const auto* refusal = std::get_if<Status>(&begun)) return refusal->message;
    auto& proposal = std::get<TokenProposal>(begun);
    if (const auto text = apply(proposal.write); !text.empty()) return text;
    auto finished = finish_token(std::move(proposal), view, mutants);
    if (const auto* refusal = std::get_if<Status>(&finished)) return refusal->message;
    token = decode_token(std::get<std::string>(finished)).value();
    return "";
  }

  PeeringToken token;
};

const std::string already =
    "cannot create peering with name: \"b\"; there is already an "
    "established peering";

BOOST_FIXTURE_TEST_SUITE(service, Service)

BOOST_AUTO_TEST_CASE(a_second_token_keeps_all_but_the_secret,
                     *boost::unit_test::label("C-042") * boost::unit_test::label("C-043") *
                         boost::unit_test::label("C-044") * boost::unit_test::label("C-002")) {
  BOOST_TEST(generate("b", {{"env", "prod"}}) == "");
  const PeeringToken first = token;
  BOOST_TEST(first.server_name == "server.dc1.peering.td.consul");
  BOOST_TEST(first.ca == std::vector<std::string>{"root\n"}, boost::test_tools::per_element());
  BOOST_TEST(first.server_addresses == std::vector<std::string>{"10.0.0.1:8503"},
             boost::test_tools::per_element());
  BOOST_CHECK(tables.secrets(first.peer_id)->establishment == first.establishment_secret);
  BOOST_TEST(generate("b", {{"env", "dev"}}) == "");
  BOOST_TEST(token.peer_id == first.peer_id);
  BOOST_CHECK(token.establishment_secret != first.establishment_secret);
  BOOST_TEST(peering("b").meta.at("env") == "prod");
  BOOST_CHECK(peering("b").state == PeeringState::pending);
}

BOOST_AUTO_TEST_CASE(the_record_stays_when_there_is_no_address) {
  servers.clear();
  BOOST_TEST(generate("b") ==
             "a grpc bind port must be specified in the configuration for all servers");
  BOOST_CHECK(peering("b").state == PeeringState::pending);
}

BOOST_AUTO_TEST_CASE(no_token_without_mesh_tls_and_ca, *boost::unit_test::label("C-015") *
                                                           boost::unit_test::label("C-016") *
                                                           boost::unit_test::label("C-017")) {
  view.root_pems.clear();
  BOOST_TEST(generate("b") == "CA has not finished initializing");
  view.grpc_tls = false;
  BOOST_TEST(generate("b") == "TLS for gRPC must be enabled when generating peering tokens");
  view.connect_enabled = false;
  BOOST_TEST(generate("b") ==
             "connect.enabled must be set to true in the server's configuration when generating "
             "peering tokens");
}

BOOST_AUTO_TEST_CASE(names_of_63_characters_are_the_longest, *boost::unit_test::label("C-035")) {
  BOOST_TEST(generate(std::string(63, 'a')) == "");
  BOOST_TEST(generate(std::string(64, 'a')).starts_with(std::string(64, 'a') + " is not a valid"));
  BOOST_TEST(generate("").starts_with(" is not a valid peer name"));
}

BOOST_AUTO_TEST_CASE(a_token_for_a_terminated_peering_is_dead, *boost::unit_test::label("C-089")) {
  generate("b");
  const PeerId id = token.peer_id;
  apply(TerminatePeering{id});
  BOOST_TEST(generate("b") == "");
  BOOST_CHECK(tables.secrets(id)->establishment != token.establishment_secret);
}

BOOST_AUTO_TEST_CASE(deleting_keeps_nothing_but_the_addresses,
                     *boost::unit_test::label("C-063") * boost::unit_test::label("C-064")) {
  Peering dialer = dialer_record();
  dialer.meta = {{"k", "v"}};
  dialer.remote.datacenter = "dc2";
  apply(WritePeering{dialer, {}});
  const Instant now = Instant{} + std::chrono::seconds(5);
  const NameRequest request{PeerName("B"), {}};
  auto removed = remove(now, request, context());
  BOOST_TEST(apply(*std::get<0>(removed)) == "");
  const Peering after = peering("b");
  BOOST_CHECK(after.state == PeeringState::deleting);
  BOOST_CHECK(after.deleted_at == now);
  BOOST_TEST(after.meta.empty());
  BOOST_TEST(after.remote_id == PeerId());
  BOOST_TEST(after.peer_server_addresses.size() == 1u);
  BOOST_TEST(after.remote.datacenter == "dc2");
  removed = remove(now, request, context());
  BOOST_TEST(!std::get<0>(removed).has_value());
  removed = remove(now, {PeerName("unknown"), {}}, context());
  BOOST_TEST(!std::get<0>(removed).has_value());
}

BOOST_AUTO_TEST_CASE(a_read_waits_for_stored_changes_only, *boost::unit_test::label("C-061")) {
  generate("b");
  store::WatchSet watches;
  (void)read({PeerName("b"), {}}, context(), &watches);
  store::Waiters waiters;
  waiters.wait(1, watches);
  store::Transaction transaction(store, ++index);
  BOOST_TEST(tables.apply(TerminatePeering{token.peer_id}, {}).has_value());
  BOOST_TEST(waiters.wake(transaction.commit()).size() == 1u);
}

BOOST_AUTO_TEST_CASE(partitions_are_kept_apart_in_enterprise) {
  view.edition = Edition::enterprise;
  const auto id_in = [&](const std::string& partition) {
    auto begun = begin_token({PeerName("b"), PartitionName(partition), {}, {}}, context(), random);
    BOOST_TEST(apply(std::get<TokenProposal>(begun).write) == "");
    return std::get<TokenProposal>(begun).token;
  };
  const PeeringToken web = id_in("web");
  const PeeringToken first = id_in("");
  BOOST_TEST(web.remote.partition == "web");
  BOOST_TEST(first.remote.partition == "default");
  BOOST_TEST(id_in("Default").peer_id == first.peer_id);
  BOOST_CHECK(web.peer_id != first.peer_id);
  const auto shown = list({PartitionName("web")}, context());
  BOOST_TEST(std::get<0>(shown).size() == 1u);
}

BOOST_AUTO_TEST_CASE(community_knows_one_partition,
                     *boost::unit_test::label("C-032") * boost::unit_test::label("C-033")) {
  const auto code = [&](const std::string& partition) {
    const auto refusal = check(NameRequest{PeerName("b"), PartitionName(partition)}, view);
    return refusal ? refusal->code : GrpcCode::ok;
  };
  BOOST_CHECK(code("") == GrpcCode::ok);
  BOOST_CHECK(code("DeFaUlT") == GrpcCode::ok);
  BOOST_CHECK(code("p1") == GrpcCode::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_trust_bundle_needs_the_right_to_write_services,
                     *boost::unit_test::label("C-066")) {
  generate("b");
  apply(WriteTrustBundle{{"td", "b", "", {"pem"}, ""}});
  const auto bundle = read_trust_bundle({PeerName("b"), {}}, context());
  BOOST_TEST(std::get<0>(bundle)->bundle.trust_domain == "td");
  const acl::Granted reader("x", {{acl::Resource::service, acl::Access::read}});
  authorizer = &reader;
  const auto refused = read_trust_bundle({PeerName("b"), {}}, context());
  BOOST_TEST(http_status(std::get<Status>(refused)) == 403);
}

BOOST_AUTO_TEST_CASE(statuses_of_the_http_api) {
  BOOST_TEST(http_status({}) == 200);
  BOOST_TEST(http_status({GrpcCode::unknown, "x", {}}) == 500);
  BOOST_TEST(http_status({GrpcCode::unknown, "Permission denied: y", {}}) == 403);
  BOOST_TEST(http_status({GrpcCode::permission_denied, "x", {}}) == 403);
  BOOST_TEST(http_status({GrpcCode::resource_exhausted, "x", {}}) == 429);
  BOOST_TEST(http_status({GrpcCode::unavailable, "x", {}}) == 503);
}

BOOST_AUTO_TEST_CASE(bodies_of_wrong_types_are_told_as_go_tells_them) {
  const auto fault = [](std::string_view body) {
    const auto read = read_generate_body(body);
    return read ? "" : read.error().detail;
  };
  const std::string start = "Body decoding failed: json: cannot unmarshal ";
  BOOST_TEST(fault(R"({"PeerName":"b","Meta":{"k":5}})") ==
             start + "number into Go struct field PeeringGenerateTokenRequest.Meta of type string");
  BOOST_TEST(fault("[]") == start + "array into Go value of type api.PeeringGenerateTokenRequest");
  BOOST_TEST(fault("null") ==
             "PeerName is required in the payload when generating a new peering token.");
  BOOST_TEST(fault(R"({"peername":"b"} trailing)") == "");
}

// Mutants

BOOST_AUTO_TEST_CASE(mutant_hb_002_forgets_the_state) {
  mutants.plant(Mutant::HB_002);
  generate("b");
  generate("b");
  BOOST_CHECK(peering("b").state == PeeringState::undefined);
}

BOOST_AUTO_TEST_CASE(mutant_hb_006_lets_a_dialer_accept) {
  apply(WritePeering{dialer_record(), {}});
  BOOST_TEST(generate("b") == already);
  mutants.plant(Mutant::HB_006);
  BOOST_TEST(generate("b") != already);
}

BOOST_AUTO_TEST_CASE(mutant_hb_029_makes_tokens_that_never_work) {
  mutants.plant(Mutant::HB_029);
  view.connect_enabled = false;
  view.grpc_tls = false;
  BOOST_TEST(generate("b") == "");
}

BOOST_AUTO_TEST_CASE(mutant_hb_036_takes_upper_case) {
  BOOST_TEST(generate("Peer-A") != "");
  mutants.plant(Mutant::HB_036);
  BOOST_TEST(generate("Peer-A") == "");
}

BOOST_AUTO_TEST_CASE(mutant_hb_043_hides_the_stream_from_the_list) {
  generate("b");
  tracker.track(token.peer_id);
  for (const bool planted : {false, true}) {
    if (planted) mutants.plant(Mutant::HB_043);
    const auto shown = list({}, context());
    BOOST_TEST(std::get<0>(shown)[0].stream.has_value() == !planted);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
