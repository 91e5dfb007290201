#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "exporter_fixture.hpp"
#include "golden_resources.hpp"
#include "stream_fixture.hpp"

// The streams of a real acceptor and a real dialer: the catalog is changed as the recording says,
// the peer's messages go into our stream, and exporter and stream together must send the same of
// each resource, in the same order and under the same nonces.

namespace peerlab::peering {
namespace {

using catalog::Deregister;
using peerlab::tests::golden_events;

/// The responses that went out, or were recorded, since the last step.
using Told = std::vector<Response>;
using Step = std::function<void()>;
using Script = std::vector<std::pair<std::string, Step>>;

/// Plays a recording: `script` says what each step did to the catalog.
class Recording : public ExporterFixture {
 public:
  explicit Recording(const std::string& peer, Side side = Side::acceptor)
      : ExporterFixture(peer),
        stream(side == Side::acceptor
                   ? PeerStream::acceptor(tracker)
                   : PeerStream::dialer(tracker, {tests::our_id, tests::their_id, {}, {}})) {
    give(Opened{});
  }

  void tell(const Exporter::Outputs& outputs) {
    for (const auto& output : outputs) {
      std::visit([&](const auto& change) { give(change); }, output);
    }
  }
  void doing(const catalog::Command& command) { tell(write(command)); }

  void play(const std::string& file, Script script) {
    Told recorded;
    std::string at = "before the first step";
    const auto compare = [&] {
      BOOST_TEST_CONTEXT(at) { check_equal(std::exchange(told, {}), std::exchange(recorded, {})); }
    };
    auto next = script.begin();
    for (const auto& event : golden_events(file)) {
      if (event.step.empty() && !event.from_consul) give(Received{event.message});
      if (event.from_consul && event.response() != nullptr) recorded.push_back(*event.response());
      if (event.step.empty()) continue;
      compare();
      at = event.step;
      if (next == script.end() || !event.step.starts_with(next->first)) continue;
      next->second();
      ++next;
    }
    compare();
    BOOST_TEST((next == script.end()),
               "never came to: " << (next == script.end() ? "" : next->first));
  }

  StreamTracker tracker;
  PeerStream stream;
  Told told;

 private:
  /// Time stands still: nothing here depends on it.
  void give(const Input& input) {
    for (const Output& output : stream.step(tests::start, input)) {
      if (std::holds_alternative<CheckOpen>(output)) give(tests::good_facts());
      if (std::holds_alternative<Import>(output)) give(ImportApplied{});
      const auto* send = std::get_if<Send>(&output);
      if (send == nullptr) continue;
      if (const auto* response = std::get_if<Response>(&send->message)) told.push_back(*response);
    }
  }

  static std::vector<std::string> names(const Told& told) {
    std::vector<std::string> out;
    for (const Response& response : told) out.push_back(response.resource_id);
    std::ranges::sort(out);
    return out;
  }
  static std::vector<std::string> nonces(const Told& told) {
    std::vector<std::string> out;
    for (const Response& response : told) out.push_back(response.nonce.value());
    return out;
  }

  static void check_equal(const Told& ours, const Told& recorded) {
    BOOST_TEST(names(ours) == names(recorded), boost::test_tools::per_element());
    BOOST_TEST(nonces(ours) == nonces(recorded), boost::test_tools::per_element());
    // The order between resources is that of maps in Consul.
    for (const Response& response : recorded) {
      const std::string& id = response.resource_id;
      BOOST_TEST_CONTEXT(id) { BOOST_CHECK(story_of(ours, id) == story_of(recorded, id)); }
    }
  }

