#include "peerlab/catalog/config_text.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "peerlab/text/hcl.hpp"
#include "peerlab/text/yaml.hpp"

using namespace peerlab;
using namespace peerlab::catalog;

namespace {

/// A text and what came of it.
struct Written {
  text::Sources sources;
  text::Diagnostics diagnostics;

  text::Node hcl(std::string content) {
    const auto file = sources.add("entry.hcl", std::move(content));
    auto node = text::read_hcl(sources, file, diagnostics);
    BOOST_REQUIRE(node.has_value());
    return std::move(*node);
  }
  text::Node yaml(std::string content) {
    const auto file = sources.add("entry.yaml", std::move(content));
    auto node = text::read_yaml(sources, file, diagnostics);
    BOOST_REQUIRE(node.has_value());
    return std::move(*node);
  }

  /// Each problem with the text that it points at.
  std::string told(const ReadEntry& entry) const {
    BOOST_REQUIRE(!entry.has_value());
    std::string out;
    for (const EntryProblem& problem : entry.error()) {
      out += std::string(sources.text(problem.span)) + " | " + problem.text + "\n";
    }
    return out;
  }
};

std::string shown(const ReadEntry& entry) {
  BOOST_REQUIRE_MESSAGE(entry.has_value(), entry.error().front().text);
  auto json = nlohmann::ordered_json::parse(to_json_text(*entry));
  for (const char* key : {"Hash", "CreateIndex", "ModifyIndex"}) json.erase(key);
  return json.dump();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(config_text, Written)

BOOST_AUTO_TEST_CASE(an_entry_in_hcl_is_that_in_json, *boost::unit_test::label("H-155")) {
  const auto node = hcl(R"(
    Kind = "service-resolver"
    name = "api"
    connect_timeout = "5s"
    subsets { v1 { filter = "Service.Meta.v == 1"  OnlyPassing = true } }
    failover = { "*" = { targets = [{ peer = "to-alpha" }, { service = "b" }] } }
  )");
  BOOST_TEST(shown(read_config_entry(node)) ==
             R"({"ConnectTimeout":"5s","Kind":"service-resolver","Name":"api",)"
             R"("Subsets":{"v1":{"Filter":"Service.Meta.v == 1","OnlyPassing":true}},)"
             R"("Failover":{"*":{"Targets":[{"Peer":"to-alpha"},{"Service":"b"}]}}})");
}

BOOST_AUTO_TEST_CASE(repeated_blocks_make_a_list_and_one_block_does_too) {
  const auto node = hcl(R"(
    Kind = "service-intentions"
    Name = "api"
    Sources { Name = "web"  Peer = "east"  Action = "allow" }
    Sources { Name = "*"  Permissions { Action = "deny"  HTTP { PathPrefix = "/admin" } } }
  )");
  BOOST_TEST(shown(read_config_entry(node)) ==
             R"({"Kind":"service-intentions","Name":"api","Sources":[{"Name":"web",)"
             R"("Action":"allow","Precedence":9,"Type":"consul","Peer":"east"},{"Name":"*",)"
             R"("Permissions":[{"Action":"deny","HTTP":{"PathPrefix":"/admin"}}],"Precedence":8,)"
             R"("Type":"consul"}]})");
}

BOOST_AUTO_TEST_CASE(numbers_keep_their_value_whatever_their_spelling) {
  const auto node = hcl(R"(
    Kind = "proxy-defaults"
    Name = "global"
    Config { a = 0x10  b = 1.50  c = "7"  d = [1, 2e3]  CamelCase = true }
  )");
  BOOST_TEST(shown(read_config_entry(node)) ==
             R"({"Kind":"proxy-defaults","Name":"global","Config":{"CamelCase":true,"a":16,)"
             R"("b":1.5,"c":"7","d":[1,2000]},"TransparentProxy":{},"MeshGateway":{},)"
             R"("Expose":{},"AccessLogs":{}})");
}

BOOST_AUTO_TEST_CASE(every_unknown_key_is_told_at_its_place, *boost::unit_test::label("H-158")) {
  const auto node = hcl(R"(
    Kind = "service-intentions"
    Name = "api"
    Colour = "red"
    Sources = [{ Name = "web", Action = "allow" }, { Name = "b", Namespace = "x" }]
  )");
  BOOST_TEST(told(read_config_entry(node)) ==
             "Namespace | invalid config key \"Sources[1].Namespace\", namespaces are a consul "
             "enterprise feature\n"
             "Colour | invalid config key \"Colour\"\n");
}

BOOST_AUTO_TEST_CASE(a_value_that_cannot_be_read_is_told_at_its_key) {
  const auto node = hcl(R"(
    Kind = "service-router"
    Name = "web"
    Routes = [{}, { Destination { RequestTimeout = "soon" } }]
  )");
  BOOST_TEST(told(read_config_entry(node)) ==
             "RequestTimeout | 'Routes[1].Destination.RequestTimeout' time: invalid duration\n");
}

BOOST_AUTO_TEST_CASE(a_rule_that_is_broken_is_told_at_the_place_that_it_names) {
  const auto node = hcl(R"(
    Kind = "exported-services"
    Name = "default"
    Services = [{ Name = "a", Consumers = [{ Peer = "p" }, { Peer = "*" }] }]
  )");
  BOOST_TEST(told(read_config_entry(node)) ==
             "{ Peer = \"*\" } | Services[0].Consumers[1]: exporting to all peers (wildcard) is "
             "not supported\n");
}

BOOST_AUTO_TEST_CASE(a_custom_resource_becomes_the_entry_of_its_kind) {
  const auto node = yaml(R"(
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceIntentions
metadata: { name: whatever }
spec:
  destination: { name: api }
  sources: [{ name: web, peer: to-beta, action: allow }]
)");
  BOOST_TEST(is_custom_resource(node));
  BOOST_TEST(shown(read_custom_resource(node, DatacenterName("dc1"))) ==
             R"({"Kind":"service-intentions","Name":"api","Sources":[{"Name":"web",)"
             R"("Action":"allow","Precedence":9,"Type":"consul","Peer":"to-beta"}],)"
             R"("Meta":{"consul.hashicorp.com/source-datacenter":"dc1",)"
             R"("external-source":"kubernetes"}})");
}

BOOST_AUTO_TEST_CASE(a_mesh_resource_has_no_name_inside) {
  const auto node = yaml(R"(
apiVersion: consul.hashicorp.com/v1alpha1
kind: Mesh
metadata: { name: mesh }
spec: { peering: { peerThroughMeshGateways: true } }
)");
  BOOST_TEST(shown(read_custom_resource(node, DatacenterName("dc1"))) ==
             R"({"Kind":"mesh","TransparentProxy":{"MeshDestinationsOnly":false},)"
             R"("Peering":{"PeerThroughMeshGateways":true},)"
             R"("Meta":{"consul.hashicorp.com/source-datacenter":"dc1",)"
             R"("external-source":"kubernetes"}})");
}

// Datacenter 5.2
BOOST_AUTO_TEST_CASE(what_a_partition_exports_bears_its_name) {
  const EntryHome web{PartitionName("web")};
  const auto named = [this](const std::string& name) {
    return yaml("Kind: exported-services\nName: " + name +
                "\nServices: [{ Name: api, Consumers: [{ Peer: east }] }]\n");
  };
  BOOST_TEST(read_config_entry(named("web"), web).has_value());
  BOOST_TEST(told(read_config_entry(named("default"), web)) ==
             "Name | exported-services Name must be \"web\"\n");
  BOOST_TEST(told(read_config_entry(named("web"))) ==
             "Name | exported-services Name must be \"default\"\n");
}

BOOST_AUTO_TEST_CASE(a_custom_resource_of_another_name_or_kind_is_refused) {
  const auto exported = yaml(R"(
kind: ExportedServices
metadata: { name: other }
)");
  BOOST_TEST(told(read_custom_resource(exported, DatacenterName("dc1"))) ==
             "other | exportedservices resource name must be \"default\"\n");
  const EntryHome web{PartitionName("web")};
  BOOST_TEST(told(read_custom_resource(exported, DatacenterName("dc1"), web)) ==
             "other | exportedservices resource name must be \"web\"\n");
  const auto pod = yaml("kind: Pod\nmetadata: { name: x }\n");
  BOOST_TEST(told(read_custom_resource(pod, DatacenterName("dc1"))) ==
             "Pod | Pod is no config entry of Consul\n");
}

BOOST_AUTO_TEST_SUITE_END()
