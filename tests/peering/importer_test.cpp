#include "peerlab/peering/importer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "importer_fixture.hpp"

namespace peerlab::peering {
namespace {

using Texts = std::vector<std::string>;

BOOST_FIXTURE_TEST_SUITE(importer, ImporterFixture)

BOOST_AUTO_TEST_CASE(a_new_instance_takes_three_writes_and_none_when_told_again,
                     *boost::unit_test::label("C-192")) {
  const ExportedService web{{instance("x1", "web", "web-1")}};
  BOOST_TEST(import("web", web) == "");
  BOOST_TEST(writes == 3);
  const auto digest = store.digest();
  BOOST_TEST(import("web", web) == "");
  BOOST_TEST(writes == 0);
  BOOST_TEST(store.digest() == digest);
}

BOOST_AUTO_TEST_CASE(a_node_with_another_service_stays_with_its_checks,
                     *boost::unit_test::label("C-188")) {
  Instance web = instance("x1", "web", "web-1");
  web.checks.push_back(check("x1", "node", "passing"));
  import("web", ExportedService{{ web }});
  import("pay", ExportedService{{ instance("x1", "pay", "pay-1") }});
  import("web", ExportedService{});
  BOOST_TEST(instances("web").empty());
  BOOST_TEST(nodes(peer) == Texts{"x1"}, boost::test_tools::per_element());
  BOOST_TEST(catalog::node_checks(catalog, NodeName("x1"), peer).rows.size() == 2u);
  import("pay", ExportedService{});
  BOOST_TEST(nodes(peer).empty());
}

BOOST_AUTO_TEST_CASE(checks_that_are_gone_go,
                     *boost::unit_test::label("C-190") * boost::unit_test::label("C-191")) {
  Instance first = instance("x1", "web", "web-1");
  Instance second = instance("x1", "web", "web-2");
  first.checks.push_back(check("x1", "node", "passing"));
  first.checks.push_back(check("x1", "more", "passing", "web-1"));
  import("web", ExportedService{{ first, second }});
  BOOST_TEST(catalog::node_checks(catalog, NodeName("x1"), peer).rows.size() == 4u);
  first.checks.resize(1);
  BOOST_TEST(import("web", ExportedService{{first, second}}) == "");
  BOOST_TEST(writes == 2);
  BOOST_TEST(catalog::node_checks(catalog, NodeName("x1"), peer).rows.size() == 2u);
}

BOOST_AUTO_TEST_CASE(rows_of_others_with_the_same_names_stay, *boost::unit_test::label("C-197")) {
  catalog::Register local;
  local.node = *instance("x1", "web", "web-1").node;
  local.service = *instance("x1", "web", "web-1").service;
  BOOST_TEST(write(catalog::Command(local)).has_value());
  import("web", ExportedService{{ instance("x1", "web", "web-1") }});
  import("web", ExportedService{});
  BOOST_TEST(nodes(peer).empty());
  BOOST_TEST(nodes({}) == Texts{"x1"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_list_keeps_the_proxies_of_what_it_names,
                     *boost::unit_test::label("C-193") * boost::unit_test::label("C-194") *
                         boost::unit_test::label("C-196")) {
  for (const std::string name : {"web", "web-sidecar-proxy", "pay", "pay-sidecar-proxy"}) {
    import(name, ExportedService{{ instance("x1", name, name) }});
  }
  BOOST_TEST(import("exported-service-list", ExportedServiceList{{"web"}}) == "");
  BOOST_TEST(instances("web").size() == 1u);
  BOOST_TEST(instances("web-sidecar-proxy").size() == 1u);
  BOOST_TEST(instances("pay").empty());
  BOOST_TEST(instances("pay-sidecar-proxy").empty());
}

BOOST_AUTO_TEST_CASE(a_failure_leaves_what_was_done) {
  Instance bad = instance("x1", "web", "web-1");
  bad.checks[0].node = NodeName("other");
  BOOST_TEST(import("web", ExportedService{{bad}}) ==
             "did not increment imported services count for service=\"web\": failed to register "
             "check: check node \"other\" does not match node \"x1\"");
  BOOST_TEST(instances("web").size() == 1u);
}

BOOST_AUTO_TEST_CASE(addresses_for_a_peering_that_is_gone_are_refused,
                     *boost::unit_test::label("C-199")) {
  apply(WritePeering{marked(dialer_record(one_id, "a")), {}});
  BOOST_TEST(import("server-addrs", PeeringServerAddresses{{"x:1"}}) ==
             "peering does not exist or has been marked for deletion");
  mutants.plant(Mutant::QP_25);
  BOOST_TEST(import("roots", PeeringTrustBundle{"td", {}, {}, {"pem"}, {}}) ==
             "cannot write to peering that is marked for deletion");
}

BOOST_AUTO_TEST_CASE(an_acceptor_takes_no_addresses, *boost::unit_test::label("C-202")) {
  ImporterFixture acceptor;
  acceptor.apply(WritePeering{acceptor_record(two_id, "b"), {}});
  const ImportTarget target{acceptor.catalog, acceptor.tables, two_id, PeerName("b"), {}};
  const auto told = [&](const Texts& addresses) {
    const auto plan = plan_import(target, "server-addrs", PeeringServerAddresses{addresses}, {});
    const auto result = acceptor.write(plan.writes.at(0).command);
    return result ? "" : result.error().detail;
  };
  BOOST_TEST(told({"x:1"}) == "Cannot switch peering dialing mode from false to true");
  BOOST_TEST(told({}) == "");
}

BOOST_AUTO_TEST_CASE(quirk_q25_stores_senseless_bundles) {
  const PeeringTrustBundle empty{"td", {}, {}, {}, {}};
  const PeeringTrustBundle nonsense{"td", {}, {}, {"no pem"}, {}};
  BOOST_TEST(import("roots", empty) == "trust bundle has no roots");
  BOOST_TEST(import("roots", nonsense) ==
             "invalid root in trust bundle: no PEM-encoded data found");
  mutants.plant(Mutant::QP_25);
  BOOST_TEST(import("roots", nonsense) == "");
  BOOST_TEST(import("roots", empty) == "");
  BOOST_TEST(peering("a").peer_ca_pems.empty());
}

BOOST_AUTO_TEST_CASE(quirk_q18_writes_proxies_again) {
  Instance proxy = instance("gw", "web-sidecar-proxy", "p", "");
  proxy.service->kind = catalog::service_kind::connect_proxy;
  proxy.service->proxy.destination_service_name = ServiceName("web");
  proxy.service->connect.peer_meta = catalog::PeeringServiceMeta{{"sni"}, {"id"}, "tcp"};
  const ExportedService sent{{proxy}};
  import("web-sidecar-proxy", sent);
  BOOST_TEST(writes == 2);
  import("web-sidecar-proxy", sent);
  BOOST_TEST(writes == 0);
  mutants.plant(Mutant::QP_18);
  import("web-sidecar-proxy", sent);
  BOOST_TEST(writes == 1);
}

// Mutants

BOOST_AUTO_TEST_CASE(mutant_hb_017_lets_an_empty_list_erase_the_addresses) {
  const PeeringServerAddresses none;
  BOOST_TEST(import("server-addrs", none) ==
             "Cannot switch peering dialing mode from true to false");
  mutants.plant(Mutant::HB_017);
  BOOST_TEST(import("server-addrs", none) == "");
}

BOOST_AUTO_TEST_CASE(mutant_hb_019_replaces_manual_addresses) {
  Peering record = dialer_record(one_id, "a");
  record.manual_server_addresses = {"m:1"};
  apply(WritePeering{record, {}});
  import("server-addrs", PeeringServerAddresses{{ "x:1" }});
  BOOST_TEST(peering("a").addresses_to_dial()[0] == "m:1");
  mutants.plant(Mutant::HB_019);
  import("server-addrs", PeeringServerAddresses{{ "x:1" }});
  BOOST_TEST(peering("a").addresses_to_dial()[0] == "x:1");
}

BOOST_AUTO_TEST_CASE(mutant_hb_063_never_removes) {
  mutants.plant(Mutant::HB_063);
  import("web", ExportedService{{ instance("x1", "web", "web-1") }});
  import("web", ExportedService{});
  BOOST_TEST(instances("web").size() == 1u);
}

BOOST_AUTO_TEST_CASE(mutant_hb_064_merges_nodes_without_an_id) {
  const ExportedService two{{instance("x1", "web", "a", ""), instance("x2", "web", "b", "")}};
  mutants.plant(Mutant::HB_064);
  import("web", two);
  BOOST_TEST(nodes(peer).size() == 1u);
  ImporterFixture sane;
  sane.import("web", two);
  BOOST_TEST(sane.nodes(peer).size() == 2u);
}

BOOST_AUTO_TEST_CASE(mutant_hb_068_writes_what_did_not_change) {
  const ExportedService web{{instance("x1", "web", "web-1")}};
  import("web", web);
  mutants.plant(Mutant::HB_068);
  import("web", web);
  BOOST_TEST(writes == 2);
}

BOOST_AUTO_TEST_CASE(mutant_hb_070_keeps_what_is_not_listed) {
  mutants.plant(Mutant::HB_070);
  import("web", ExportedService{{ instance("x1", "web", "web-1") }});
  import("exported-service-list", ExportedServiceList{});
  BOOST_TEST(instances("web").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
