#include "peerlab/mesh/endpoint.hpp"

#include <boost/test/unit_test.hpp>
#include <ostream>

#include "peerlab/mesh/gateway_mode.hpp"

namespace peerlab::mesh {

std::ostream& operator<<(std::ostream& out, const Address& address) {
  return out << to_text(address);
}
std::ostream& operator<<(std::ostream& out, Health health) {
  return out << (health == Health::healthy ? "healthy" : "unhealthy");
}

namespace {

using boost::unit_test::label;

catalog::CheckServiceNode instance(std::vector<std::string_view> statuses = {},
                                   catalog::Weights weights = {7, 3}) {
  catalog::CheckServiceNode out;
  out.node.address = "10.0.0.1";
  out.service.address = "10.0.0.2";
  out.service.port = 80;
  out.service.weights = weights;
  for (const auto status : statuses) {
    catalog::Check check;
    check.status = status;
    out.checks.push_back(std::move(check));
  }
  return out;
}

Address address(std::string host, std::int64_t port) { return {std::move(host), port}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(endpoints)

BOOST_AUTO_TEST_CASE(another_cluster_dials_the_wan_address, *label("T-056")) {
  auto csn = instance();
  csn.node.tagged_addresses["wan"] = "198.18.0.9";
  csn.service.tagged_addresses["wan"] = {"198.18.0.1", 443};
  BOOST_TEST(best_address(csn, Reach::wan) == address("198.18.0.1", 443));
  BOOST_TEST(best_address(csn, Reach::lan) == address("10.0.0.2", 80));
  csn.service.tagged_addresses.clear();
  BOOST_TEST(best_address(csn, Reach::wan) == address("10.0.0.2", 80));
  csn.service.address.clear();
  BOOST_TEST(best_address(csn, Reach::wan) == address("198.18.0.9", 80));
  BOOST_TEST(best_address(csn, Reach::lan) == address("10.0.0.1", 80));
  csn.node.tagged_addresses.clear();
  BOOST_TEST(best_address(csn, Reach::wan) == address("10.0.0.1", 80));
}

BOOST_AUTO_TEST_CASE(checks_decide_on_health_and_weight) {
  const auto judged = [](std::vector<std::string_view> statuses) {
    return endpoint_of(instance(std::move(statuses)), Reach::lan);
  };
  BOOST_TEST(judged({}).health == Health::healthy);
  BOOST_TEST(judged({"passing"}).weight == 7);
  BOOST_TEST(judged({"passing", "warning"}).health == Health::healthy);
  BOOST_TEST(judged({"passing", "warning"}).weight == 3);
  BOOST_TEST(judged({"passing", "critical"}).health == Health::unhealthy);
  BOOST_TEST(judged({"maintenance"}).health == Health::unhealthy);
  BOOST_TEST(endpoint_of(instance({"maintenance"}), Reach::lan, {Mutant::QT_08}).health ==
             Health::healthy);
}

BOOST_AUTO_TEST_CASE(weights_stay_in_bounds) {
  const auto heavy = endpoint_of(instance({}, {1000, 1}), Reach::lan);
  BOOST_TEST(heavy.weight == 128);
  const auto none = endpoint_of(instance({}, {0, 1}), Reach::lan);
  BOOST_TEST(none.weight == 1);
  BOOST_TEST(none.health == Health::unhealthy);
}

BOOST_AUTO_TEST_CASE(addresses_are_told_from_host_names) {
  for (const auto* ip : {"10.0.0.1", "255.255.255.255", "::1", "fd00::1"}) BOOST_TEST(is_ip(ip));
  for (const auto* name : {"gw.example", "10.0.0", "10.0.0.256", "10.0.0.1.2", "10.0.0.x", ""}) {
    BOOST_TEST(!is_ip(name), name);
  }
  BOOST_TEST(to_text(address("fd00::1", 8443)) == "[fd00::1]:8443");
  BOOST_TEST(address_of("[fd00::1]:8443") == address("fd00::1", 8443));
  BOOST_TEST(address_of("10.0.0.1:8503") == address("10.0.0.1", 8503));
  BOOST_TEST(address_of("server") == address("server", 0));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(gateway_modes)

BOOST_AUTO_TEST_CASE(the_nearest_setting_wins, *label("T-053") * label("T-054")) {
  catalog::Upstream upstream;
  upstream.destination_name = ServiceName("s2");
  upstream.destination_peer = PeerName("to-west");
  ModeSettings settings;
  BOOST_TEST(mode_for(upstream, settings) == "");
  settings.proxy_defaults = "remote";
  BOOST_TEST(mode_for(upstream, settings) == "remote");
  settings.service_defaults = "local";
  BOOST_TEST(mode_for(upstream, settings) == "local");
  settings.upstream_defaults = "none";
  BOOST_TEST(mode_for(upstream, settings) == "none");
  settings.proxy_registration = "remote";
  BOOST_TEST(mode_for(upstream, settings) == "remote");
  settings.overrides = {{{ServiceName("s2"), PeerName()}, "local"}};
  BOOST_TEST(mode_for(upstream, settings) == "remote");
  settings.overrides.push_back({{ServiceName("s2"), PeerName("to-west")}, "local"});
  BOOST_TEST(mode_for(upstream, settings) == "local");
  upstream.mesh_gateway.mode = "remote";
  BOOST_TEST(mode_for(upstream, settings) == "remote");
}

BOOST_AUTO_TEST_CASE(only_local_leads_through_the_own_gateways, *label("T-050") * label("T-061")) {
  const UpstreamId id{ServiceName("s2"), PeerName("to-west")};
  for (const auto* mode : {"", "none", "remote", "Local", "bogus"}) {
    BOOST_TEST(!path_to_peer(mode, id).through_local_gateways);
  }
  BOOST_TEST(path_to_peer("local", id).through_local_gateways);
  BOOST_TEST(*path_to_peer("none", id).warning ==
             "invalid mesh gateway mode 'none', defaulting to 'remote' for \"s2?peer=to-west\"");
  BOOST_TEST(!path_to_peer("remote", id).warning.has_value());
  BOOST_TEST(!path_to_peer("none", id, {Mutant::HB_145}).warning.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::mesh
