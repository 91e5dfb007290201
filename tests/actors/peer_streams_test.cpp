#include <boost/test/unit_test.hpp>
#include <set>

#include "clusters.hpp"

namespace peerlab::actors {
namespace {

using namespace std::chrono_literals;
using boost::unit_test::label;

void export_web(Clusters& world) {
  world.http(
      "dc1/server/0", "PUT", "/v1/catalog/register",
      {{"Node", "n1"}, {"Address", "10.9.0.1"}, {"Service", {{"Service", "web"}, {"Port", 80}}}});
  world.http("dc1/server/0", "PUT", "/v1/config",
             {{"Kind", "exported-services"},
              {"Name", "default"},
              {"Services", {{{"Name", "web"}, {"Consumers", {{{"Peer", "dc2"}}}}}}}});
}

struct Peered {
  explicit Peered(unsigned servers = 1, Mutants mutants = {}) : world(1, mutants) {
    world.add("dc1", servers);
    world.add("dc2", servers);
    world.pass(20s);
    export_web(world);
    world.peer("dc1", "dc2");
    world.pass(2s);
  }
  std::size_t imported() {
    return world.get(world.leader("dc2"), "/v1/health/service/web?peer=dc1").size();
  }
  Clusters world;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(peer_streams)

BOOST_AUTO_TEST_CASE(exports_become_imports) {
  Peered of;
  BOOST_TEST(of.world.state("dc1", "dc2") == "ACTIVE");
  BOOST_TEST(of.world.state("dc2", "dc1") == "ACTIVE");
  BOOST_TEST(of.imported() == 1);
}

BOOST_AUTO_TEST_CASE(three_servers_each) {
  Peered of(3);
  of.world.pass(30s);
  BOOST_TEST(of.world.state("dc1", "dc2") == "ACTIVE");
  BOOST_TEST(of.world.state("dc2", "dc1") == "ACTIVE");
  BOOST_TEST(of.imported() == 1);
}

BOOST_AUTO_TEST_CASE(a_deleting_dialer_terminates_the_acceptor) {
  Peered of;
  of.world.http("dc2/server/0", "DELETE", "/v1/peering/dc1");
  of.world.pass(1s);
  BOOST_TEST(of.world.state("dc1", "dc2") == "TERMINATED");
  BOOST_TEST(of.world.state("dc2", "dc1") == "404");
  BOOST_TEST(of.imported() == 0);
}

BOOST_AUTO_TEST_CASE(a_deleting_acceptor_terminates_the_dialer) {
  Peered of;
  of.world.http("dc1/server/0", "DELETE", "/v1/peering/dc2");
  of.world.pass(1s);
  BOOST_TEST(of.world.state("dc1", "dc2") == "404");
  BOOST_TEST(of.world.state("dc2", "dc1") == "TERMINATED");
  BOOST_TEST(of.imported() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_unexported_while_the_acceptor_is_away_goes_when_it_is_back) {
  Peered of;
  Clusters& world = of.world;
  world.engine().apply(net::Crash{net::HostGroup("dc1/server/0")});
  world.pass(10s);
  BOOST_TEST(of.imported() == 1);
  world.engine().apply(net::Start{net::HostGroup("dc1/server/0")});
  world.pass(10s);
  world.http("dc1/server/0", "DELETE", "/v1/config/exported-services/default");
  world.pass(60s);
  BOOST_TEST(world.state("dc2", "dc1") == "ACTIVE");
  BOOST_TEST(of.imported() == 0);
}

BOOST_AUTO_TEST_CASE(a_new_leader_on_either_side_takes_the_stream_over) {
  Peered of(3);
  Clusters& world = of.world;
  for (const std::string cluster : {"dc1", "dc2", "dc1"}) {
    const std::string old = world.leader(cluster);
    world.engine().command(net::HostName(old), TransferLeadership{});
    world.pass(30s);
    BOOST_TEST(world.leader(cluster) != old);
    BOOST_TEST(world.state("dc1", "dc2") == "ACTIVE");
    BOOST_TEST(world.state("dc2", "dc1") == "ACTIVE");
  }
  world.http("dc1/server/0", "DELETE", "/v1/config/exported-services/default");
  world.pass(1s);
  BOOST_TEST(of.imported() == 0);
}

BOOST_AUTO_TEST_CASE(a_server_that_leads_no_more_dials_no_more, *label("HB-026")) {
  for (const bool planted : {false, true}) {
    Peered of(3, planted ? Mutants{Mutant::HB_026} : Mutants{});
    Clusters& world = of.world;
    // The acceptors are up and refuse: the leader of dc2 is between two attempts.
    for (const char* host : {"dc1/server/0", "dc1/server/1", "dc1/server/2"}) {
      world.engine().apply(net::Kill{net::HostGroup(host)});
    }
    world.pass(10s);
    const std::string old = world.leader("dc2");
    world.engine().command(net::HostName(old), TransferLeadership{});
    world.pass(5s);
    std::set<std::string> dialers;
    const std::size_t from = world.trace().records().size();
    world.pass(10min);
    for (std::size_t at = from; at < world.trace().records().size(); ++at) {
      const trace::Record& record = world.trace().records()[at];
      const auto* closed = std::get_if<trace::ConnectionClosed>(&record.fact);
      if (closed != nullptr && closed->port == grpc_tls_port) {
        dialers.insert(world.trace().name(record.where));
      }
    }
    BOOST_TEST(dialers.contains(old) == planted);
    BOOST_TEST(dialers.contains(world.leader("dc2")));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::actors
