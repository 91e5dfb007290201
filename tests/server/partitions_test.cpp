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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::tests
