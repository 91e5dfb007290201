#include "peerlab/peering/addresses.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "golden_lines.hpp"

namespace peerlab::peering {
namespace {

using catalog::CheckServiceNode;
using Texts = std::vector<std::string>;

CheckServiceNode server(const std::string& address, catalog::Meta meta,
                        const std::string& wan = "") {
  CheckServiceNode out;
  out.node.address = address;
  if (!wan.empty()) out.node.tagged_addresses["wan"] = wan;
  out.service.meta = std::move(meta);
  return out;
}

const catalog::Meta both_ports = {{"grpc_tls_port", "8503"}, {"grpc_port", "8502"}};

Texts of_token(const std::vector<CheckServiceNode>& servers, const Mutants& mutants = {}) {
  return token_server_addresses(false, servers, {}, mutants).value();
}

BOOST_AUTO_TEST_SUITE(addresses)

BOOST_AUTO_TEST_CASE(the_wan_address_and_the_tls_port_come_first,
                     *boost::unit_test::label("C-008") * boost::unit_test::label("C-009") *
                         boost::unit_test::label("C-010") * boost::unit_test::label("C-014")) {
  const std::vector<CheckServiceNode> servers = {
      server("10.0.0.1", both_ports, "198.51.100.1"),
      server("2001:db8::1", {{"grpc_port", "8502"}, {"grpc_tls_port", "0"}}),
      server("10.0.0.3", {{"grpc_port", "nonsense"}}), server("10.0.0.4", {})};
  BOOST_TEST(of_token(servers) == (Texts{"198.51.100.1:8503", "[2001:db8::1]:8502"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_address_is_told,
                     *boost::unit_test::label("C-011") * boost::unit_test::label("C-013")) {
  BOOST_TEST(token_server_addresses(false, {}, {}, {}).error().detail ==
             "a grpc bind port must be specified in the configuration for all servers");
  const std::vector<CheckServiceNode> servers = {server("10.0.0.1", both_ports)};
  BOOST_TEST(token_server_addresses(true, servers, {}, {}).error().detail ==
             "servers are configured to PeerThroughMeshGateways, but no mesh gateway instances "
             "are registered");
}

BOOST_AUTO_TEST_CASE(gateways_have_a_way_in_and_a_way_out, *boost::unit_test::label("C-012")) {
  CheckServiceNode gateway;
  gateway.node.address = "10.0.0.9";
  gateway.service.port = 8443;
  std::vector<CheckServiceNode> gateways(4, gateway);
  gateways[1].service.address = "10.0.0.19";
  gateways[2].node.tagged_addresses["wan"] = "198.51.100.9";
  gateways[3].service.address = "10.0.0.19";
  gateways[3].service.tagged_addresses["wan"] = {"2001:db8::9", 0};
  BOOST_TEST(gateway_wan_addresses(gateways) == (Texts{"10.0.0.9:8443", "10.0.0.19:8443",
                                                       "198.51.100.9:8443", "[2001:db8::9]:8443"}),
             boost::test_tools::per_element());
  BOOST_TEST(gateway_lan_addresses(gateways) ==
                 (Texts{"10.0.0.9:8443", "10.0.0.19:8443", "10.0.0.9:8443", "10.0.0.19:8443"}),
             boost::test_tools::per_element());
}

// Golden: the token has the IPv6 WAN address, the stream of a real Consul the LAN one (QP-08).
BOOST_AUTO_TEST_CASE(the_stream_gives_what_the_token_gave, *boost::unit_test::label("C-179")) {
  int cases = 0;
  for (const auto& line : tests::golden_lines("gateways-and-options.jsonl")) {
    if (!line.contains("token_addresses")) continue;
    ++cases;
    const bool v6 = line["case"].get<std::string>().find("IPv6") != std::string::npos;
    const auto& stream = line["stream_addresses"];
    const std::string sent = stream[0].is_array() ? stream[0][1][0] : stream[0];
    const std::string wan = v6 ? "2001:db8::7" : "198.51.100.7";
    const std::vector<CheckServiceNode> servers = {
        server(v6 ? sent.substr(0, sent.find(':')) : "127.0.1.18", both_ports, wan)};
    const Texts token = line["token_addresses"];
    BOOST_TEST(of_token(servers) == token, boost::test_tools::per_element());
    BOOST_TEST(stream_server_addresses(servers, {}) == token, boost::test_tools::per_element());
    BOOST_TEST(stream_server_addresses(servers, {Mutant::QP_08}) == Texts{sent},
               boost::test_tools::per_element());
  }
  BOOST_TEST(cases == 3);
}

BOOST_AUTO_TEST_CASE(quirk_q8_sends_ipv6_without_brackets) {
  const std::vector<CheckServiceNode> servers = {server("2001:db8::1", both_ports)};
  BOOST_TEST(stream_server_addresses(servers, {}) == Texts{"[2001:db8::1]:8503"},
             boost::test_tools::per_element());
  BOOST_TEST(stream_server_addresses(servers, {Mutant::QP_08}) == Texts{"2001:db8::1:8503"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(mutant_hb_003_hands_out_an_empty_list) {
  BOOST_TEST(token_server_addresses(false, {}, {}, {Mutant::HB_003}).value().empty());
  BOOST_TEST(token_server_addresses(true, {}, {}, {Mutant::HB_003}).value().empty());
}

BOOST_AUTO_TEST_CASE(mutants_hb_012_to_014_and_hb_040_spoil_addresses) {
  const std::vector<CheckServiceNode> servers = {server("10.0.0.1", both_ports, "198.51.100.1")};
  const std::vector<CheckServiceNode> tls_only = {server("::1", {{"grpc_tls_port", "8503"}})};
  BOOST_TEST(of_token(servers, {Mutant::HB_012})[0] == "10.0.0.1:8503");
  BOOST_TEST(stream_server_addresses(servers, {Mutant::HB_013})[0] == "10.0.0.1:8503");
  BOOST_TEST(stream_server_addresses(tls_only, {}).size() == 1u);
  BOOST_TEST(stream_server_addresses(tls_only, {Mutant::HB_014}).empty());
  BOOST_TEST(of_token(tls_only, {Mutant::HB_040})[0] == "::1:8503");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
