#include <boost/test/unit_test.hpp>

#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;

namespace {

const char* const server = "dc1/server/0";
const char* const sidecar = "dc1/sidecar/web/0";

trace::CallServed served(const std::string& domain, const std::string& caller) {
  return {1, "default", "web", "spiffe://" + domain + "/ns/default/dc/x/svc/" + caller, domain};
}

trace::ConfigSeen entry(std::string kind, std::string name, std::string body) {
  return {"default", std::move(kind), std::move(name), std::move(body)};
}

trace::ConfigSeen intention(std::string destination, std::string sources) {
  return entry("service-intentions", std::move(destination), R"({"Sources":[)" + sources + "]}");
}

std::string source(const std::string& name, const std::string& action,
                   const std::string& peer = "") {
  return R"({"Name":")" + name + R"(","Peer":")" + peer + R"(","Action":")" + action + R"("})";
}

/// A cluster that knows itself and a peer `dc2`.
Story cluster(bool default_allow) {
  Story story;
  story.tell(0s, server, trace::PolicySeen{default_allow});
  story.tell(0s, server, trace::RootsSeen{"default", "", "own", {"aa"}});
  story.tell(0s, server, trace::RootsSeen{"default", "dc2", "theirs", {"bb"}});
  return story;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(traffic_rules)

BOOST_AUTO_TEST_CASE(a_peer_is_answered_by_what_is_exported_to_it) {
  Story story = cluster(true);
  story.tell(1s, sidecar, served("own", "api"));
  story.tell(2s, server,
             entry("exported-services", "default",
                   R"({"Services":[{"Name":"web","Consumers":[{"Peer":"dc2"}]}]})"));
  story.tell(3s, sidecar, served("theirs", "api"));
  BOOST_TEST(breach("traffic-is-exported", story) == "");
  Story without = cluster(true);
  without.tell(3s, sidecar, served("theirs", "api"));
  BOOST_TEST(breach("traffic-is-exported", without) ==
             "spiffe://theirs/ns/default/dc/x/svc/api is answered by web, which is not exported to "
             "dc2");
}

BOOST_AUTO_TEST_CASE(a_stranger_is_not_answered) {
  Story story = cluster(true);
  story.tell(1s, sidecar, served("others", "api"));
  BOOST_TEST(breach("traffic-is-exported", story) ==
             "spiffe://others/ns/default/dc/x/svc/api is answered by web, to which nobody of its "
             "trust domain is known");
}

BOOST_AUTO_TEST_CASE(the_policy_decides_where_no_intention_does) {
  Story story = cluster(true);
  story.tell(60s, sidecar, served("own", "api"));
  BOOST_TEST(breach("traffic-is-intended", story) == "");
  Story denying = cluster(false);
  denying.tell(60s, sidecar, served("own", "api"));
  BOOST_TEST(breach("traffic-is-intended", denying) ==
             "web answers api, which no intention lets in");
}

BOOST_AUTO_TEST_CASE(the_most_specific_intention_decides) {
  Story story = cluster(false);
  story.tell(1s, server, intention("*", source("api", "deny")));
  story.tell(1s, server, intention("web", source("*", "deny") + "," + source("api", "allow")));
  story.tell(60s, sidecar, served("own", "api"));
  BOOST_TEST(breach("traffic-is-intended", story) == "");
  story.tell(60s, sidecar, served("own", "other"));
  BOOST_TEST(breach("traffic-is-intended", story) ==
             "web answers other, which no intention lets in");
}

BOOST_AUTO_TEST_CASE(an_intention_about_a_peer_is_about_nobody_else) {
  Story story = cluster(false);
  story.tell(1s, server, intention("web", source("api", "allow", "dc2")));
  story.tell(60s, sidecar, served("theirs", "api"));
  BOOST_TEST(breach("traffic-is-intended", story) == "");
  story.tell(60s, sidecar, served("own", "api"));
  BOOST_TEST(breach("traffic-is-intended", story) == "web answers api, which no intention lets in");
}

BOOST_AUTO_TEST_CASE(a_proxy_may_go_by_the_configuration_that_it_has) {
  Story story = cluster(false);
  story.tell(1s, server, intention("web", source("api", "allow")));
  story.tell(2s, sidecar, trace::ProxyConfigured{1, 1, 1});
  story.tell(100s, server, entry("service-intentions", "web", ""));
  story.tell(500s, sidecar, served("own", "api"));  // cut off, it has heard of nothing
  BOOST_TEST(breach("traffic-is-intended", story) == "");
  story.tell(501s, sidecar, trace::ProxyConfigured{2, 1, 1});
  story.tell(502s, sidecar, served("own", "api"));
  BOOST_TEST(breach("traffic-is-intended", story) == "web answers api, which no intention lets in");
}

BOOST_AUTO_TEST_CASE(what_looks_at_the_request_may_let_it_in) {
  Story story = cluster(false);
  story.tell(1s, server, intention("web", R"({"Name":"api","Permissions":[{"Action":"allow"}]})"));
  story.tell(60s, sidecar, served("own", "api"));
  BOOST_TEST(breach("traffic-is-intended", story) == "");
}

BOOST_AUTO_TEST_CASE(callers_are_services) {
  Story story = cluster(true);
  story.tell(1s, sidecar,
             trace::CallServed{1, "default", "web", "spiffe://own/gateway/mesh/dc/dc1", "own"});
  BOOST_TEST(breach("traffic-is-intended", story) ==
             "web answers `spiffe://own/gateway/mesh/dc/dc1`, which is no service");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
