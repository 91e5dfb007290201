#include "peerlab/catalog/command.hpp"

#include <boost/test/unit_test.hpp>

#include "peerlab/catalog/config_write.hpp"
#include "peerlab/catalog/tables.hpp"

using namespace peerlab;
using namespace peerlab::catalog;
using namespace std::chrono_literals;

namespace {

Service full_service() {
  Service service;
  service.node = NodeName("n");
  service.kind = "connect-proxy";
  service.id = ServiceId("web-1");
  service.service = ServiceName("web");
  service.tags = {"a", ""};
  service.address = "10.0.0.1";
  service.tagged_addresses = {{"lan", {"10.0.0.1", 80}}, {"wan", {"", 0}}};
  service.meta = {{"k", "v"}, {"empty", ""}};
  service.port = 80;
  service.ports = {{"http", 80, true}, {"admin", 81, false}};
  service.socket_path = "/s";
  service.weights = {0, 7};
  service.enable_tag_override = true;
  service.locality = Locality{"eu", ""};
  service.proxy.envoy_extensions = {Json(Json::Object{{"Name", "x"}}), Json()};
  service.proxy.destination_service_name = ServiceName("db");
  service.proxy.config = {{"n", nullptr}, {"d", 1.5}, {"l", Json::Array{1, "x", true}}};
  service.proxy.upstreams.emplace_back().destination_peer = PeerName("east");
  service.proxy.mesh_gateway.mode = "local";
  service.proxy.expose = {true, {{1, "/h", 2, "http"}}};
  service.connect.sidecar_service = Json(Json::Object{});
  service.connect.peer_meta = PeeringServiceMeta{{"sni"}, {"spiffe://x"}, "tcp"};
  service.peer = PeerName("west");
  service.indexes = {3, 4};
  return service;
}

Register full_registration() {
  Register command;
  command.node = {NodeId("id"),          NodeName("n"), "1.2.3.4",
                  DatacenterName("dc1"), PeerName(""),  {{"lan", "x"}},
                  {{"m", "\xC3\xA9"}},   std::nullopt,  {1, 2}};
  command.skip_node_update = true;
  command.service = full_service();
  Check& check = command.checks.emplace_back();
  check.node = NodeName("n");
  check.id = CheckId("c");
  check.definition.interval = 1500ms;
  check.definition.header = {{"X-A", {"1", "2"}}, {"none", {}}};
  check.definition.ttl = -1ns;
  return command;
}

void goes_through_the_log(const Command& command) {
  const std::string bytes = encode(command);
  const auto read = decode_command(bytes);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((*read == command));
  BOOST_TEST(encode(*read) == bytes);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command)

BOOST_AUTO_TEST_CASE(a_registration_comes_out_of_the_log_as_it_went_in) {
  goes_through_the_log(full_registration());
  goes_through_the_log(Register{});
}

BOOST_AUTO_TEST_CASE(other_commands_come_out_of_the_log_as_they_went_in) {
  goes_through_the_log(Deregister{NodeName("n"), ServiceId("s"), CheckId("c"), PeerName("p")});
  goes_through_the_log(KvWrite{KvWrite::Verb::erase_tree, {1, "\xFF\x01", 2, "\0x", "s", {3, 4}}});
  goes_through_the_log(ReapTombstones{9});
  goes_through_the_log(DeleteConfig{"mesh", "mesh", 0});
  goes_through_the_log(DeleteConfig{"mesh", "mesh", std::nullopt});
}

BOOST_AUTO_TEST_CASE(config_entries_of_every_kind_come_out_of_the_log_as_they_went_in) {
  for (const char* body :
       {R"({"Kind":"proxy-defaults","Config":{}})", R"({"Kind":"proxy-defaults"})",
        R"({"Kind":"service-defaults","Name":"a","MaxRequestHeadersKB":7,
            "UpstreamConfig":{"Defaults":{"PassiveHealthCheck":{"Interval":"5s",
            "BaseEjectionTime":"0s"},"Limits":{"MaxConnections":0}}}})",
        R"({"Kind":"mesh","HTTP":{"Incoming":{}},"Meta":{"a":"b"}})",
        R"({"Kind":"exported-services","Name":"default","Services":[{"Name":"a",
            "Consumers":[{},{"Peer":"p"}]}]})",
        R"({"Kind":"service-intentions","Name":"a","Sources":[{"Name":"*","Peer":"p",
            "Permissions":[{"Action":"deny","HTTP":{"Methods":["get"]}}]}]})",
        R"({"Kind":"service-resolver","Name":"a","ConnectTimeout":"1m","Failover":{"*":{
            "Targets":[{"Peer":"p"}]}},"LoadBalancer":{"Policy":"maglev","HashPolicies":[{}]}})",
        R"({"Kind":"service-splitter","Name":"a","Splits":[{"Weight":33.33},{"Weight":66.67,
            "Service":"b","RequestHeaders":{"Set":{"x":"y"}}}]})",
        R"({"Kind":"service-router","Name":"a","Routes":[{"Destination":{"RetryOnStatusCodes":[502],
            "IdleTimeout":7}},{}]})",
        R"({"Kind":"tcp-route","Name":"a","Services":[{"Name":"b"}]})"}) {
    const auto entry =
        decode_config_entry(std::string_view(body)).and_then([](ConfigEntry decoded) {
          return normalize(std::move(decoded));
        });
    BOOST_REQUIRE_MESSAGE(entry.has_value(), body);
    BOOST_TEST_CONTEXT(body) { goes_through_the_log(UpsertConfig{*entry, 4}); }
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_command_are_refused) {
  for (const std::string& bytes : {std::string(), std::string("\xFF\xFF"), std::string("x")}) {
    BOOST_TEST(!decode_command(bytes).has_value());
  }
  const std::string whole = encode(full_registration());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    decode_command(std::string_view(whole).substr(0, length));  // any verdict, but no crash
  }
}

BOOST_AUTO_TEST_CASE(a_snapshot_restores_the_catalog) {
  store::Store store;
  CatalogTables tables(store);
  CatalogTables web(store, PartitionName("web"));
  store::Transaction transaction(store, 7);
  Register registration = full_registration();
  BOOST_REQUIRE(tables.apply(registration).has_value());
  BOOST_REQUIRE(tables.apply(KvWrite{KvWrite::Verb::set, {0, "k\xFF", 1, "v", "", {}}}));
  BOOST_REQUIRE(web.apply(KvWrite{KvWrite::Verb::set, {0, "k", 1, "v", "", {}}}));
  BOOST_REQUIRE(tables.apply(KvWrite{KvWrite::Verb::erase, {0, "k\xFF", 0, "", "", {}}}));
  const auto entry = decode_config_entry(R"({"Kind":"service-resolver","Name":"web"})");
  BOOST_REQUIRE(tables.apply(UpsertConfig{normalize(*entry).value(), std::nullopt}));
  transaction.commit();

  store::Store other;
  CatalogTables restored(other);
  CatalogTables restored_web(other, PartitionName("web"));
  store.save([&](std::string_view table, std::string_view row) {
    BOOST_TEST(other.load(table, row).has_value());
  });
  BOOST_TEST(other.digest() == store.digest());
  const Service* service = restored.services.find(peer_key({}, {"n", "web-1"}));
  BOOST_REQUIRE(service != nullptr);
  BOOST_TEST((*service == *tables.services.find(peer_key({}, {"n", "web-1"}))));
  BOOST_TEST(restored_web.kv.size() == 1U);
  BOOST_TEST(restored.tombstones.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
