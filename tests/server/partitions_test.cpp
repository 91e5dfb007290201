// A server of the enterprise edition, with a partition `web` beside `default`.

#include <boost/test/unit_test.hpp>

#include "one_server.hpp"

namespace peerlab::tests {
namespace {

struct TwoPartitions : OneServer {
  TwoPartitions() : OneServer({PartitionName("web")}) {}

  /// `200 true`: what a config entry is answered with.
  std::string write(std::string_view query, std::string body) {
    const auto answer = ask("PUT", "/v1/config" + std::string(query), std::move(body));
    return std::to_string(answer.status) + " " + answer.body;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(partitions, TwoPartitions)

BOOST_AUTO_TEST_CASE(a_partition_that_does_not_exist_is_refused) {
  const std::string refusal = "unknown partition \"nope\"";
  for (const std::string path :
       {"/v1/kv/a", "/v1/catalog/services", "/v1/health/service/web", "/v1/config/mesh",
        "/v1/peerings", "/v1/peering/a", "/v1/exported-services", "/v1/connect/intentions"}) {
    const auto answer = ask("GET", path + "?partition=nope");
    BOOST_TEST(answer.status == 400, path);
    BOOST_TEST(answer.body == refusal, path);
  }
  const std::string entry = R"({"Kind":"mesh"})";
  BOOST_TEST(write("?partition=nope", entry) == "400 " + refusal);
  auto request = server::api::request("PUT", "/v1/kv/a", "x");
  request.headers.emplace_back("X-Consul-Partition", "nope");
  BOOST_TEST(ask(request).body == refusal);
  BOOST_TEST(ask("POST", "/v1/peering/token", R"({"PeerName":"a","Partition":"nope"})").body ==
             refusal);
  BOOST_TEST(index == 0);  // nothing was written, not to `default` either

  request.headers.back().second = "Web";
  BOOST_TEST(ask(request).body == "true");
  BOOST_TEST(ask("GET", "/v1/kv/a?raw&partition=web").body == "x");
  BOOST_TEST(ask("GET", "/v1/kv/a?raw").status == 404);
}

// Datacenter 5.2
BOOST_AUTO_TEST_CASE(what_a_partition_exports_bears_its_name) {
  const auto exports = [](const std::string& name) {
    return R"({"Kind":"exported-services","Name":")" + name +
           R"(","Services":[{"Name":"api","Consumers":[{"Peer":"east"}]}]})";
  };
  BOOST_TEST(write("", exports("default")) == "200 true");
  BOOST_TEST(write("?partition=default", exports("default")) == "200 true");
  BOOST_TEST(write("?partition=web", exports("web")) == "200 true");
  BOOST_TEST(write("?partition=web", exports("default")) ==
             "500 exported-services Name must be \"web\"");
  BOOST_TEST(write("", exports("web")) == "500 exported-services Name must be \"default\"");
  BOOST_TEST(ask("GET", "/v1/exported-services?partition=web").body ==
             R"([{"Service":"api","Consumers":{"Peers":["east"]}}])");
}

BOOST_AUTO_TEST_CASE(what_a_partition_exports_may_not_lead_to_a_peer) {
  const std::string redirect =
      R"({"Kind":"service-resolver","Name":"api","Redirect":{"Service":"api","Peer":"west"}})";
  BOOST_TEST(write("?partition=web",
                   R"({"Kind":"exported-services","Name":"web",
                "Services":[{"Name":"api","Consumers":[{"Peer":"east"}]}]})") == "200 true");
  BOOST_TEST(write("", redirect) == "200 true");
  BOOST_TEST(write("?partition=web", redirect) ==
             "500 peer exported service \"api\" contains cross-peer resolver redirect");
}

BOOST_AUTO_TEST_CASE(an_intention_names_the_partition_of_its_callers,
                     *boost::unit_test::label("T-113")) {
  const auto intention = [](const std::string& sources) {
    return R"({"Kind":"service-intentions","Name":"api","Sources":[)" + sources + "]}";
  };
  const auto allowed = [this](const std::string& source) {
    return ask("GET", "/v1/connect/intentions/check?destination=api&source=" + source).body;
  };
  const std::string both = intention(R"({"Name":"*","Partition":"Web","Action":"deny"},
                                        {"Name":"web","Action":"deny"},
                                        {"Name":"web","Partition":"web","Action":"allow"})");
  settings.default_allow = true;
  BOOST_TEST(write("", both) == "200 true");
  BOOST_TEST(allowed("web/default/web") == R"({"Allowed":true})");
  BOOST_TEST(allowed("web/default/db") == R"({"Allowed":false})");
  BOOST_TEST(allowed("web") == R"({"Allowed":false})");
  BOOST_TEST(allowed("db") == R"({"Allowed":true})");
  const auto exact =
      ask("GET", "/v1/connect/intentions/exact?destination=api&source=web/default/web");
  BOOST_TEST(exact.body.find(R"("SourcePartition":"web","DestinationPartition":"default")") !=
                 std::string::npos,
             exact.body);

  BOOST_TEST(write("", intention(R"({"Name":"a","Partition":"web","Peer":"b","Action":"deny"})")) ==
             "500 Sources[0].Peer: cannot set Peer and Partition at the same time.");
  BOOST_TEST(write("", intention(R"({"Name":"a","Partition":"*","Action":"deny"})")) ==
             "500 Sources[0].Partition: cannot use wildcard '*' in partition");
  BOOST_TEST(write("", intention(R"({"Name":"a","Action":"deny"},
                                    {"Name":"a","Partition":"default","Action":"allow"})")) ==
             "500 Sources[1] defines \"a\" more than once");
  const std::string to_web =
      R"({"Kind":"service-intentions","Name":"b","Partition":"web",
          "Sources":[{"Name":"a","Action":"allow"}]})";
  BOOST_TEST(write("?partition=web", to_web) == "200 true");
  BOOST_TEST(write("", to_web) ==
             "500 Partition \"web\" is not \"default\", to which the entry is written");

  settings.edition = Edition::community;
  BOOST_TEST(write("", both) ==
             "400 Request decoding failed: 2 errors occurred:\n"
             "\t* invalid config key \"Sources[0].Partition\"\n"
             "\t* invalid config key \"Sources[2].Partition\"\n\n");
}

BOOST_AUTO_TEST_CASE(writes_by_name_tell_partitions_apart) {
  const std::string exact = "/v1/connect/intentions/exact?destination=api&source=";
  BOOST_TEST(ask("PUT", exact + "web", R"({"Action":"deny"})").status == 200);
  BOOST_TEST(ask("PUT", exact + "web/default/web", R"({"Action":"allow"})").status == 200);
  BOOST_TEST(ask("GET", exact + "web").body.find("deny") != std::string::npos);
  BOOST_TEST(ask("DELETE", exact + "web/default/web").status == 200);
  BOOST_TEST(ask("GET", exact + "web/default/web").status == 404);
  BOOST_TEST(ask("GET", exact + "web").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::tests
