#include "peerlab/server/members.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/catalog/queries.hpp"
#include "peerlab/server/state.hpp"

namespace peerlab::server {
namespace {

const NodeName self("n1");
const DatacenterName dc("dc1");

struct Site {
  State state;
  store::RaftIndex index = 0;

  /// Applies what is to be done about a member; false where nothing is.
  bool settle(const Member& member) {
    const auto command = reconcile(member, self, dc, state.catalog());
    if (command) state.apply(++index, CatalogCommand{*command}, {}, self);
    return command.has_value();
  }
  const catalog::Check* health(std::string_view node) const {
    return state.catalog().checks.find(catalog::peer_key({}, {node, "serfHealth"}));
  }
};

Member server(std::string name) {
  Member member;
  member.node = NodeName(std::move(name));
  member.address = "10.0.0.1";
  member.server = Member::Server{};
  member.server->grpc_tls_port = 8503;
  return member;
}

Member client(std::string name) {
  Member member = server(std::move(name));
  member.server.reset();
  return member;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(members, Site)

BOOST_AUTO_TEST_CASE(a_server_gets_its_node_its_check_and_service_consul,
                     *boost::unit_test::label("H-117")) {
  BOOST_TEST(settle(server("n1")));
  const auto found = catalog::service_health(state.catalog(), ServiceName("consul")).rows;
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].service.meta.at("grpc_tls_port") == "8503");
  BOOST_TEST(found[0].node.tagged_addresses.at("wan_ipv4") == "10.0.0.1");
  BOOST_TEST(found[0].checks[0].status == "passing");
}

BOOST_AUTO_TEST_CASE(nothing_is_written_twice) {
  BOOST_TEST(settle(server("n1")));
  BOOST_TEST(!settle(server("n1")));
  BOOST_TEST(settle(client("c1")));
  BOOST_TEST(!settle(client("c1")));
}

BOOST_AUTO_TEST_CASE(a_failed_member_turns_critical_and_keeps_its_node) {
  settle(client("c1"));
  Member member = client("c1");
  member.status = Member::Status::failed;
  member.address = "10.9.9.9";
  BOOST_TEST(settle(member));
  BOOST_TEST(health("c1")->status == "critical");
  BOOST_TEST(health("c1")->output == "Agent not live or unreachable");
  BOOST_TEST(state.catalog().nodes.find(catalog::peer_key({}, {"c1"}))->address == "10.0.0.1");
  BOOST_TEST(!settle(member));
  member.status = Member::Status::alive;
  BOOST_TEST(settle(member));
  BOOST_TEST(health("c1")->status == "passing");
}

BOOST_AUTO_TEST_CASE(a_failure_of_somebody_unknown_is_ignored) {
  Member member = client("c1");
  member.status = Member::Status::failed;
  BOOST_TEST(!settle(member));
}

BOOST_AUTO_TEST_CASE(whoever_leaves_is_deregistered_but_never_the_leader_itself) {
  settle(client("c1"));
  settle(server("n1"));
  for (const char* name : {"c1", "n1"}) {
    Member member = client(name);
    member.status = Member::Status::left;
    BOOST_TEST(settle(member) == (member.node != self));
  }
  BOOST_TEST(catalog::list_nodes(state.catalog()).rows.size() == 1u);
}

BOOST_AUTO_TEST_CASE(only_nodes_of_gossip_are_reaped) {
  settle(client("gone"));
  settle(client("there"));
  settle(server("n1"));
  catalog::Register external;
  external.node.node = NodeName("external");
  state.apply(++index, CatalogCommand{external}, {}, self);
  const auto commands = reap({client("there")}, self, state.catalog());
  BOOST_REQUIRE(commands.size() == 1u);
  BOOST_TEST((std::get<catalog::Deregister>(commands[0]).node == NodeName("gone")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::server
