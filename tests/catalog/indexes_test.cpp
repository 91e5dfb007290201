// Which write moves which index, from tests/golden/datacenter/indexes.jsonl (D-049 to D-056).

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "catalog/golden.hpp"
#include "catalog/small_api.hpp"

namespace {

/// Endpoints of rows that are not kept here: sessions, ACL, queries, peerings, the CA, the agent's
/// coordinates, the user interface, gateways' services; chains and intentions are read from the
/// table of config entries by other rooms.
bool in_scope(const std::string& endpoint) {
  return endpoint.starts_with("catalog/nodes") || endpoint.starts_with("catalog/service") ||
         endpoint.starts_with("catalog/node") || endpoint.starts_with("catalog/connect") ||
         endpoint.starts_with("health/") || endpoint.starts_with("kv/") ||
         endpoint.starts_with("config/") || endpoint == "exported-services";
}

/// Steps whose writes are not the catalog's, with what they need.
const std::map<int, std::string> beyond = {
    {50, "sessions"},
    {51, "sessions"},
    {52, "sessions"},
    {53, "sessions"},
    {54, "sessions"},
    {55, "sessions"},
    {56, "sessions"},
    {57, "sessions"},
    {58, "sessions"},
    {59, "sessions"},
    {60, "sessions"},
    {61, "sessions"},
    {62, "sessions"},
    {63, "sessions"},
    {65, "sessions"},
    {67, "sessions"},
    {68, "sessions"},
    {70, "sessions"},
    {83, "prepared queries"},
    {84, "ACL"},
    {85, "ACL"},
    {86, "ACL"},
    {87, "txn"},
    {88, "txn"},
    {89, "txn"},
    {90, "txn"},
    {91, "txn"},
    {92, "peering"},
    {93, "peering"},
    {94, "peering"},
    {96, "events"},
    {97, "coordinates"},
    {99, "CA"},
    {101, "autopilot"},
};

/// Endpoints that one step moves for the sake of rows that are not kept here.
const std::map<int, std::set<std::string>> moved_by_others = {
    // The check's session loses its keys.
    {69, {"kv/?keys", "kv/?recurse", "kv/missing"}},
    // A terminating gateway is linked to the service.
    {82, {"catalog/connect/web", "catalog/gateway-services/gw", "health/connect/web"}},
};

struct Replay {
  SmallApi api{21};

  std::uint64_t index_of(const std::string& endpoint) {
    const auto answer = api.call("GET", "/v1/" + endpoint, "");
    BOOST_REQUIRE_MESSAGE(answer.has_value(), endpoint);
    return answer->index;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(indexes, Replay)

BOOST_AUTO_TEST_CASE(every_recorded_write_moves_the_same_indexes,
                     *boost::unit_test::label("D-049") * boost::unit_test::label("D-050") *
                         boost::unit_test::label("D-051") * boost::unit_test::label("D-053") *
                         boost::unit_test::label("D-054") * boost::unit_test::label("D-055") *
                         boost::unit_test::label("D-056")) {
  // The server itself stands in the catalog before the first step.
  api.call("PUT", "/v1/catalog/register",
           R"({"Node":"s1","Address":"127.0.0.1","Service":{"Service":"consul","Port":8300},
               "Check":{"CheckID":"serfHealth","Name":"Serf Health Status","Status":"passing"}})");
  api.call("PUT", "/v1/catalog/register",
           R"({"Node":"s1","Address":"127.0.0.1","NodeMeta":{"v":"1"}})");
  std::map<std::string, std::uint64_t> before;
  int replayed = 0;
  for (const auto& line : golden_lines("datacenter/indexes.jsonl")) {
    const int step = line["step"];
    if (step == 0) {
      for (const auto& [endpoint, index] : line["absolute_indexes"].items()) {
        if (in_scope(endpoint)) before[endpoint] = index_of(endpoint);
      }
      continue;
    }
    if (beyond.contains(step) || !line.contains("request") || line["request"].is_null()) continue;
    BOOST_TEST_CONTEXT("step " << step << ": " << line["name"]) {
      const auto& request = line["request"];
      const auto& body = request["body"];
      const std::string text = body.is_null()     ? ""
                               : body.is_string() ? body.get<std::string>()
                                                  : body.dump();
      const std::uint64_t log_before = api.log_index();
      const auto answer =
          api.call(request["method"].get<std::string>(), request["path"].get<std::string>(), text);
      BOOST_REQUIRE(answer.has_value());
      BOOST_TEST(answer->status == line["status"].get<int>());
      BOOST_TEST(api.log_index() - log_before == line["raft_entries"].get<std::uint64_t>());
      const std::set<std::string> moved = line["moved"];
      for (auto& [endpoint, index] : before) {
        const auto now = index_of(endpoint);
        const auto others = moved_by_others.find(step);
        const bool expected = moved.contains(endpoint) && (others == moved_by_others.end() ||
                                                           !others->second.contains(endpoint));
        BOOST_TEST((now != index) == expected, endpoint << (expected ? " stays" : " moves"));
        if (expected) BOOST_TEST(now == api.log_index(), endpoint);
        index = now;
      }
      ++replayed;
    }
  }
  BOOST_TEST(replayed == 64);
}

BOOST_AUTO_TEST_SUITE_END()
