// Calls through two clusters, hop by hop, with real certificates: L calls s2 of R.

#include "peerlab/mesh/hop.hpp"

#include <boost/test/unit_test.hpp>
#include <ostream>

#include "peerlab/mesh/config_entries.hpp"
#include "peerlab/mesh/peer_meta.hpp"
#include "peerlab/trust/authority.hpp"
#include "peerlab/trust/entropy.hpp"

namespace peerlab::mesh {

std::ostream& operator<<(std::ostream& out, Refused why) { return out << to_text(why); }
std::ostream& operator<<(std::ostream& out, const HttpAnswer& answer) {
  return out << answer.status << " " << answer.body;
}

namespace {

using boost::unit_test::label;
using namespace std::chrono_literals;

constexpr Instant now = Instant{} + 1h;
const ServiceName web("web");
const ServiceName s2("s2");
const PeerName to_west("to-west");
const PeerName from_east("from-east");

catalog::CheckServiceNode node(std::string kind, std::string name, std::string address,
                               std::int64_t port) {
  catalog::CheckServiceNode out;
  out.service.kind = std::move(kind);
  out.service.service = ServiceName(std::move(name));
  out.service.address = std::move(address);
  out.service.port = port;
  return out;
}

/// One cluster with a CA, and whatever leaves are asked for.
struct Side {
  Side(std::string datacenter, std::string id, std::uint64_t seed) : random(seed) {
    trust::CaConfig config;
    config.cluster_id = std::move(id);
    const trust::EntropyScope scope(random);
    ca = trust::make_ca(config, Instant{});
    own.datacenter = DatacenterName(std::move(datacenter));
    own.bundle = ca.bundle();
  }

  trust::Leaf leaf(const trust::SpiffeId& id) {
    return trust::Signer(ca, own.datacenter)
        .issue(id, ca.next_serial++, now, random.fork(trust::to_uri(id)))
        .value();
  }
  trust::Leaf service(const ServiceName& name) {
    return leaf(service_identity(own, {name, {}, {}}));
  }
  trust::Leaf gateway() {
    return leaf(trust::MeshGatewayIdentity{own.bundle.trust_domain, {}, own.datacenter});
  }
  trust::TrustBundle bundle_for(const PeerName& peer) const {
    trust::TrustBundle out = own.bundle;
    out.peer = peer;
    return out;
  }

  Random random;
  trust::CaState ca;
  OwnCluster own;
};

/// The seed diagram of a call: web in L has an upstream s2 in R, both have a gateway.
struct Call {
  explicit Call(std::string protocol, std::string mode = {}) {
    const trust::ServiceRef target{s2, {}, {}};
    auto synthetic = node("connect-proxy", "s2-sidecar-proxy", "10.2.0.9", 8443);
    synthetic.service.tagged_addresses["wan"] = {"198.18.2.9", 443};
    synthetic.service.connect.peer_meta = peer_meta(right.own, target, from_east, protocol);

    caller.cluster = left.own;
    caller.proxy = node("connect-proxy", "web-sidecar-proxy", "10.1.0.1", 21000).service;
    caller.proxy.proxy.destination_service_name = web;
    caller.local_gateways = {node("mesh-gateway", "mesh-gateway", "10.1.0.9", 8443)};
    UpstreamFacts upstream;
    upstream.upstream.destination_name = s2;
    upstream.upstream.destination_peer = to_west;
    upstream.upstream.local_bind_port = 5000;
    upstream.mode = std::move(mode);
    upstream.instances = {synthetic};
    upstream.peer_bundle = right.bundle_for(to_west);
    caller.upstreams = {upstream};

    near.cluster = left.own;
    near.gateway = caller.local_gateways.front().service;
    near.services = {{target, to_west, {synthetic}}};

    auto sidecar = node("connect-proxy", "s2-sidecar-proxy", "10.2.0.2", 21000);
    sidecar.service.proxy.destination_service_name = s2;
    sidecar.service.proxy.local_service_port = 9000;
    far.cluster = right.own;
    far.gateway = node("mesh-gateway", "mesh-gateway", "10.2.0.9", 8443).service;
    far.exports = {{target, {from_east}, protocol}};
    far.peer_bundles = {left.bundle_for(from_east)};
    far.services = {{target, {}, {sidecar}}};

    called.cluster = right.own;
    called.proxy = sidecar.service;
    called.protocol = std::move(protocol);
    called.inbound_bundles = far.peer_bundles;
    Intention allow;
    allow.destination = target;
    allow.source.name = web;
    allow.source.peer = from_east;
    allow.action = Action::allow;
    called.intentions = {allow};
  }