  static std::vector<Any> story_of(const Told& told, const std::string& id) {
    std::vector<Any> out;
    for (const Response& response : told) {
      if (response.resource_id == id) out.push_back(response.resource.value());
    }
    return out;
  }
};

/// The roots that the recorded cluster told last, or first.
PeeringTrustBundle recorded_bundle(const std::string& file, bool last) {
  PeeringTrustBundle bundle;
  for (const auto& event : golden_events(file)) {
    if (!event.from_consul || event.response() == nullptr) continue;
    if (const auto* found = std::get_if<PeeringTrustBundle>(&event.resource())) {
      bundle = *found;
      if (!last) break;
    }
  }
  return bundle;
}

void add_consul(Recording& at) {
  at.write(at.registration(at.node("s1", "127.0.1.11"), at.service("consul", "consul", 8300)));
}

catalog::OtherEntry terminating_gateway(const std::string& service) {
  catalog::Json::Object linked;
  linked["Name"] = service;
  catalog::OtherEntry entry;
  entry.kind = "terminating-gateway";
  entry.name = "tgw";
  entry.body["Services"] = catalog::Json::Array{linked};
  return entry;
}

BOOST_AUTO_TEST_SUITE(exporter_golden)

BOOST_AUTO_TEST_CASE(the_lifecycle_of_an_exported_service,
                     *boost::unit_test::label("C-151") * boost::unit_test::label("C-152") *
                         boost::unit_test::label("C-159") * boost::unit_test::label("C-160") *
                         boost::unit_test::label("C-161") * boost::unit_test::label("C-162") *
                         boost::unit_test::label("C-163") * boost::unit_test::label("C-164") *
                         boost::unit_test::label("C-165") * boost::unit_test::label("C-166") *
                         boost::unit_test::label("C-167") * boost::unit_test::label("C-169") *
                         boost::unit_test::label("C-170") * boost::unit_test::label("C-171") *
                         boost::unit_test::label("C-172") * boost::unit_test::label("C-173") *
                         boost::unit_test::label("C-174") * boost::unit_test::label("C-175") *
                         boost::unit_test::label("C-176") * boost::unit_test::label("C-178") *
                         boost::unit_test::label("C-180") * boost::unit_test::label("C-181") *
                         boost::unit_test::label("C-204")) {
  const std::string file = "stream-acceptor-lifecycle.jsonl";
  Recording r("wire-1");
  r.own.bundle.root_pems = recorded_bundle(file, false).root_pems;
  add_consul(r);

  catalog::Node n1 = r.node("n1", "10.0.0.1");
  n1.id = catalog::NodeId("11111111-aaaa-bbbb-cccc-000000000001");
  n1.tagged_addresses = {{"lan", "10.0.0.1"}, {"wan", "198.51.100.1"}};
  n1.meta = {{"rack", "r1"}, {"zone", "z"}};
  catalog::Service web1 = r.service("web", "web-1", 8080);
  web1.tags = {"v1", "blue"};
  web1.address = "10.0.0.11";
  web1.tagged_addresses["wan"] = {"198.51.100.11", 80};
  web1.meta = {{"a", "b"}, {"version", "1"}};
  web1.weights = {10, 2};
  web1.enable_tag_override = true;
  catalog::Service web0 = r.service("web", "web-0", 8081);
  web0.locality = catalog::Locality{"us-east-1", "us-east-1a"};
  catalog::Node g1 = r.node("g1", "10.0.0.9");
  g1.tagged_addresses["wan"] = "198.51.100.9";
  catalog::Service gw1 = r.gateway("gw-1", 8443);
  gw1.tagged_addresses = {{"lan", {"10.0.0.9", 8443}}, {"wan", {"198.51.100.99", 443}}};
  catalog::Service gw0 = r.gateway("mesh-gateway", 8444);
  gw0.weights = {3, 1};
  const auto checks = [&](std::vector<catalog::Check> list) {
    r.doing(r.registration(n1, {}, std::move(list)));
  };
  const auto through_gateways = [&](bool on) {
    catalog::MeshConfig mesh;
    mesh.peering = catalog::MeshPeering{on};
    r.doing(catalog::UpsertConfig{mesh, {}});
  };

  r.play(
      file,
      {
          {"dialer opens", [&] { r.tell(r.start()); }},
          {"export web", [&] { r.tell(r.export_to("wire-1", {"web"})); }},
          {"register web-1 on node n1", [&] { r.doing(r.registration(n1, web1)); }},
          {"register node check",
           [&] {
             checks({r.check("n1", "node", "passing"), r.check("n1", "svc", "warning", "web-1")});
           }},
          {"service check becomes critical",
           [&] { checks({r.check("n1", "svc", "critical", "web-1")}); }},
          {"only the output",
           [&] {
             catalog::Check check = r.check("n1", "svc", "critical", "web-1");
             check.output = "other";
             checks({check});
           }},
          {"node maintenance", [&] { checks({r.check("n1", "_node_maintenance", "critical")}); }},
          {"node maintenance ends",
           [&] {
             r.doing(Deregister{NodeName("n1"), {}, catalog::CheckId("_node_maintenance"), {}});
           }},
          {"register second and third instance",
           [&] {
             r.doing(r.registration(r.node("n2", "10.0.0.2"), r.service("web", "web-2", 8080)));
             r.doing(r.registration(n1, web0));
           }},
          {"register a sidecar proxy", [&] { r.doing(r.registration(n1, r.sidecar("web"))); }},
          {"register a mesh gateway", [&] { r.doing(r.registration(g1, gw1)); }},
          {"gateway check passing",
           [&] {
             r.doing(r.registration(g1, {}, {r.check("g1", "gw", "passing", "gw-1")}));
             r.doing(r.registration(g1, {}, {r.check("g1", "gw", "critical", "gw-1")}));
           }},
          {"a second gateway", [&] { r.doing(r.registration(r.node("g0", "10.0.0.8"), gw0)); }},
          {"service-defaults: protocol http",
           [&] {
             r.tell(r.protocol("web", "http"));
             r.tell(r.protocol("other", "http"));
           }},
          {"service-resolver of web", [&] { r.tell(r.resolver("web", "other")); }},
          {"resolver deleted",
           [&] {
             r.doing(catalog::DeleteConfig{"service-resolver", "web", {}});
             r.tell(r.protocol("web", "tcp"));
             r.tell(r.protocol("other", "tcp"));
             r.tell(r.resolver("web", "other"));
           }},
          {"export also api",
           [&] {
             r.tell(r.resolver("api"));
             r.tell(r.export_to("wire-1", {"web", "api", "nochain"}));
           }},
          {"un-export web",
           [&] {
             r.tell(r.export_to("wire-1", {"api", "nochain"}));
           }},
          {"export web again",
           [&] {
             r.tell(r.export_to("wire-1", {"web", "api"}));
           }},
          {"wildcard export", [&] { r.tell(r.export_to("wire-1", {"*"})); }},
          {"gateways go away",
           [&] {
             r.doing(Deregister{NodeName("g0"), {}, {}, {}});
             r.doing(Deregister{NodeName("g1"), {}, {}, {}});
             r.doing(Deregister{NodeName("n1"), {}, {}, {}});
           }},
          {"deregister all instances",
           [&] {
             r.doing(Deregister{NodeName("n2"), {}, {}, {}});
           }},
          {"delete the exported-services",
           [&] {
             r.doing(catalog::DeleteConfig{"exported-services", "default", {}});
           }},
          {"mesh entry", [&] { through_gateways(true); }},
          {"a gateway is registered", [&] { r.doing(r.registration(g1, gw1)); }},
          {"PeerThroughMeshGateways off", [&] { through_gateways(false); }},
      });
}

BOOST_AUTO_TEST_CASE(wildcards_native_services_gateways_and_chains,
                     *boost::unit_test::label("C-154") * boost::unit_test::label("C-155") *
                         boost::unit_test::label("C-156") * boost::unit_test::label("C-157") *
                         boost::unit_test::label("C-158") * boost::unit_test::label("C-168") *
                         boost::unit_test::label("C-177")) {
  const std::string file = "stream-acceptor-more.jsonl";
  Recording r("wire-2");
  r.own.bundle.root_pems = recorded_bundle(file, false).root_pems;
  add_consul(r);
  const catalog::Node n1 = r.node("n1", "10.0.0.1");
  catalog::Service nat = r.service("nat", "nat-1", 80);
  nat.connect.native = true;
  r.export_to("wire-2", {"*"});
  r.write(r.registration(n1, r.service("web", "web-1", 80)));
  r.write(r.registration(r.node("g1", "10.0.0.9"), r.gateway("gw-1", 8443)));
  r.resolver("chainonly");

  r.play(file, {
                   {"wildcard export", [&] { r.tell(r.start()); }},
                   {"resolver for chainonly", [&] { r.tell(r.resolver("chainonly")); }},
                   {"register connect-native",
                    [&] { r.doing(r.registration(r.node("nat", "10.0.0.5"), nat)); }},
                   {"terminating gateway",
                    [&] {
                      r.doing(catalog::UpsertConfig{terminating_gateway("ext"), {}});
                    }},
                   {"explicit export of ext",
                    [&] {
                      r.tell(r.export_to("wire-2", {"web", "ext"}));
                      r.tell(r.resolver("web", "consul"));
                    }},
                   {"failover of web to nat", [&] { r.tell(r.resolver("web", "nat")); }},
                   {"failover of web to consul", [&] { r.tell(r.resolver("web", "consul")); }},
                   {"check with an unknown status",
                    [&] {
                      r.doing(r.registration(n1, {}, {r.check("n1", "odd", "weird", "web-1")}));
                      r.doing(Deregister{NodeName("n1"), {}, catalog::CheckId("odd"), {}});
                    }},
                   {"subset resolver and splitter",
                    [&] {
                      r.tell(r.protocol("web", "http"));
                      catalog::ServiceResolver resolver;
                      resolver.name = "web";
                      resolver.subsets["v1"].filter = "Service.Meta.version == v1";
                      resolver.subsets["v2"].filter = "Service.Meta.version == v2";
                      r.doing(catalog::UpsertConfig{resolver, {}});
                      catalog::ServiceSplitter splitter;
                      splitter.name = "web";
                      splitter.splits = {{50, "web", "v1", {}, {}, {}, {}},
                                         {50, "web", "v2", {}, {}, {}, {}}};
                      r.doing(catalog::UpsertConfig{splitter, {}});
                    }},
                   {"CA root rotation",
                    [&] {
                      r.own.bundle.root_pems = recorded_bundle(file, true).root_pems;
                      r.tell(r.exporter.roots_changed(r.source()));
                    }},
                   {"service consul named explicitly",
                    [&] {
                      r.tell(r.export_to("wire-2", {"consul", "x-sidecar-proxy"}));
                      r.doing(catalog::DeleteConfig{"exported-services", "default", {}});
                    }},
               });
}

// A dialer is an exporter, too.
BOOST_AUTO_TEST_CASE(what_a_dialer_exports) {
  const std::string file = "stream-dialer-lifecycle.jsonl";
  Recording r("a-peer", Side::dialer);
  r.own.datacenter = DatacenterName("dc2");
  r.own.bundle.trust_domain = TrustDomain("b286c8b1-df73-4ec5-3ea0-3732ec387590.consul");
  r.own.bundle.root_pems = recorded_bundle(file, false).root_pems;
  r.ready_servers[0].node.address = "127.0.1.12";
  catalog::Node bn1 = r.node("bn1", "10.2.0.1");
  bn1.datacenter = r.own.datacenter;
  catalog::Node bn2 = r.node("bn2", "10.2.0.2");
  bn2.datacenter = r.own.datacenter;
  r.write(r.registration(bn1, r.service("pay", "pay-1", 9090)));
  r.export_to("a-peer", {"pay"});
  r.play(file, {{"the dialer (Consul) opens", [&] { r.tell(r.start()); }},
                {"register a second instance of pay", [&] {
                   r.doing(r.registration(bn2, r.service("pay", "pay-2", 9091)));
                   r.doing(catalog::DeleteConfig{"exported-services", "default", {}});
                 }}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
