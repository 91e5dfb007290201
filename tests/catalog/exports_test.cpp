#include "peerlab/catalog/exports.hpp"

#include <boost/test/unit_test.hpp>

#include "catalog/small_api.hpp"
#include "peerlab/catalog/request.hpp"

using namespace peerlab;
using namespace peerlab::catalog;

namespace {

/// Services of all sorts, and entries that export some.
struct Exporter {
  SmallApi api{1};

  Exporter() {
    put("/v1/catalog/register", R"({"Node":"n","Address":"a","Service":{"Service":"consul"}})");
    put("/v1/catalog/register", R"({"Node":"n","Address":"a","Service":{"Service":"web"}})");
    put("/v1/catalog/register", R"({"Node":"n","Address":"a","Service":{"Service":"plain"}})");
    put("/v1/catalog/register",
        R"({"Node":"n","Address":"a","Service":{"Kind":"connect-proxy","Port":1,
            "Service":"web-sidecar-proxy","Proxy":{"DestinationServiceName":"web"}}})");
    put("/v1/catalog/register",
        R"({"Node":"n","Address":"a","Service":{"Kind":"mesh-gateway","Port":1,
            "Service":"gateway"}})");
    put("/v1/config", R"({"Kind":"service-resolver","Name":"virtual"})");
  }

  void put(const char* path, const char* body) {
    const auto answer = api.call("PUT", path, body);
    BOOST_REQUIRE(answer.has_value());
    BOOST_REQUIRE_MESSAGE(answer->status == 200, answer->body);
  }

  static std::string line(const auto& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : " ") + name.value();
    return out;
  }
  std::string services(const char* peer, const Mutants& mutants = {}) {
    return line(exports_to(api.tables(), PeerName(peer), mutants).rows.services);
  }
  std::string mesh_names(const char* peer) {
    return line(exports_to(api.tables(), PeerName(peer)).rows.mesh_names);
  }
  std::string peers(const char* service) {
    return line(peers_of_service(api.tables(), ServiceName(service)).rows);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(exports, Exporter)

BOOST_AUTO_TEST_CASE(without_an_entry_nothing_is_exported) {
  BOOST_TEST(services("east") == "");
  BOOST_TEST(mesh_names("east") == "");
}

BOOST_AUTO_TEST_CASE(a_name_is_exported_and_dialled_if_it_is_in_the_mesh) {
  put("/v1/config",
      R"({"Kind":"exported-services","Name":"default","Services":[
          {"Name":"web","Consumers":[{"Peer":"east"}]},{"Name":"plain","Consumers":[{"Peer":"east"}]},
          {"Name":"virtual","Consumers":[{"Peer":"east"}]},
          {"Name":"ghost","Consumers":[{"Peer":"east"}]}]})");
  BOOST_TEST(services("east") == "ghost plain virtual web");
  BOOST_TEST(mesh_names("east") == "virtual web");
  BOOST_TEST(services("west") == "");
}

BOOST_AUTO_TEST_CASE(a_wildcard_is_all_ordinary_services_and_all_chains) {
  put("/v1/config",
      R"({"Kind":"exported-services","Name":"default","Services":[
          {"Name":"*","Consumers":[{"Peer":"east"}]}]})");
  BOOST_TEST(services("east") == "plain web");
  BOOST_TEST(mesh_names("east") == "virtual web");
}

BOOST_AUTO_TEST_CASE(consul_is_never_exported, *boost::unit_test::label("D-069")) {
  put("/v1/config",
      R"({"Kind":"exported-services","Name":"default","Services":[
          {"Name":"consul","Consumers":[{"Peer":"west"}]},
          {"Name":"*","Consumers":[{"Peer":"east"}]}]})");
  BOOST_TEST(services("west") == "");
  BOOST_TEST(services("east") == "plain web");
  BOOST_TEST(services("east", {Mutant::HB_077}) == "consul plain web");
}

BOOST_AUTO_TEST_CASE(exports_are_the_union_and_trust_the_most_specific,
                     *boost::unit_test::label("D-184")) {
  put("/v1/config",
      R"({"Kind":"exported-services","Name":"default","Services":[
          {"Name":"*","Consumers":[{"Peer":"a"}]},{"Name":"web","Consumers":[{"Peer":"b"}]}]})");
  BOOST_TEST(services("a") == "plain web");
  BOOST_TEST(services("b") == "web");
  BOOST_TEST(peers("web") == "b");
  BOOST_TEST(peers("plain") == "a");
  BOOST_TEST(peers("consul") == "");
}

BOOST_AUTO_TEST_CASE(a_registration_from_a_peer_is_refused_but_by_hb_080,
                     *boost::unit_test::label("T-194") * boost::unit_test::label("D-157") *
                         boost::unit_test::label("H-095")) {
  const auto request = decode_register(R"({"Node":"n","Address":"a","PeerName":"east"})").value();
  const auto refused = settle_register(request, DatacenterName("dc1"), api.tables());
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().detail == "cannot register requests with PeerName in them");
  BOOST_TEST(
      settle_register(request, DatacenterName("dc1"), api.tables(), {Mutant::HB_080}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
