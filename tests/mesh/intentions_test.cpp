#include "peerlab/mesh/intentions.hpp"

#include <boost/test/unit_test.hpp>
#include <ostream>

#include "peerlab/mesh/config_entries.hpp"
#include "peerlab/mesh/rules.hpp"

namespace peerlab::mesh {

std::ostream& operator<<(std::ostream& out, Action action) {
  return out << (action == Action::allow ? "allow" : "deny");
}

namespace {

using boost::unit_test::label;

const TrustDomain td_r("rrrr.consul");
const TrustDomain td_l("llll.consul");
const TrustDomain td_n("nnnn.consul");
const DatacenterName west("west");

trust::TrustBundle bundle(const TrustDomain& domain, std::string peer = {},
                          std::string exported_partition = {}) {
  return {
      domain, {"pem"}, PeerName(std::move(peer)), {}, PartitionName(std::move(exported_partition))};
}

trust::ServiceRef service(std::string name) { return {ServiceName(std::move(name)), {}, {}}; }

struct Source {
  std::string name;
  std::string peer = {};
};

Intention intention(const std::string& destination, Source source, Action action) {
  Intention out;
  out.destination = service(destination);
  out.source.name = ServiceName(source.name);
  out.source.peer = PeerName(source.peer);
  out.action = action;
  return out;
}

Permission path(Action action, std::string prefix) {
  Permission out;
  out.action = action;
  out.http.path_prefix = std::move(prefix);
  return out;
}

Intention with_permissions(Source source, std::vector<Permission> permissions) {
  Intention out = intention("s2", std::move(source), Action::deny);
  out.action.reset();
  out.permissions = std::move(permissions);
  return out;
}

trust::SpiffeId caller(const TrustDomain& domain, std::string name, std::string partition = {}) {
  return trust::ServiceIdentity{domain,
                                PartitionName(std::move(partition)),
                                {},
                                DatacenterName("anywhere"),
                                ServiceName(std::move(name))};
}

const trust::SpiffeId own_gateway = trust::MeshGatewayIdentity{td_r, {}, west};

const std::vector<trust::TrustBundle> both_peers{bundle(td_l, "from-east"), bundle(td_n, "north")};

Rules rules(const std::vector<Intention>& all, std::string_view protocol = "tcp",
            Action otherwise = Action::deny,
            const std::vector<trust::TrustBundle>& peers = both_peers,
            const Mutants& mutants = {}) {
  return make_rules(all, service("s2"), bundle(td_r), peers, otherwise, protocol, mutants);
}

Action tcp(const Rules& rules, const trust::SpiffeId& id, const Mutants& mutants = {}) {
  return decide(rules, {id, {}}, nullptr, mutants).action;
}

std::string xfcc(const trust::SpiffeId& id) {
  return "By=x;Hash=1;Cert=\"c\";Chain=\"c\";Subject=\"\";URI=" + trust::to_uri(id);
}

Action http(const Rules& rules, const trust::SpiffeId& id, HttpRequest request = {},
            const Mutants& mutants = {}) {
  return decide(rules, {own_gateway, xfcc(id)}, &request, mutants).action;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(intentions)

BOOST_AUTO_TEST_CASE(names_come_before_wildcards, *label("T-117")) {
  const auto number = [](const char* destination, const char* source, const char* ns = "") {
    Intention i = intention(destination, {source}, Action::allow);
    i.source.ns = ns;
    return precedence(i);
  };
  BOOST_TEST(number("s2", "web") == 9);
  BOOST_TEST(number("s2", "*") == 8);
  BOOST_TEST(number("s2", "*", "*") == 7);
  BOOST_TEST(number("*", "web") == 6);
  BOOST_TEST(number("*", "*") == 5);
}

BOOST_AUTO_TEST_CASE(the_most_exact_intention_decides_alone, *label("T-117")) {
  const auto all =
      rules({intention("*", {"*"}, Action::allow), intention("*", {"web"}, Action::deny),
             intention("s2", {"*"}, Action::allow), intention("s2", {"web"}, Action::deny)});
  BOOST_TEST(tcp(all, caller(td_r, "web")) == Action::deny);
  BOOST_TEST(tcp(all, caller(td_r, "api")) == Action::allow);
}

BOOST_AUTO_TEST_CASE(what_is_meant_for_another_destination_does_not_count) {
  const auto all = rules({intention("other", {"web"}, Action::allow)});
  BOOST_TEST(tcp(all, caller(td_r, "web")) == Action::deny);
  BOOST_TEST(all.rules.empty());
}

BOOST_AUTO_TEST_CASE(a_peered_source_means_that_peer_alone, *label("T-104")) {
  const auto all = rules({intention("s2", {"web", "from-east"}, Action::allow)});
  BOOST_TEST(tcp(all, caller(td_l, "web")) == Action::allow);
  BOOST_TEST(tcp(all, caller(td_r, "web")) == Action::deny);
  BOOST_TEST(tcp(all, caller(td_n, "web")) == Action::deny);
  BOOST_TEST(tcp(all, caller(td_l, "api")) == Action::deny);
}

BOOST_AUTO_TEST_CASE(a_wildcard_without_peer_reaches_no_peer, *label("T-105")) {
  BOOST_TEST(tcp(rules({intention("s2", {"*"}, Action::allow)}), caller(td_l, "web")) ==
             Action::deny);
  BOOST_TEST(tcp(rules({intention("s2", {"*"}, Action::deny)}, "tcp", Action::allow),
                 caller(td_l, "web")) == Action::allow);
}

BOOST_AUTO_TEST_CASE(a_peers_wildcard_yields_to_a_name_of_that_peer, *label("T-106")) {
  const auto all = rules({intention("s2", {"*", "from-east"}, Action::allow),
                          intention("s2", {"web", "from-east"}, Action::deny)});
  BOOST_TEST(tcp(all, caller(td_l, "web")) == Action::deny);
  BOOST_TEST(tcp(all, caller(td_l, "api")) == Action::allow);
  BOOST_TEST(tcp(all, caller(td_n, "api")) == Action::deny);
}

BOOST_AUTO_TEST_CASE(the_default_policy_decides_when_nothing_matches, *label("T-103")) {
  BOOST_TEST(tcp(rules({}), caller(td_l, "web")) == Action::deny);
  BOOST_TEST(tcp(rules({}, "tcp", Action::allow), caller(td_l, "web")) == Action::allow);
}

BOOST_AUTO_TEST_CASE(a_peer_without_bundle_is_skipped_until_it_has_one,
                     *label("T-111") * label("T-112")) {
  const std::vector<Intention> all{intention("s2", {"web", "from-east"}, Action::allow)};
  BOOST_TEST(rules(all, "tcp", Action::deny, {}).rules.empty());
  BOOST_TEST(tcp(rules(all, "tcp", Action::deny, {bundle(td_l, "from-east")}),
                 caller(td_l, "web")) == Action::allow);
}

BOOST_AUTO_TEST_CASE(the_partition_is_the_one_the_peer_exports_from, *label("T-109")) {
  const auto all = rules({intention("s2", {"web", "ent"}, Action::allow)}, "tcp", Action::deny,
                         {bundle(td_l, "ent", "part1")});
  BOOST_TEST(tcp(all, caller(td_l, "web", "part1")) == Action::allow);
  BOOST_TEST(tcp(all, caller(td_l, "web")) == Action::deny);
}

// Traffic 4.4: the partition is equal, and no wildcard reaches from one into another.
BOOST_AUTO_TEST_CASE(callers_of_another_partition_are_others) {
  catalog::SourceIntention front, own;
  front.name = own.name = ServiceName("*");
  front.partition = PartitionName("front");
  front.action = "allow";
  own.action = "deny";
  catalog::ServiceIntentions entry;
  entry.name = "s2";
  entry.sources = {front, own};
  const auto all = rules(intentions_of(entry, PartitionName("default")), "tcp", Action::deny);
  BOOST_TEST(tcp(all, caller(td_r, "web", "front")) == Action::allow);
  BOOST_TEST(tcp(all, caller(td_r, "web", "back")) == Action::deny);
  BOOST_TEST(tcp(all, caller(td_r, "web")) == Action::deny);
  const auto open = rules(intentions_of(entry, PartitionName("default")), "tcp", Action::allow);
  BOOST_TEST(tcp(open, caller(td_r, "web", "back")) == Action::allow);
  BOOST_TEST(tcp(open, caller(td_r, "web")) == Action::deny);
}

BOOST_AUTO_TEST_CASE(over_http_the_first_element_of_the_header_names_the_caller,
                     *label("T-107") * label("T-108")) {
  const auto all = rules({intention("s2", {"web", "from-east"}, Action::allow)}, "http");
  const HttpRequest request;
  BOOST_TEST(http(all, caller(td_l, "web")) == Action::allow);
  BOOST_TEST(http(all, caller(td_n, "web")) == Action::deny);
  // An element further back does not count.
  const Caller second{own_gateway, xfcc(caller(td_l, "api")) + "," + xfcc(caller(td_l, "web"))};
  BOOST_TEST(decide(all, second, &request).action == Action::deny);
  // Whoever is no gateway of the own cluster vouches for nobody.
  const Caller forged{caller(td_r, "evil"), xfcc(caller(td_l, "web"))};
  BOOST_TEST(decide(all, forged, &request).action == Action::deny);
  const Caller foreign{trust::MeshGatewayIdentity{td_l, {}, west}, xfcc(caller(td_l, "web"))};
  BOOST_TEST(decide(all, foreign, &request).action == Action::deny);
}

BOOST_AUTO_TEST_CASE(names_are_compared_and_not_taken_as_expressions) {
  const auto all = rules({intention("s2", {"a.b"}, Action::allow)});
  BOOST_TEST(tcp(all, caller(td_r, "a.b")) == Action::allow);
  BOOST_TEST(tcp(all, caller(td_r, "axb")) == Action::deny);
}

BOOST_AUTO_TEST_CASE(permissions_are_tried_in_order, *label("T-119") * label("T-118")) {
  const auto all = rules({with_permissions({"web", "from-east"}, {path(Action::deny, "/admin"),
                                                                  path(Action::allow, "/")}),
                          intention("s2", {"*", "from-east"}, Action::allow)},
                         "http");
  BOOST_TEST(http(all, caller(td_l, "web"), {"GET", "/admin/x", {}}) == Action::deny);
  BOOST_TEST(http(all, caller(td_l, "web"), {"GET", "/x", {}}) == Action::allow);
}

BOOST_AUTO_TEST_CASE(no_matching_permission_means_the_default_and_no_wider_intention,
                     *label("T-118")) {
  const auto all = rules({with_permissions({"web", "from-east"}, {path(Action::allow, "/api")}),
                          intention("s2", {"*", "from-east"}, Action::allow)},
                         "http");
  BOOST_TEST(http(all, caller(td_l, "web"), {"GET", "/x", {}}) == Action::deny);
  BOOST_TEST(http(all, caller(td_l, "api"), {"GET", "/x", {}}) == Action::allow);
}

BOOST_AUTO_TEST_CASE(a_permission_is_the_and_of_its_parts, *label("T-129") * label("T-130")) {
  Permission permission;
  permission.action = Action::allow;
  permission.http.path_exact = "/a";
  permission.http.methods = {"GET", "PUT"};
  permission.http.headers = {
      {.name = "x-a", .form = HeaderMatch::Form::suffix, .value = "S", .ignore_case = true},
      {.name = "x-b", .form = HeaderMatch::Form::exact, .value = "no", .invert = true},
      {.name = "x-c", .form = HeaderMatch::Form::regex, .value = "r[0-9]+"}};
  const auto all = rules({with_permissions({"web", "from-east"}, {permission})}, "http");
  const auto judged = [&](HttpRequest request) { return http(all, caller(td_l, "web"), request); };
  const std::map<std::string, std::string> good{{"x-a", "yes"}, {"x-c", "r12"}};
  BOOST_TEST(judged({"GET", "/a?x=1", good}) == Action::allow);
  BOOST_TEST(judged({"GET", "/a/", good}) == Action::deny);
  BOOST_TEST(judged({"POST", "/a", good}) == Action::deny);
  BOOST_TEST(judged({"GET", "/a", {{"x-a", "no"}, {"x-c", "r12"}}}) == Action::deny);
  BOOST_TEST(judged({"GET", "/a", {{"x-a", "s"}, {"x-b", "no"}, {"x-c", "r1"}}}) == Action::deny);
  BOOST_TEST(judged({"GET", "/a", {{"x-a", "s"}, {"x-c", "xr1"}}}) == Action::deny);
}

BOOST_AUTO_TEST_CASE(an_expression_that_cannot_be_read_matches_nothing) {
  Permission permission;
  permission.action = Action::allow;
  permission.http.path_regex = "([";
  const auto all = rules({with_permissions({"web", "from-east"}, {permission})}, "http");
  BOOST_TEST(http(all, caller(td_l, "web")) == Action::deny);
}

BOOST_AUTO_TEST_CASE(permissions_on_a_tcp_listener_deny, *label("T-122")) {
  const auto all = rules({with_permissions({"web", "from-east"}, {path(Action::allow, "/")})},
                         "tcp", Action::allow);
  BOOST_TEST(tcp(all, caller(td_l, "web")) == Action::deny);
}

BOOST_AUTO_TEST_CASE(the_rule_that_decided_is_named) {
  const auto all = rules({intention("s2", {"web", "from-east"}, Action::deny)});
  BOOST_TEST(decide(all, {caller(td_l, "web"), {}}, nullptr).reason ==
             "intention for web of peer from-east");
  BOOST_TEST(decide(all, {caller(td_l, "api"), {}}, nullptr).reason == "default intention policy");
}

BOOST_AUTO_TEST_CASE(an_unknown_cluster_behind_a_gateway_is_refused_under_default_allow) {
  const auto all = rules({}, "http", Action::allow, {bundle(td_l, "from-east")});
  BOOST_TEST(http(all, caller(td_l, "web")) == Action::allow);
  BOOST_TEST(http(all, caller(td_n, "web")) == Action::deny);
  BOOST_TEST(http(all, caller(td_n, "web"), {}, {Mutant::QT_14}) == Action::allow);
}

BOOST_AUTO_TEST_CASE(planted_bugs_of_intentions_show) {
  const std::vector<Intention> peers{intention("s2", {"web", "from-east"}, Action::allow),
                                     intention("s2", {"web", "north"}, Action::allow)};
  BOOST_TEST(tcp(rules({peers.front()}), caller(td_n, "web"), {Mutant::HB_094}) == Action::allow);
  const auto one_only = rules(peers, "tcp", Action::deny, both_peers, {Mutant::HB_096});
  BOOST_TEST(tcp(one_only, caller(td_l, "web")) != tcp(one_only, caller(td_n, "web")));
  const auto denied =
      rules({with_permissions({"web", "from-east"}, {path(Action::deny, "/")})}, "http");
  BOOST_TEST(http(denied, caller(td_l, "web")) == Action::deny);
  BOOST_TEST(http(denied, caller(td_l, "web"), {}, {Mutant::HB_115}) == Action::allow);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(client_cert_header)

BOOST_AUTO_TEST_CASE(only_the_first_element_is_read) {
  BOOST_TEST(first_uri("By=a;URI=spiffe://x/1") == "spiffe://x/1");
  BOOST_TEST(first_uri("By=a;URI=spiffe://x/1,By=b;URI=spiffe://x/2") == "spiffe://x/1");
  BOOST_TEST(first_uri("By=a,By=b;URI=spiffe://x/2") == "");
  BOOST_TEST(first_uri("URI=spiffe://x/1") == "");
  BOOST_TEST(first_uri("") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::mesh
