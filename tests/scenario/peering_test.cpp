// The steps, checks and sections of cluster peering: what a file comes to before it is run.

#include <boost/test/unit_test.hpp>

#include "support.hpp"

namespace peerlab::scenario {

using namespace std::chrono_literals;

namespace {

/// Loads a scenario with two clusters of servers and what is added below.
Loaded load_clusters(const std::string& rest) {
  const Folder folder;
  folder.write("x.yaml",
               "peerlab: 1\n"
               "name: x\n"
               "topology: { dc1: { servers: 1 }, dc2: { servers: 3 } }\n" +
                   rest);
  return load_file(folder.path("x.yaml"));
}

/// The requests of a step on a line each: method, server, target and body.
std::string requests_of(const Step& step) {
  std::string lines;
  for (const Request& each : std::get<Requests>(step.action).all) {
    lines += each.http.method + ' ' + each.http.server + each.http.target;
    if (!each.http.request_body.empty()) lines += ' ' + each.http.request_body;
    lines += '\n';
  }
  return lines;
}

template <class Check>
Check first_check(const Loaded& loaded) {
  const auto& last = loaded.plans.at(0).steps.back();
  return std::get<Check>(std::get<checks::Expectation>(last.action).all.at(0));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(peering_steps)

BOOST_AUTO_TEST_CASE(peering_takes_a_token_to_the_other_side) {
  const Loaded loaded = load_clusters("steps: [{ peer: { accept: dc2, dial: dc1 } }]\n");
  BOOST_TEST(loaded.rendered == "");
  BOOST_TEST(requests_of(loaded.plans.at(0).steps.at(0)) ==
             "POST dc2/server/leader/v1/peering/token {\"PeerName\":\"dc1\"}\n"
             "POST dc1/server/leader/v1/peering/establish "
             "{\"PeerName\":\"dc2\",\"PeeringToken\":\"${the token of dc2 for dc1}\"}\n");
}

BOOST_AUTO_TEST_CASE(a_peer_is_called_as_names_say_the_step_before_the_file) {
  const Loaded loaded = load_clusters(
      "names: { dc1: east, dc2: west }\n"
      "steps:\n"
      "  - peer: { accept: dc2, dial: dc1, names: { dc1: sunrise } }\n"
      "  - unpeer: { in: dc2, peer: sunrise }\n"
      "  - now: [{ imported: { in: dc1, peer: west, equals_exports_of: dc2 } }]\n");
  BOOST_TEST(loaded.rendered == "");
  BOOST_TEST(requests_of(loaded.plans.at(0).steps.at(1)) ==
             "DELETE dc2/server/leader/v1/peering/sunrise\n");
  const auto check = first_check<checks::ServicesCheck>(loaded);
  BOOST_TEST(check.as_peer == "sunrise");
}

BOOST_AUTO_TEST_CASE(a_partition_is_named_in_the_query_and_in_the_peers_name) {
  const Loaded loaded = load_with(
      "  dc3: { servers: 1, edition: enterprise, partitions: { web: {} } }\n"
      "  dc4: { servers: 1 }\n"
      "steps:\n"
      "  - peer: { accept: \"dc3@web\", dial: dc4 }\n"
      "  - now: [{ peering: { in: dc4, peer: dc3-web, state: ACTIVE } }]\n");
  BOOST_TEST(loaded.rendered == "");
  BOOST_TEST(requests_of(loaded.plans.at(0).steps.at(0))
                 .starts_with("POST dc3/server/leader/v1/peering/token?partition=web"));
}

BOOST_AUTO_TEST_CASE(what_is_written_is_what_the_api_takes) {
  const Loaded loaded = load_clusters(
      "config:\n"
      "  - in: [dc1, dc2]\n"
      "    hcl: |\n"
      "      Kind = \"mesh\"\n"
      "      Peering { PeerThroughMeshGateways = true }\n"
      "steps:\n"
      "  - write: { in: dc2, json: '{', expect: { status: 400 } }\n"
      "  - delete: { in: dc1, kind: mesh, name: mesh }\n");
  BOOST_TEST(loaded.rendered == "");
  const Plan& plan = loaded.plans.at(0);
  const std::string written = requests_of(plan.config.at(0));
  BOOST_TEST(written.find("PUT dc1/server/leader/v1/config {") != written.npos);
  BOOST_TEST(written.find("PUT dc2/server/leader/v1/config {") != written.npos);
  BOOST_TEST(written.find("\"PeerThroughMeshGateways\":true") != written.npos);
  BOOST_TEST(requests_of(plan.steps.at(0)) == "PUT dc2/server/leader/v1/config {\n");
  BOOST_TEST(requests_of(plan.steps.at(1)) == "DELETE dc1/server/leader/v1/config/mesh/mesh\n");
}

BOOST_AUTO_TEST_CASE(instances_stand_on_nodes_of_their_own) {
  const Loaded loaded = load_clusters(
      "steps:\n"
      "  - register: { in: dc2, service: web, instances: 2, first: 3, status: passing, pad: 2B }\n"
      "  - deregister: { in: dc2, service: web, first: 3 }\n"
      "  - deregister: { in: dc2, service: web, node: web-4 }\n");
  BOOST_TEST(loaded.rendered == "");
  const auto& steps = loaded.plans.at(0).steps;
  BOOST_TEST(requests_of(steps.at(0)).find("\"Node\":\"web-3\"") != std::string::npos);
  BOOST_TEST(requests_of(steps.at(0)).find("\"Node\":\"web-4\"") != std::string::npos);
  BOOST_TEST(requests_of(steps.at(0)).find("\"Tags\":[\"xx\"]") != std::string::npos);
  BOOST_TEST(requests_of(steps.at(1)) ==
             "PUT dc2/server/leader/v1/catalog/deregister {\"Node\":\"web-3\"}\n");
  BOOST_TEST(
      requests_of(steps.at(2)) ==
      "PUT dc2/server/leader/v1/catalog/deregister {\"Node\":\"web-4\",\"ServiceID\":\"web\"}\n");
}

BOOST_AUTO_TEST_CASE(branches_follow_their_parallel) {
  const Loaded loaded = load_clusters(something_checked +
                                      "steps:\n"
                                      "  - parallel:\n"
                                      "      - [{ wait: 1s }, { wait: 2s }]\n"
                                      "      - [{ parallel: [[{ wait: 3s }], [{ wait: 4s }]] }]\n"
                                      "  - wait: 5s\n");
  BOOST_TEST(loaded.rendered == "");
  const Plan& plan = loaded.plans.at(0);
  BOOST_REQUIRE(plan.steps.size() == 7);
  const auto& outer = std::get<Parallel>(plan.steps.at(0).action);
  BOOST_TEST((outer.branches == std::vector<std::size_t>{1, 3}));
  BOOST_TEST(outer.end == 6);
  const auto& inner = std::get<Parallel>(plan.steps.at(3).action);
  BOOST_TEST((inner.branches == std::vector<std::size_t>{4, 5}));
  BOOST_TEST(inner.end == 6);

  const Plan shorter = without_step(plan, 1);
  const auto& left = std::get<Parallel>(shorter.steps.at(0).action);
  BOOST_TEST((left.branches == std::vector<std::size_t>{1, 2}));
  BOOST_TEST(left.end == 5);
}

BOOST_AUTO_TEST_CASE(any_is_each_cluster_or_each_peering) {
  const Loaded loaded = load_clusters(
      "steps: [{ peer: { accept: dc2, dial: dc1 } }]\n"
      "always:\n"
      "  - peering: { in: any, state: ACTIVE, implies: { heartbeat_younger_than: 2m } }\n"
      "  - work: { in: any, largest_log_entry: \"<= 512KiB\" }\n");
  BOOST_TEST(loaded.rendered == "");
  const Plan& plan = loaded.plans.at(0);
  BOOST_REQUIRE(plan.always.size() == 4);
  BOOST_TEST(plan.always_spans.size() == 4);
  const auto& peering = std::get<checks::PeeringCheck>(plan.always.at(0));
  BOOST_TEST(checks::text(peering.in) + " " + peering.peer == "dc2 dc1");
  BOOST_TEST(peering.only_if_state);
  BOOST_TEST((peering.heartbeat_younger_than == std::optional<Duration>(2min)));
  const auto& work = std::get<checks::WorkCheck>(plan.always.at(3));
  BOOST_TEST(work.cluster == "dc2");
  BOOST_TEST(work.largest_log_entry->holds(512 * 1024));
  BOOST_TEST(!work.largest_log_entry->holds(512 * 1024 + 1));
}

BOOST_AUTO_TEST_CASE(what_is_captured_stands_for_itself_until_the_run) {
  const Loaded loaded = load_clusters(
      "steps:\n"
      "  - http: { in: dc2, path: /v1/a, capture: { id: /ID } }\n"
      "  - http: { in: dc2, path: \"/v1/b/${id}\" }\n");
  BOOST_TEST(loaded.rendered == "");
  BOOST_TEST(requests_of(loaded.plans.at(0).steps.at(1)) == "GET dc2/server/0/v1/b/${id}\n");
}

BOOST_AUTO_TEST_CASE(a_quirk_is_a_mutant) {
  const Loaded loaded = load_clusters("quirks: [QP-21]\n" + something_checked);
  BOOST_TEST(loaded.rendered == "");
  BOOST_TEST(loaded.plans.at(0).mutants.has(Mutant::QP_21));
}

BOOST_AUTO_TEST_CASE(a_finding_inside_of_an_entry_has_its_line_and_column) {
  const Loaded loaded = load_clusters(
      "config:\n"
      "  - in: dc2\n"
      "    hcl: |\n"
      "      Kind = \"exported-services\"\n"
      "      Name = \"default\"\n"
      "      Services = [{ Name = \"web\", Consumers = [{ Peer = \"dc3\" }] }]\n"
      "steps: [{ peer: { accept: dc2, dial: dc1 } }]\n");
  BOOST_TEST(loaded.rendered.find("x.yaml:9:57") != std::string::npos, loaded.rendered);
  BOOST_TEST(loaded.rendered.find("dc2 knows these peers: dc1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::scenario
