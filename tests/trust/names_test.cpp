#include <boost/test/unit_test.hpp>

#include "peerlab/trust/sni.hpp"
#include "peerlab/trust/spiffe.hpp"

namespace peerlab::trust {
namespace {

const TrustDomain td("11111111-2222-3333-4444-555555555555.consul");
const DatacenterName dc("east");

ServiceRef service(std::string name, std::string partition = {}) {
  return {ServiceName(std::move(name)), {}, PartitionName(std::move(partition))};
}

std::string error_of(std::string_view uri) {
  const auto id = parse_spiffe_id(uri);
  return id ? "parsed as " + to_uri(*id) : id.error().detail;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(spiffe_ids)

BOOST_AUTO_TEST_CASE(a_trust_domain_is_the_lower_cased_cluster_id,
                     *boost::unit_test::label("T-001")) {
  const auto domain = trust_domain_of("11111111-2222-3333-4444-55555555ABCD");
  BOOST_TEST(domain.value() == "11111111-2222-3333-4444-55555555abcd.consul");
}

BOOST_AUTO_TEST_CASE(identities_print_as_consul_writes_them,
                     *boost::unit_test::label("T-002") * boost::unit_test::label("T-004")) {
  BOOST_TEST(to_uri(ServiceIdentity{td, {}, {}, dc, ServiceName("web")}) ==
             "spiffe://11111111-2222-3333-4444-555555555555.consul/ns/default/dc/east/svc/web");
  BOOST_TEST(to_uri(MeshGatewayIdentity{td, {}, dc}) ==
             "spiffe://11111111-2222-3333-4444-555555555555.consul/gateway/mesh/dc/east");
  BOOST_TEST(to_uri(AgentIdentity{td, {}, dc, NodeName("n1")}) ==
             "spiffe://11111111-2222-3333-4444-555555555555.consul/agent/client/dc/east/id/n1");
  BOOST_TEST(to_uri(ServerIdentity{td, dc}) ==
             "spiffe://11111111-2222-3333-4444-555555555555.consul/agent/server/dc/east");
  BOOST_TEST(to_uri(SigningIdentity{td}) == "spiffe://11111111-2222-3333-4444-555555555555.consul");
}

BOOST_AUTO_TEST_CASE(a_partition_is_written_in_lower_case, *boost::unit_test::label("T-003")) {
  BOOST_TEST(
      to_uri(ServiceIdentity{td, PartitionName("Part1"), {}, dc, ServiceName("web")}) ==
      "spiffe://11111111-2222-3333-4444-555555555555.consul/ap/part1/ns/default/dc/east/svc/web");
}

BOOST_AUTO_TEST_CASE(what_is_printed_can_be_read) {
  const SpiffeId ids[] = {
      ServiceIdentity{td, PartitionName("part1"), "ns1", dc, ServiceName("a b%/c")},
      ServiceIdentity{td, {}, "default", dc, ServiceName("Name.With.Dots")},
      AgentIdentity{td, PartitionName("part1"), dc, NodeName("n1")},
      MeshGatewayIdentity{td, PartitionName("part1"), dc},
      ServerIdentity{td, dc},
      SigningIdentity{td},
  };
  for (const auto& id : ids) {
    const auto read = parse_spiffe_id(to_uri(id));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == id), to_uri(id));
  }
}

BOOST_AUTO_TEST_CASE(the_default_partition_may_be_named) {
  const auto id = parse_spiffe_id("spiffe://x.consul/ap/default/ns/default/dc/dc1/svc/web");
  BOOST_REQUIRE(id.has_value());
  BOOST_TEST(to_uri(*id) == "spiffe://x.consul/ns/default/dc/dc1/svc/web");
}

BOOST_AUTO_TEST_CASE(what_is_no_identity_is_refused_with_consuls_words,
                     *boost::unit_test::label("T-005")) {
  BOOST_TEST(error_of("http://x/ns/default/dc/dc1/svc/web") ==
             "SPIFFE ID must have 'spiffe' scheme");
  for (const auto* uri : {"spiffe://x/foo/bar", "spiffe://x/", "spiffe://x/ns//dc/d/svc/s",
                          "spiffe://x/ns/n/dc/d/svc/s/t", "spiffe://x/ap/p/agent/server/dc/d"}) {
    BOOST_TEST(error_of(uri) == "SPIFFE ID is not in the expected format: " + std::string(uri));
  }
  BOOST_TEST(error_of("spiffe://x/ns/n/dc/d/svc/%zz") ==
             "Invalid service: invalid URL escape \"%zz\"");
  BOOST_TEST(error_of("spiffe://x/ap/%1/ns/n/dc/d/svc/s") ==
             "Invalid admin partition: invalid URL escape \"%1\"");
}

BOOST_AUTO_TEST_CASE(trust_domains_compare_without_case) {
  BOOST_TEST(same_trust_domain(TrustDomain("AB.consul"), TrustDomain("ab.CONSUL")));
  BOOST_TEST(!same_trust_domain(TrustDomain("ab.consul"), TrustDomain("abc.consul")));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sni_names)

BOOST_AUTO_TEST_CASE(a_local_service_is_internal, *boost::unit_test::label("T-020") *
                                                      boost::unit_test::label("T-021") *
                                                      boost::unit_test::label("T-022")) {
  BOOST_TEST(service_sni(service("web"), dc, td) ==
             "web.default.east.internal.11111111-2222-3333-4444-555555555555.consul");
  BOOST_TEST(service_sni(service("web"), dc, td, "v2") ==
             "v2.web.default.east.internal.11111111-2222-3333-4444-555555555555.consul");
  BOOST_TEST(service_sni(service("web", "part1"), dc, td) ==
             "web.default.part1.east.internal-v1.11111111-2222-3333-4444-555555555555.consul");
}

BOOST_AUTO_TEST_CASE(a_peered_service_bears_the_exporters_name_for_the_importer,
                     *boost::unit_test::label("T-023")) {
  BOOST_TEST(peered_service_sni(service("s2"), PeerName("from-east"), td) ==
             "s2.default.default.from-east.external.11111111-2222-3333-4444-555555555555.consul");
}

BOOST_AUTO_TEST_CASE(servers_have_one_name_for_peering, *boost::unit_test::label("T-026")) {
  BOOST_TEST(peering_server_name(dc, td) ==
             "server.east.peering.11111111-2222-3333-4444-555555555555.consul");
}

BOOST_AUTO_TEST_CASE(other_names) {
  BOOST_TEST(datacenter_sni(dc, PartitionName("default"), TrustDomain("x.consul")) ==
             "east.internal.x.consul");
  BOOST_TEST(datacenter_sni(dc, PartitionName("p1"), TrustDomain("x.consul")) ==
             "p1.east.internal-v1.x.consul");
  BOOST_TEST(query_sni("q", dc, TrustDomain("x.consul")) == "q.default.east.query.x.consul");
  BOOST_TEST(wan_server_name(dc, "consul.") == "server.east.consul");
  BOOST_TEST(wan_server_name(NodeName("n1"), dc, "consul.") == "n1.server.east.consul");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::trust
