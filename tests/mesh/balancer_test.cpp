#include "peerlab/mesh/balancer.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::mesh {
namespace {

Cluster cluster(std::vector<Endpoint> endpoints) {
  Cluster out;
  out.name = "c";
  out.endpoints = std::move(endpoints);
  return out;
}

Endpoint endpoint(std::string host, Health health = Health::healthy, std::uint32_t weight = 1) {
  return {{std::move(host), 1}, health, weight};
}

std::string picks(Balancer& balancer, const Cluster& from, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    const auto picked = balancer.pick(from);
    out += picked ? picked->address.host : "-";
  }
  return out;
}

std::string picks(const Cluster& from, int count) {
  Balancer balancer;
  return picks(balancer, from, count);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(endpoint_choice)

BOOST_AUTO_TEST_CASE(equal_endpoints_take_turns, *boost::unit_test::label("T-060")) {
  BOOST_TEST(picks(cluster({endpoint("a"), endpoint("b"), endpoint("c")}), 6) == "abcabc");
}

BOOST_AUTO_TEST_CASE(weights_are_shares) {
  const auto all =
      picks(cluster({endpoint("a", Health::healthy, 3), endpoint("b", Health::healthy, 1)}), 8);
  BOOST_TEST(all == "aabaaaba");
}

BOOST_AUTO_TEST_CASE(unhealthy_endpoints_are_left_out) {
  BOOST_TEST(picks(cluster({endpoint("a"), endpoint("b", Health::unhealthy)}), 3) == "aaa");
  BOOST_TEST(picks(cluster({endpoint("b", Health::unhealthy)}), 1) == "-");
  BOOST_TEST(picks(cluster({}), 1) == "-");
}

BOOST_AUTO_TEST_CASE(a_cluster_that_panics_uses_all_when_fewer_than_half_are_healthy) {
  auto three =
      cluster({endpoint("a"), endpoint("b", Health::unhealthy), endpoint("c", Health::unhealthy)});
  three.panics = true;
  BOOST_TEST(picks(three, 3) == "abc");
  auto two = cluster({endpoint("a"), endpoint("b", Health::unhealthy)});
  two.panics = true;
  BOOST_TEST(picks(two, 2) == "aa");
}

BOOST_AUTO_TEST_CASE(clusters_have_turns_of_their_own) {
  Balancer balancer;
  auto one = cluster({endpoint("a"), endpoint("b")});
  auto other = one;
  other.name = "d";
  BOOST_TEST(picks(balancer, one, 1) == "a");
  BOOST_TEST(picks(balancer, other, 1) == "a");
  BOOST_TEST(picks(balancer, one, 1) == "b");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::mesh