  /// The addresses on the way, or where and why the call ends.
  std::string tcp(const Mutants& mutants = {}) {
    const auto first = dial_upstream(sidecar_config(caller, mutants), {s2, to_west}, balancer);
    if (!first) return story_ + ended(first.error());
    std::string next = visit(first->next);
    if (next == "10.1.0.9:8443") {
      const auto relayed = pass_through(gateway_config(near, mutants), first->tls->sni, balancer);
      if (!relayed) return story_ + ended(relayed.error());
      next = visit(relayed->dial.next);
    }
    const auto passed = pass_through(gateway_config(far, mutants), first->tls->sni, balancer);
    if (!passed) return story_ + ended(passed.error());
    BOOST_TEST((passed->terminates == nullptr));
    visit(passed->dial.next);
    const auto config = sidecar_config(called, mutants);
    const auto server = accept_server(*first->tls, served.chain(), now, roots);
    if (!server) return story_ + "caller: " + ended(server.error());
    const auto client =
        accept_client(*inbound_listener(config)->chains.front().tls, presented.chain(), now, roots);
    if (!client) return story_ + "called: " + ended(client.error());
    const auto admitted = admit(config, *client, nullptr, mutants);
    if (!admitted) return story_ + ended(admitted.error());
    visit(dial_app(config, balancer)->next);
    return story_;
  }

  std::string http(const Mutants& mutants = {}, HttpRequest request = {}) {
    const auto first = dial_upstream(sidecar_config(caller, mutants), {s2, to_west}, balancer);
    if (!first) return story_ + ended(first.error());
    BOOST_TEST(first->http);
    visit(first->next);
    const auto gateway = gateway_config(far, mutants);
    const auto passed = pass_through(gateway, first->tls->sni, balancer);
    if (!passed) return story_ + ended(passed.error());
    BOOST_REQUIRE(passed->terminates != nullptr);
    const auto server = accept_server(*first->tls, gateway_leaf.chain(), now, roots);
    if (!server) return story_ + "caller: " + ended(server.error());
    const auto client = accept_client(*passed->terminates, presented.chain(), now, roots);
    if (!client) return story_ + "gateway: " + ended(client.error());
    const auto forwarded =
        forward_exported(std::move(request), gateway_leaf.id(), presented.chain(), mutants);
    visit(passed->dial.next);
    const auto inner = accept_server(*passed->dial.tls, served.chain(), now, roots);
    if (!inner) return story_ + "gateway: " + ended(inner.error());
    const auto config = sidecar_config(called, mutants);
    const auto second = accept_client(*inbound_listener(config)->chains.front().tls,
                                      gateway_leaf.chain(), now, roots);
    if (!second) return story_ + "called: " + ended(second.error());
    const auto admitted = admit(config, *second, &forwarded, mutants);
    if (!admitted) return story_ + ended(admitted.error());
    visit(dial_app(config, balancer)->next);
    seen_by_app = xfcc_for_app(config, forwarded.headers.at("x-forwarded-client-cert"), served.id(),
                               gateway_leaf.chain());
    return story_;
  }

  std::string visit(const Address& address) {
    story_ += to_text(address) + " ";
    return to_text(address);
  }

  static std::string ended(const Refusal& refusal) {
    return std::string(to_text(refusal.why)) + ": " + refusal.detail;
  }

  Side left{"east", "11111111-2222-3333-4444-555555555555", 1};
  Side right{"west", "66666666-7777-8888-9999-aaaaaaaaaaaa", 2};
  trust::Leaf presented = left.service(web);
  trust::Leaf served = right.service(s2);
  trust::Leaf gateway_leaf = right.gateway();
  SidecarFacts caller;
  GatewayFacts near;
  GatewayFacts far;
  SidecarFacts called;
  std::string seen_by_app;

