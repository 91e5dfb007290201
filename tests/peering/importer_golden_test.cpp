#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "golden_resources.hpp"
#include "importer_fixture.hpp"

// What a hand-made acceptor sent to a real dialer: our importer must take and refuse the same, in
// the same words, and be left with the same instances.

namespace peerlab::peering {
namespace {

using tests::golden_events;
using Texts = std::vector<std::string>;

/// What the recorded dialer answered, by nonce: "" for an ACK.
std::map<std::string, std::string> recorded_answers(const std::string& file) {
  std::map<std::string, std::string> answers;
  for (const auto& event : golden_events(file)) {
    const auto* request = std::get_if<Request>(&event.message);
    if (!event.from_consul || request == nullptr) continue;
    answers[request->response_nonce.value()] = request->error ? request->error->message : "";
  }
  return answers;
}

BOOST_AUTO_TEST_SUITE(importer_golden)

BOOST_AUTO_TEST_CASE(a_dialer_takes_and_refuses_as_recorded,
                     *boost::unit_test::label("C-184") * boost::unit_test::label("C-185") *
                         boost::unit_test::label("C-186") * boost::unit_test::label("C-187") *
                         boost::unit_test::label("C-189") * boost::unit_test::label("C-192") *
                         boost::unit_test::label("C-193") * boost::unit_test::label("C-198") *
                         boost::unit_test::label("C-200") * boost::unit_test::label("C-201") *
                         boost::unit_test::label("C-205")) {
  const std::string file = "stream-dialer-lifecycle.jsonl";
  const auto answers = recorded_answers(file);
  ImporterFixture dialer;
  // By nonce: what must be true afterwards.
  const std::map<std::string, std::function<void()>> afterwards = {
      {"a1",
       [&] {
         const auto* stored = dialer.tables.trust_bundle({}, dialer.peer);
         BOOST_TEST(stored->bundle.trust_domain == "99999999-8888-7777-6666-555555555555.consul");
         BOOST_TEST(stored->bundle.peer_name == "a");
         // As sent, the root lacks its last line feed.
         BOOST_TEST(
             dialer.peering("a").peer_ca_pems == Texts{stored->bundle.root_pems.at(0) + "\n"},
             boost::test_tools::per_element());
       }},
      {"a2",
       [&] {
         BOOST_TEST(dialer.instances("web") == (Texts{"x1/web-1", "x1/web-2", "x2/web-3"}),
                    boost::test_tools::per_element());
       }},
      {"a4", [&] { BOOST_TEST(dialer.writes == 0); }},
      {"a5", [&] { BOOST_TEST(dialer.writes == 2); }},
      {"a6", [&] { BOOST_TEST(dialer.writes == 0); }},  // in Consul 1: QP-18
      {"a7",
       [&] {
         BOOST_TEST(dialer.instances("web") == (Texts{"x1/web-1", "x1/web-9"}),
                    boost::test_tools::per_element());
         BOOST_TEST(dialer.nodes(dialer.peer) == (Texts{"gwx", "x1"}),
                    boost::test_tools::per_element());
       }},
      {"a8",
       [&] {
         const auto rows =
             catalog::service_health(dialer.catalog, ServiceName("web"), dialer.peer).rows;
         BOOST_REQUIRE(rows.size() == 1);
         BOOST_TEST(rows[0].node.peer == dialer.peer);
         BOOST_TEST(rows[0].service.peer == dialer.peer);
         BOOST_TEST(rows[0].checks.at(0).peer == dialer.peer);
         BOOST_TEST(rows[0].node.datacenter == DatacenterName("dcx"));
         BOOST_TEST(!rows[0].node.locality.has_value());
         BOOST_TEST(rows[0].service.locality->region == "r");
       }},
      {"b6",
       [&] {
         const auto rows =
             catalog::service_health(dialer.catalog, ServiceName("ok6"), dialer.peer).rows;
         BOOST_TEST(rows.at(0).checks.at(0).status == "critical");
       }},
      {"b7",
       [&] {
         BOOST_TEST(dialer.instances("ok7") == Texts{"z2/ok7-2"}, boost::test_tools::per_element());
       }},
      {"b8",
       [&] {
         BOOST_TEST(dialer.instances("inner") == Texts{"w1/in-1"},
                    boost::test_tools::per_element());
       }},
      {"c1", [&] { BOOST_TEST(dialer.instances("web").empty()); }},
      {"c2",
       [&] {
         BOOST_TEST(dialer.instances("inner").empty());
         BOOST_TEST(dialer.instances("emp").empty());
         BOOST_TEST(dialer.instances("ok7").empty());
         // Half an import stays where a node was stored before the failure: y1 to y3 have no
         // listed service, only those of web-sidecar-proxy are kept.
         BOOST_TEST(dialer.instances("web-sidecar-proxy").size() == 1u);
       }},
      {"d1",
       [&] {
         BOOST_TEST(dialer.peering("a").peer_server_addresses ==
                        (Texts{"127.0.1.50:8503", "127.0.1.50:8599"}),
                    boost::test_tools::per_element());
       }},
      {"d2", [&] { BOOST_TEST(dialer.peering("a").peer_server_addresses.size() == 2u); }},
      {"d3", [&] { BOOST_TEST(dialer.peering("a").peer_server_addresses[0] == "nonsense"); }},
  };

  std::size_t checked = 0;
  int imported = 0;
  for (const auto& event : golden_events(file)) {
    const Response* response = event.response();
    if (event.from_consul || response == nullptr) continue;
    const std::string nonce = response->nonce.value();
    BOOST_TEST_CONTEXT(nonce) {
      ++imported;
      const std::string ours = dialer.import(response->resource_id, event.resource());
      const std::string recorded = answers.at(nonce);
      if (recorded.empty()) {
        BOOST_TEST(ours == "");
      } else {
        const std::string wrapped = "upsert error, ResourceURL: \"" + response->resource_url +
                                    "\", ResourceID: \"" + response->resource_id + "\": " + ours;
        BOOST_TEST(wrapped == recorded);
      }
      if (const auto found = afterwards.find(nonce); found != afterwards.end()) {
        found->second();
        ++checked;
      }
    }
  }
  BOOST_TEST(imported >= 20);
  BOOST_TEST(checked == afterwards.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace peerlab::peering
