#include "cluster.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::consensus {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(raft_cluster)

BOOST_AUTO_TEST_CASE(three_servers_elect_a_leader_and_replicate) {
  Cluster cluster({});
  BOOST_REQUIRE(cluster.run_until([&] { return cluster.leader().has_value(); }, 30s));
  const ServerId leader = *cluster.leader();
  const ProposalId id = cluster.propose(leader, "hello");
  cluster.run_for(1s);
  BOOST_REQUIRE(cluster.outcome(id));
  // The configuration is entry 1, the leader's own is entry 2, as in Consul.
  BOOST_TEST((std::get<Index>(*cluster.outcome(id)) == Index(3)));
  for (const ServerId server : cluster.all()) {
    BOOST_TEST(cluster.applied(server) == std::vector<std::string>{"hello"},
               boost::test_tools::per_element());
  }
  BOOST_TEST(cluster.safety().breach().value_or("") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::consensus