 private:
  Balancer balancer;
  RootCache roots;
  std::string story_;
};

bool says(const std::string& story, std::string_view words) {
  return story.find(words) != story.npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_call_to_a_peer)

BOOST_AUTO_TEST_CASE(goes_to_the_far_gateway_and_on_to_the_service,
                     *label("T-049") * label("T-086")) {
  BOOST_TEST(Call("tcp").tcp() == "198.18.2.9:443 10.2.0.2:21000 127.0.0.1:9000 ");
  BOOST_TEST(Call("tcp", "none").tcp() == "198.18.2.9:443 10.2.0.2:21000 127.0.0.1:9000 ");
}

BOOST_AUTO_TEST_CASE(goes_through_the_near_gateway_in_mode_local,
                     *label("T-051") * label("T-067") * label("T-088")) {
  BOOST_TEST(Call("tcp", "local").tcp() ==
             "10.1.0.9:8443 198.18.2.9:443 10.2.0.2:21000 127.0.0.1:9000 ");
}

BOOST_AUTO_TEST_CASE(over_http_ends_tls_at_the_far_gateway, *label("T-064") * label("T-087")) {
  BOOST_TEST(Call("http").http() == "198.18.2.9:443 10.2.0.2:21000 127.0.0.1:9000 ");
  BOOST_TEST(Call("grpc").http() == "198.18.2.9:443 10.2.0.2:21000 127.0.0.1:9000 ");
}

BOOST_AUTO_TEST_CASE(tells_the_application_who_calls,
                     *label("T-089") * label("T-090") * label("T-091") * label("T-092")) {
  Call call("http");
  HttpRequest request;
  request.headers["x-forwarded-client-cert"] = "By=x;URI=spiffe://forged";
  call.http({}, request);
  BOOST_TEST(first_uri(call.seen_by_app) == trust::to_uri(call.presented.id()));
  const auto second = call.seen_by_app.substr(call.seen_by_app.find(',') + 1);
  BOOST_TEST(first_uri(second) == trust::to_uri(call.gateway_leaf.id()));
  BOOST_TEST(second.find(',') == second.npos);

  Call grpc("grpc");
  grpc.http();
  BOOST_TEST(grpc.seen_by_app == "");
  Call sanitized("http");
  sanitized.called.sanitize_xfcc = true;
  sanitized.http();
  BOOST_TEST(sanitized.seen_by_app == "");
}

BOOST_AUTO_TEST_CASE(without_an_export_ends_at_the_far_gateway, *label("T-066")) {
  Call call("tcp");
  call.far.exports.clear();
  BOOST_TEST(
      says(call.tcp(), "198.18.2.9:443 unknown SNI: s2.default.default.from-east.external."));
}

BOOST_AUTO_TEST_CASE(without_an_import_has_no_endpoint) {
  Call call("tcp");
  call.caller.upstreams.front().instances.clear();
  BOOST_TEST(says(call.tcp(), "no healthy upstream: s2.default.to-west.external."));
}

BOOST_AUTO_TEST_CASE(without_a_bundle_has_no_listener, *label("T-093")) {
  Call call("tcp");
  call.caller.upstreams.front().peer_bundle.reset();
  BOOST_TEST(call.tcp() == "no listener: upstream s2?peer=to-west");
}

BOOST_AUTO_TEST_CASE(without_a_near_gateway_fails_in_mode_local, *label("T-052")) {
  Call call("tcp", "local");
  call.caller.local_gateways.clear();
  BOOST_TEST(says(call.tcp(), "no healthy upstream"));
}

BOOST_AUTO_TEST_CASE(of_a_service_that_nobody_allows_is_denied, *label("T-103") * label("T-073")) {
  Call tcp("tcp");
  tcp.called.intentions.clear();
  BOOST_TEST(tcp.tcp() ==
             "198.18.2.9:443 10.2.0.2:21000 denied by intention: default intention policy");
  Call http("http");
  http.called.intentions.front().action = Action::deny;
  BOOST_TEST(http.http() ==
             "198.18.2.9:443 10.2.0.2:21000 denied by intention: intention for web "
             "of peer from-east");
}

BOOST_AUTO_TEST_CASE(accepts_no_instance_of_another_name, *label("T-044")) {
  Call call("tcp");
  call.served = call.right.service(ServiceName("other"));
  BOOST_TEST(says(call.tcp(), "caller: TLS handshake failed: wrong name in certificate"));
  Call again("tcp");
  again.served = again.right.service(ServiceName("other"));
  BOOST_TEST(says(again.tcp({Mutant::HB_116}), "127.0.0.1:9000"));
}

BOOST_AUTO_TEST_CASE(accepts_no_server_of_the_own_cluster, *label("T-043")) {
  Call call("tcp");
  call.served = call.left.service(s2);
  BOOST_TEST(says(call.tcp(), "caller: TLS handshake failed: unknown authority"));
}

BOOST_AUTO_TEST_CASE(of_a_peer_it_is_not_exported_to_is_refused, *label("T-038") * label("T-065")) {
  Call tcp("tcp");
  tcp.called.inbound_bundles = {Side("north", "bbbbbbbb", 3).bundle_for(PeerName("north"))};
  BOOST_TEST(says(tcp.tcp(), "called: TLS handshake failed: unknown trust domain"));
  Call http("http");
  http.far.peer_bundles.clear();
  BOOST_TEST(says(http.http(), "gateway: TLS handshake failed: unknown trust domain"));
}

BOOST_AUTO_TEST_CASE(with_an_expired_certificate_is_refused) {
  Call call("tcp");
  call.presented = trust::Signer(call.left.ca, call.left.own.datacenter)
                       .issue(call.presented.id(), 77, now - 100h, Random(1))
                       .value();
  BOOST_TEST(says(call.tcp(), "called: TLS handshake failed: certificate expired"));
}

BOOST_AUTO_TEST_CASE(needs_a_gateway_identity_for_http) {
  Call call("http");
  call.far.has_leaf = false;
  BOOST_TEST(says(call.http(), "unknown SNI"));
  BOOST_TEST(says(Call("http").http({Mutant::HB_110}), "unknown SNI"));
}

BOOST_AUTO_TEST_CASE(whose_name_is_lost_at_the_gateway_is_denied) {
  BOOST_TEST(says(Call("http").http({Mutant::HB_095}), "denied by intention"));
}

BOOST_AUTO_TEST_CASE(over_grpc_is_denied_where_the_header_goes_first) {
  BOOST_TEST(says(Call("grpc").http({Mutant::QT_01}), "denied by intention"));
  BOOST_TEST(!says(Call("http").http({Mutant::QT_01}), "denied by intention"));
}

BOOST_AUTO_TEST_CASE(gets_the_answers_of_the_proxies) {
  BOOST_TEST(http_answer({Refused::intention, {}}) == (HttpAnswer{403, "RBAC: access denied"}));
  BOOST_TEST(http_answer({Refused::no_healthy_upstream, {}}) ==
             (HttpAnswer{503, "no healthy upstream"}));
  BOOST_TEST(http_answer({Refused::tls, {}}).status == 503);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(gateway_routes)

BOOST_AUTO_TEST_CASE(a_name_leads_to_whom_it_belongs,
                     *label("T-063") * label("T-066") * label("T-081")) {
  Call call("tcp");
  auto& facts = call.far;
  facts.peer_through_mesh_gateways = true;
  facts.servers = {{"10.2.0.5", 8503, true, false}, {"10.2.0.6", 8503, true, true}};
  facts.dialed_peers = {{PeerName("other"), "server.north.peering.n.consul", {"10.4.0.1:8503"}, 1},
                        {PeerName("newer"), "server.north.peering.n.consul", {"10.4.0.2:8503"}, 2}};
  const auto config = gateway_config(facts);
  const std::string td = call.right.own.bundle.trust_domain.value();
  Balancer balancer;
  const auto next = [&](const std::string& sni) {
    const auto passage = pass_through(config, sni, balancer);
    return passage ? to_text(passage->dial.next) : Call::ended(passage.error());
  };
  BOOST_TEST(std::holds_alternative<ToService>(
      route("s2.default.default.from-east.external." + td, config).route));
  BOOST_TEST(
      std::holds_alternative<ToOwnServers>(route("server.west.peering." + td, config).route));
  BOOST_TEST(next("server.west.peering." + td) == "10.2.0.5:8503");
  BOOST_TEST(next("server.west.peering." + td) == "10.2.0.5:8503");  // never the read replica
  const auto peer = route("server.north.peering.n.consul", config).route;
  BOOST_REQUIRE(std::holds_alternative<ToPeerServers>(peer));
  BOOST_TEST(std::get<ToPeerServers>(peer).peer.value() == "newer");
  BOOST_TEST(next("server.north.peering.n.consul") == "10.4.0.2:8503");
  BOOST_TEST(
      std::holds_alternative<ToCluster>(route("s2.default.west.internal." + td, config).route));
  BOOST_TEST(next("") == "no SNI: the ClientHello names no server");
  BOOST_TEST(next("nobody.example") == "unknown SNI: nobody.example");
}

BOOST_AUTO_TEST_CASE(other_partitions_are_reached_through_their_gateways) {
  // The diagram's other half: within one datacenter, partition `web` calls one of partition `ops`.
  Call call("tcp");
  OwnCluster web_partition = call.right.own;
  web_partition.partition = PartitionName("web");
  auto gateway = node("mesh-gateway", "mesh-gateway", "10.5.0.9", 8443);
  gateway.service.tagged_addresses["wan"] = {"198.18.5.9", 443};

  SidecarFacts caller = call.called;
  caller.cluster = web_partition;
  UpstreamFacts upstream;
  upstream.upstream.destination_name = ServiceName("db");
  upstream.upstream.destination_partition = "ops";
  upstream.instances = {node("connect-proxy", "db-sidecar-proxy", "10.5.0.2", 21000)};
  upstream.target_gateways = {gateway};
  const auto dialed = [&](std::string mode) {
    upstream.mode = std::move(mode);
    caller.upstreams = {upstream};
    Balancer balancer;
    return dial_upstream(sidecar_config(caller), {ServiceName("db"), {}}, balancer).value();
  };
  BOOST_TEST(to_text(dialed("").next) == "10.5.0.2:21000");
  BOOST_TEST(to_text(dialed("remote").next) == "198.18.5.9:443");
  const std::string td = call.right.own.bundle.trust_domain.value();
  const auto tls = *dialed("remote").tls;
  BOOST_TEST(tls.sni == "db.default.ops.west.internal-v1." + td);
  BOOST_TEST(tls.accept_sans.front() == "spiffe://" + td + "/ap/ops/ns/default/dc/west/svc/db");

  GatewayFacts own_gateway = call.far;
  own_gateway.cluster = web_partition;
  own_gateway.remote_gateways = {{web_partition.datacenter, PartitionName("ops"), {gateway}}};
  const auto config = gateway_config(own_gateway);
  const auto routed = route(tls.sni, config);
  BOOST_REQUIRE(std::holds_alternative<ToDatacenter>(routed.route));
  Balancer balancer;
  BOOST_TEST(to_text(pass_through(config, tls.sni, balancer)->dial.next) == "198.18.5.9:443");
}

BOOST_AUTO_TEST_CASE(an_intention_belongs_to_its_partition) {
  catalog::ServiceIntentions entry;
  entry.name = "s2";
  entry.sources.emplace_back();
  entry.sources.back().name = web;
  entry.sources.back().peer = from_east;
  entry.sources.back().action = "allow";
  const auto all = intentions_of(entry, PartitionName("web"));
  BOOST_TEST(concerns(all.front(), {s2, {}, PartitionName("web")}));
  BOOST_TEST(!concerns(all.front(), {s2, {}, {}}));
}

BOOST_AUTO_TEST_CASE(the_control_plane_needs_the_mesh_entry) {
  Call call("tcp");
  call.far.servers = {{"10.2.0.5"}};
  const auto config = gateway_config(call.far);
  const auto to =
      route("server.west.peering." + call.right.own.bundle.trust_domain.value(), config);
  BOOST_TEST(std::holds_alternative<Refuse>(to.route));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::mesh
