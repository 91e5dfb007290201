#include "peerlab/peering/trust_bundles.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tables_fixture.hpp"

namespace peerlab::peering {
namespace {

using Names = std::vector<std::string>;

/// web is exported to peers a and b, whose bundles are there; that of c is there, too.
struct Bundles : TablesFixture {
  catalog::CatalogTables catalog{store};
  ClusterView view;
  StreamTracker tracker;
  const acl::Authorizer* authorizer = &acl::allow_all();

  Bundles() {
    view.datacenter = DatacenterName("dc1");
    int number = 0;
    for (const std::string name : {"c", "b", "a"}) {
      const PeerId id("00000000-0000-0000-0000-00000000000" + std::to_string(++number));
      apply(WritePeering{acceptor_record(id, name), {}});
      apply(WriteTrustBundle{{"td-" + name, name, "", {"pem"}, ""}});
    }
    catalog::ExportedServices exports;
    exports.name = "default";
    exports.services = {{ServiceName("web"), {{PeerName("b"), {}, {}}, {PeerName("a"), {}, {}}}},
                        {ServiceName("front"), {{PeerName("c"), {}, {}}}}};
    write(exports);
  }

  void write(const catalog::ConfigEntry& entry) {
    store::Transaction transaction(store, ++index);
    BOOST_TEST(catalog.apply(catalog::UpsertConfig{entry, {}}).has_value());
    transaction.commit();
  }

  Names list(const BundlesRequest& request) {
    const ServiceContext context{view, tables, tracker, *authorizer, mutants};
    const auto listed = list_trust_bundles(request, context, catalog);
    Names names;
    if (const auto* refusal = std::get_if<Status>(&listed)) return {refusal->message};
    for (const auto& bundle : std::get<0>(listed)) names.push_back(bundle.bundle.peer_name);
    return names;
  }
  Names of(const std::string& service) { return list({ServiceName(service), {}, {}, {}}); }
};

BOOST_FIXTURE_TEST_SUITE(trust_bundles, Bundles)

BOOST_AUTO_TEST_CASE(a_service_must_be_named, *boost::unit_test::label("C-067")) {
  BOOST_TEST(check(BundlesRequest{{}, {}, {}, "mesh-gateway"}, view)->message ==
             "missing service name");
  BOOST_TEST(check(BundlesRequest{ServiceName("web"), "n1", {}, {}}, view)->message ==
             "Namespaces are a Consul Enterprise feature");
  BOOST_TEST(!check(BundlesRequest{ServiceName("web"), "default", {}, {}}, view).has_value());
}

BOOST_AUTO_TEST_CASE(bundles_come_by_peer_name, *boost::unit_test::label("C-068")) {
  BOOST_TEST(of("web") == (Names{"a", "b"}), boost::test_tools::per_element());
  BOOST_TEST(of("other").empty());
  BOOST_TEST(list({ServiceName("x"), {}, {}, "mesh-gateway"}) == (Names{"a", "b", "c"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_peering_that_ends_is_left_out, *boost::unit_test::label("C-069")) {
  const Peering record = peering("b");
  apply(WritePeering{marked(record), {}});
  BOOST_TEST(of("web") == Names{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_target_of_an_exported_chain_counts) {
  catalog::ServiceResolver front;
  front.name = "front";
  front.failover["*"].service = "web";
  write(front);
  BOOST_TEST(of("web") == (Names{"a", "b", "c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_right_to_write_the_service_is_needed, *boost::unit_test::label("C-066")) {
  const acl::Granted reader("x", {{acl::Resource::service, acl::Access::read}});
  authorizer = &reader;
  BOOST_TEST(of("web").at(0).starts_with("Permission denied"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
