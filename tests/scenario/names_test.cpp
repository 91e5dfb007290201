#include "peerlab/scenario/names.hpp"

#include <boost/test/unit_test.hpp>

namespace peerlab::scenario {
namespace {

/// dc1 with a partition `web` of its own services.
Topology two_partitions() {
  ClusterPlan cluster;
  cluster.name = ClusterName("dc1");
  cluster.servers = 3;
  cluster.partitions = {{{}, 1, 1, false, {{ServiceName("web"), 2, true}}},
                        {PartitionName("web"), 1, 2, false, {{ServiceName("api"), 1, false}}}};
  return {{cluster}};
}

std::string path(std::string_view name) {
  return host_path(name, two_partitions()).value_or("nothing");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(servers_agents_and_gateways_are_counted) {
  BOOST_TEST(path("dc1/server/2") == "dc1/server/2");
  BOOST_TEST(path("dc1/server/3") == "nothing");
  BOOST_TEST(path("dc1/server/leader") == "dc1/server/leader");
  BOOST_TEST(path("dc1/server") == "dc1/server");
  BOOST_TEST(path("dc1/gateway/0") == "dc1/gateway/0");
  BOOST_TEST(path("dc1/agent/1") == "nothing");
}

BOOST_AUTO_TEST_CASE(services_have_a_short_name_and_sidecars_a_long_one) {
  BOOST_TEST(path("dc1/web/1") == "dc1/service/web/1");
  BOOST_TEST(path("dc1/service/web") == "dc1/service/web");
  BOOST_TEST(path("dc1/sidecar/web/1") == "dc1/sidecar/web/1");
  BOOST_TEST(path("dc1/sidecar/web/2") == "nothing");
  BOOST_TEST(sidecar_of("dc1@web/service/api/0") == "dc1@web/sidecar/api/0");
}

BOOST_AUTO_TEST_CASE(a_partition_has_names_of_its_own) {
  BOOST_TEST(path("dc1@web") == "dc1@web");
  BOOST_TEST(path("dc1@web/gateway/1") == "dc1@web/gateway/1");
  BOOST_TEST(path("dc1@web/api") == "dc1@web/service/api");
  BOOST_TEST(path("dc1/api") == "nothing");
  BOOST_TEST(path("dc1@web/server/0") == "nothing");     // servers are of no partition
  BOOST_TEST(path("dc1@web/sidecar/api") == "nothing");  // it has none
}

BOOST_AUTO_TEST_CASE(a_service_is_found_by_the_path_of_an_instance) {
  const Topology topology = two_partitions();
  const Found found = service_at("dc1@web/service/api/0", topology);
  BOOST_REQUIRE(found.service != nullptr);
  BOOST_TEST(found.service->name.value() == "api");
  BOOST_TEST(found.partition->name.value() == "web");
  BOOST_TEST((service_at("dc1/service/api/0", topology).service == nullptr));
  BOOST_TEST((service_at("", topology).service == nullptr));
}

BOOST_AUTO_TEST_CASE(every_known_path_is_one) {
  const Topology topology = two_partitions();
  for (const std::string& name : known_paths(topology)) {
    BOOST_TEST(host_path(name, topology).has_value(), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::scenario
