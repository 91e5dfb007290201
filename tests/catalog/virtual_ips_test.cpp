#include <boost/test/unit_test.hpp>

#include "catalog/small_api.hpp"
#include "peerlab/catalog/config_write.hpp"
#include "peerlab/catalog/queries.hpp"

using namespace peerlab;
using namespace peerlab::catalog;

namespace {

struct Services {
  store::Store store;
  CatalogTables tables{store};
  store::RaftIndex index = 1;
  Mutants mutants;

  void apply(const Command& command) {
    store::Transaction transaction(store, ++index);
    BOOST_REQUIRE(tables.apply(command, mutants).has_value());
    transaction.commit();
  }

  void put(const std::string& name, const std::string& peer = "", bool sidecar = false) {
    Register command;
    command.node.node = NodeName("n");
    command.node.address = "1.1.1.1";
    command.node.peer = PeerName(peer);
    Service& service = command.service.emplace();
    service.id = ServiceId(name);
    service.service = ServiceName(name);
    service.port = 1;
    service.connect.native = !sidecar;
    if (sidecar) {
      service.kind = "connect-proxy";
      service.id = ServiceId(name + "-sidecar-proxy");
      service.service = ServiceName(name + "-sidecar-proxy");
      service.proxy.destination_service_name = ServiceName(name);
    }
    apply(command);
  }

  void remove(const std::string& name, const std::string& peer = "") {
    apply(Deregister{NodeName("n"), ServiceId(name), {}, PeerName(peer)});
  }

  std::string address(const std::string& name, const std::string& peer = "") const {
    const VirtualIp* found = virtual_ip(tables, PeerName(peer), ServiceName(name));
    return found == nullptr ? "none" : found->address();
  }

  void put_entry(const char* body) {
    apply(UpsertConfig{
        decode_config_entry(body)
            .and_then([](ConfigEntry decoded) { return normalize(std::move(decoded)); })
            .value(),
        std::nullopt});
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(virtual_ips, Services)

// tests/golden/datacenter: D-062/D-185, virtual-ip-sequence.
BOOST_AUTO_TEST_CASE(only_the_address_freed_last_is_given_out_again,
                     *boost::unit_test::label("D-062") * boost::unit_test::label("D-185")) {
  for (const char* name : {"v1", "v2", "v3"}) put(name);
  BOOST_TEST(address("v1") == "240.0.0.1");
  BOOST_TEST(address("v3") == "240.0.0.3");
  remove("v2");
  BOOST_TEST(address("v2") == "none");
  put("v4");
  BOOST_TEST(address("v4") == "240.0.0.2");
  put("v5");
  BOOST_TEST(address("v5") == "240.0.0.4");
  remove("v1");
  remove("v3");
  for (const auto& [name, expected] :
       {std::pair("v6", "240.0.0.3"), std::pair("v7", "240.0.0.5"), std::pair("v8", "240.0.0.6"),
        std::pair("v1", "240.0.0.7")}) {
    put(name);
    BOOST_TEST(address(name) == expected);
  }
}

BOOST_AUTO_TEST_CASE(an_entry_that_names_the_service_keeps_its_address,
                     *boost::unit_test::label("D-063")) {
  put("web");
  put_entry(R"({"Kind":"service-resolver","Name":"web"})");
  remove("web");
  BOOST_TEST(address("web") == "240.0.0.1");
  apply(DeleteConfig{"service-resolver", "web", std::nullopt});
  BOOST_TEST(address("web") == "none");
}

BOOST_AUTO_TEST_CASE(hb_142_gives_the_address_up_in_spite_of_an_entry) {
  mutants.plant(Mutant::HB_142);
  put("web");
  put_entry(R"({"Kind":"service-resolver","Name":"web"})");
  remove("web");
  BOOST_TEST(address("web") == "none");
}

BOOST_AUTO_TEST_CASE(a_local_and_an_imported_service_of_one_name_have_two_addresses) {
  put("db");
  put("db", "east");
  BOOST_TEST(address("db") == "240.0.0.1");
  BOOST_TEST(address("db", "east") == "240.0.0.2");
  remove("db", "east");
  BOOST_TEST(address("db") == "240.0.0.1");
  BOOST_TEST(address("db", "east") == "none");
}

BOOST_AUTO_TEST_CASE(hb_072_lets_an_import_take_the_local_address_along) {
  mutants.plant(Mutant::HB_072);
  put("db");
  put("db", "east");
  remove("db", "east");
  BOOST_TEST(address("db") == "none");
}

// QT-32: what was imported with synthetic proxies alone is never freed.
BOOST_AUTO_TEST_CASE(a_sidecar_gives_its_destination_an_address_and_does_not_take_it_away,
                     *boost::unit_test::label("T-251")) {
  put("db", "east", true);
  BOOST_TEST(address("db", "east") == "240.0.0.1");
  remove("db-sidecar-proxy", "east");
  BOOST_TEST(address("db", "east") == "240.0.0.1");
}

BOOST_AUTO_TEST_SUITE_END()
