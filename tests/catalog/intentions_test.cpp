// Listing, matching and reading of intentions, from tests/golden/traffic/intentions.jsonl.

#include "peerlab/catalog/intentions.hpp"

#include <boost/test/unit_test.hpp>

#include "catalog/golden.hpp"
#include "catalog/small_api.hpp"
#include "peerlab/catalog/encode.hpp"

using namespace peerlab;
using namespace peerlab::catalog;
using Recorded = nlohmann::ordered_json;

namespace {

Recorded shown(const std::vector<IntentionRow>& rows) {
  Recorded list = Recorded::array();
  for (const IntentionRow& row : rows) list.push_back(Recorded::parse(to_json_text(row)));
  return list;
}

void forget_indexes(Recorded& json) {
  if (json.is_object()) {
    json.erase("CreateIndex");
    json.erase("ModifyIndex");
  }
  if (json.is_structured()) {
    for (auto& item : json) forget_indexes(item);
  }
}

/// What the tables say to a recorded request; nothing for requests that other rooms answer.
std::optional<Recorded> answer(const CatalogTables& tables, const std::string& request) {
  const std::string by_destination = "GET /v1/connect/intentions/match?by=destination&name=";
  const std::string by_source = "GET /v1/connect/intentions/match?by=source&name=";
  const auto match = [](const std::string& name, const std::vector<IntentionRow>& rows) {
    Recorded object;
    object[name] = rows.empty() ? Recorded(nullptr) : shown(rows);
    return object;
  };
  const auto name_after = [&](const std::string& start) {
    return request.starts_with(start) && request.find(':') == std::string::npos &&
                   request.rfind("&name=") == start.size() - 6
               ? std::optional(request.substr(start.size()))
               : std::nullopt;
  };
  if (request == "GET /v1/connect/intentions") return shown(list_intentions(tables).rows);
  if (const auto name = name_after(by_destination)) {
    return match(*name, match_by_destination(tables, ServiceName(*name)).rows);
  }
  if (const auto name = name_after(by_source)) {
    return match(*name, match_by_source(tables, ServiceName(*name)).rows);
  }
  return std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(intentions)

BOOST_AUTO_TEST_CASE(lists_and_matches_are_as_recorded,
                     *boost::unit_test::label("H-182") * boost::unit_test::label("T-117")) {
  int held = 0;
  for (const Recorded& line : golden_lines("traffic/intentions.jsonl")) {
    SmallApi api(1);
    for (const Recorded& entry : line["entries"]) {
      const auto written = api.call("PUT", "/v1/config", entry.dump());
      BOOST_REQUIRE(written.has_value());
      BOOST_TEST(written->status == 200, written->body);
    }
    const std::string request = line["request"];
    auto seen = answer(api.tables(), request);
    if (!seen || line["status"] != 200) continue;
    Recorded recorded = line["body"];
    forget_indexes(*seen);
    forget_indexes(recorded);
    BOOST_TEST(seen->dump() == recorded.dump(), line["id"] << " " << request);
    ++held;
  }
  BOOST_TEST(held == 86);
}

BOOST_AUTO_TEST_CASE(an_intention_is_found_by_all_that_names_it) {
  SmallApi api(1);
  api.call("PUT", "/v1/config",
           R"({"Kind":"service-intentions","Name":"db","Sources":[
               {"Name":"web","Peer":"east","Action":"allow"},{"Name":"web","Action":"deny"}]})");
  const auto find = [&](const char* peer, const char* source, const char* destination) {
    const auto found = exact_intention(api.tables(), PeerName(peer), {}, ServiceName(source),
                                       ServiceName(destination));
    return found.rows.source == nullptr ? std::string("none") : found.rows.source->action;
  };
  BOOST_TEST(find("east", "web", "db") == "allow");
  BOOST_TEST(find("", "web", "db") == "deny");
  BOOST_TEST(find("west", "web", "db") == "none");
  BOOST_TEST(find("", "web", "other") == "none");
}

BOOST_AUTO_TEST_SUITE_END()
