#include "peerlab/peering/exporter.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "exporter_fixture.hpp"
#include "peerlab/peering/export_payload.hpp"

namespace peerlab::peering {
namespace {

using catalog::Check;
using catalog::CheckServiceNode;
using Names = std::vector<std::string>;

/// web on n1 and a mesh gateway on g1, web exported to peer b.
struct Cluster : ExporterFixture {
  explicit Cluster(Mutants planted = {}) : ExporterFixture("b", planted) {
    write(registration(node("n1", "10.0.0.1"), service("web", "web-1", 80)));
    write(registration(node("g1", "10.0.0.9"), gateway("gw", 8443)));
    export_to("b", {"web"});
  }
};

Names list_in(const Exporter::Outputs& outputs) {
  const Resource* list = last_of(outputs, "exported-service-list");
  return list == nullptr ? Names{} : std::get<ExportedServiceList>(*list).services;
}

std::string status_of(std::vector<Check> checks, const Mutants& mutants = {}) {
  CheckServiceNode instance;
  instance.service.id = catalog::ServiceId("web-1");
  instance.checks = std::move(checks);
  return flatten(instance, mutants).at(0).status;
}

Check check(std::string_view status, const std::string& id = "c") {
  return ExporterFixture::check("n1", id, status);
}

BOOST_AUTO_TEST_SUITE(exporter)

BOOST_AUTO_TEST_CASE(the_worst_check_decides_in_either_order,
                     *boost::unit_test::label("C-166") * boost::unit_test::label("C-167") *
                         boost::unit_test::label("C-168")) {
  BOOST_TEST(status_of({check("passing")}) == "passing");
  BOOST_TEST(status_of({check("warning"), check("critical")}) == "critical");
  BOOST_TEST(status_of({check("critical"), check("warning")}) == "critical");
  BOOST_TEST(status_of({check("weird"), check("critical")}) == "weird");
  BOOST_TEST(status_of({check("critical"), check("critical", "_service_maintenance:web-1")}) ==
             "maintenance");
  BOOST_TEST(status_of({check("critical", "_node_maintenance"), check("weird")}) == "maintenance");
}

BOOST_AUTO_TEST_CASE(without_checks_there_is_none, *boost::unit_test::label("C-165")) {
  BOOST_TEST(flatten({}, {}).empty());
}

BOOST_AUTO_TEST_CASE(an_unrelated_change_tells_nothing) {
  Cluster cluster;
  cluster.start();
  BOOST_TEST(cluster
                 .write(cluster.registration(cluster.node("n9", "10.0.0.99"),
                                             cluster.service("other", "o", 1)))
                 .empty());
  // Written again, equal: the log has an entry, the peer hears nothing.
  BOOST_TEST(ids_of(cluster.export_to("b", {"web"})).empty());
}

BOOST_AUTO_TEST_CASE(a_change_tells_of_what_changed_alone, *boost::unit_test::label("C-161")) {
  Cluster cluster;
  cluster.export_to("b", {"web", "pay"});
  cluster.start();
  const auto outputs = cluster.write(
      cluster.registration(cluster.node("n2", "10.0.0.2"), cluster.service("web", "web-2", 80)));
  BOOST_TEST(ids_of(outputs) == Names{"web"}, boost::test_tools::per_element());
  BOOST_TEST(std::get<ExportedService>(*last_of(outputs, "web")).nodes.size() == 2u);
}

BOOST_AUTO_TEST_CASE(exports_to_other_peers_are_not_told, *boost::unit_test::label("C-153")) {
  Cluster cluster;
  cluster.export_to("other", {"web"});
  const auto outputs = cluster.start();
  BOOST_TEST(list_in(outputs).empty());
  BOOST_TEST((last_of(outputs, "web") == nullptr));
}

BOOST_AUTO_TEST_CASE(imports_are_never_exported_again) {
  Cluster cluster;
  cluster.export_to("b", {"*"});
  cluster.start();
  catalog::Node imported = cluster.node("far", "10.9.0.1");
  imported.peer = PeerName("c");
  catalog::Service service = cluster.service("foreign", "f", 1);
  service.peer = imported.peer;
  BOOST_TEST(cluster.write(cluster.registration(imported, service)).empty());
}

BOOST_AUTO_TEST_CASE(without_a_mesh_neither_proxies_nor_roots_are_told) {
  Cluster cluster;
  cluster.connect_enabled = false;
  cluster.write(cluster.registration(cluster.node("n1", "10.0.0.1"), cluster.sidecar("web")));
  const auto outputs = cluster.start();
  BOOST_TEST((last_of(outputs, "roots") == nullptr));
  BOOST_TEST((last_of(outputs, "web-sidecar-proxy") == nullptr));
  BOOST_TEST((last_of(outputs, "web") != nullptr));
}

BOOST_AUTO_TEST_CASE(a_restored_store_is_looked_at_anew) {
  Cluster cluster;
  cluster.start();
  BOOST_TEST(cluster.start().empty());
}

BOOST_AUTO_TEST_CASE(instances_come_in_the_order_of_their_texts) {
  Cluster cluster;
  cluster.write(
      cluster.registration(cluster.node("n1-a", "10.0.0.3"), cluster.service("web", "web-9", 80)));
  const auto outputs = cluster.start();
  const auto& nodes = std::get<ExportedService>(*last_of(outputs, "web")).nodes;
  BOOST_REQUIRE(nodes.size() == 2);
  BOOST_TEST(nodes[0].node->node == NodeName("n1-a"));
}

BOOST_AUTO_TEST_CASE(no_virtual_address_leaves_home, *boost::unit_test::label("C-162")) {
  for (const bool planted : {false, true}) {
    Cluster cluster(planted ? Mutants{Mutant::HB_075} : Mutants{});
    catalog::Service native = cluster.service("web", "web-1", 80);
    native.connect.native = true;
    cluster.write(cluster.registration(cluster.node("n1", "10.0.0.1"), native));
    const auto outputs = cluster.start();
    const auto& nodes = std::get<ExportedService>(*last_of(outputs, "web")).nodes;
    BOOST_TEST(nodes[0].service->tagged_addresses.contains("consul-virtual") == planted);
  }
}

BOOST_AUTO_TEST_CASE(redirects_failovers_and_splits_are_followed) {
  Cluster cluster;
  const auto ids = [&](const std::string& service) {
    Names out;
    for (const auto& target : chain_of(cluster.catalog, ServiceName(service), DatacenterName("dc1"),
                                       PartitionName("default"))
                                  .targets) {
      out.push_back(target.id());
    }
    return out;
  };
  BOOST_TEST(ids("plain") == Names{"plain.default.default.dc1"}, boost::test_tools::per_element());

  catalog::ServiceResolver a;
  a.name = "a";
  a.redirect = catalog::ResolverRedirect{};
  a.redirect->service = "b";
  cluster.write(catalog::UpsertConfig{a, {}});
  catalog::ServiceResolver b;
  b.name = "b";
  b.default_subset = "v1";
  b.subsets["v1"] = {};
  catalog::FailoverTarget peer_target;
  peer_target.peer = "p";
  b.failover["*"].targets = {{"a", {}, {}, {}, {}, {}}, peer_target};
  cluster.write(catalog::UpsertConfig{b, {}});
  BOOST_TEST(ids("a") == (Names{"b.default.default.external.p", "v1.b.default.default.dc1"}),
             boost::test_tools::per_element());

  // A circle of redirects ends.
  b.redirect = catalog::ResolverRedirect{};
  b.redirect->service = "a";
  b.failover.clear();
  cluster.write(catalog::UpsertConfig{b, {}});
  BOOST_TEST(ids("a").size() == 1u);

  cluster.protocol("s", "http");
  catalog::ServiceSplitter splitter;
  splitter.name = "s";
  splitter.splits = {{50, "s", {}, {}, {}, {}, {}}, {50, "t", {}, {}, {}, {}, {}}};
  cluster.write(catalog::UpsertConfig{splitter, {}});
  catalog::ServiceRouter router;
  router.name = "s";
  router.routes.resize(1);
  router.routes[0].destination = catalog::RouteDestination{};
  router.routes[0].destination->service = "u";
  cluster.write(catalog::UpsertConfig{router, {}});
  BOOST_TEST(ids("s") ==
                 (Names{"s.default.default.dc1", "t.default.default.dc1", "u.default.default.dc1"}),
             boost::test_tools::per_element());
}

// Mutants

BOOST_AUTO_TEST_CASE(mutant_hb_071_gives_every_service_a_proxy) {
  for (const bool planted : {false, true}) {
    Cluster cluster(planted ? Mutants{Mutant::HB_071} : Mutants{});
    BOOST_TEST((last_of(cluster.start(), "web-sidecar-proxy") != nullptr) == planted);
  }
}

BOOST_AUTO_TEST_CASE(mutant_hb_074_takes_the_last_check) {
  const Mutants planted{Mutant::HB_074};
  BOOST_TEST(status_of({check("critical"), check("warning")}, planted) == "warning");
  BOOST_TEST(status_of({check("critical", "_node_maintenance"), check("passing")}, planted) ==
             "passing");
}

BOOST_AUTO_TEST_CASE(mutant_hb_076_shuffles_an_equal_list) {
  for (const bool planted : {false, true}) {
    Cluster cluster(planted ? Mutants{Mutant::HB_076} : Mutants{});
    cluster.export_to("b", {"pay", "web"});
    cluster.start();
    const auto outputs = cluster.resolver("elsewhere");
    BOOST_TEST((last_of(outputs, "exported-service-list") != nullptr) == planted);
  }
}

BOOST_AUTO_TEST_CASE(mutant_hb_077_exports_consul) {
  for (const bool planted : {false, true}) {
    Cluster cluster(planted ? Mutants{Mutant::HB_077} : Mutants{});
    cluster.write(cluster.registration(cluster.node("s1", "10.0.0.4"),
                                       cluster.service("consul", "consul", 8300)));
    cluster.export_to("b", {"*"});
    const Names names = list_in(cluster.start());
    BOOST_TEST((std::ranges::find(names, "consul") != names.end()) == planted);
  }
}

BOOST_AUTO_TEST_CASE(mutant_hb_083_never_tells_of_new_roots) {
  for (const bool planted : {false, true}) {
    Cluster cluster(planted ? Mutants{Mutant::HB_083} : Mutants{});
    cluster.start();
    cluster.own.bundle.root_pems.emplace_back("new\n");
    BOOST_TEST(cluster.exporter.roots_changed(cluster.source()).empty() == planted);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
