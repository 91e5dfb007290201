// What Consul says to config entries, from tests/golden/traffic/config-errors.jsonl.

#include "peerlab/catalog/config_write.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "catalog/golden.hpp"
#include "support/paths.hpp"

using namespace peerlab;
using namespace peerlab::catalog;

namespace {

using Lines = std::vector<nlohmann::ordered_json>;

/// Refused for what other entries say: judged with the tables, see config_state_test.cpp, or with
/// the discovery chain, which is another room's.
const std::set<std::string> needs_other_entries = {
    "ix-perm-on-tcp",
    "ix-perm-then-tcp",
    "ix-perm-then-delete-defaults",
    "ix-jwt-unknown",
    "ix-jwt-perm-unknown",
    "ix-jwt-provider-in-use",
    "pd-mtls-permissive",
    "sd-mtls",
};

/// Not read: the filter of a subset. Nothing here evaluates filters yet.
const std::set<std::string> exceptions = {"rs-subset-bad-filter"};

/// What PUT /v1/config would answer if there were no other entries.
struct Outcome {
  int status = 200;
  std::string body;
  std::string stored;
};

Outcome put(const std::string& body) {
  const auto decoded = decode_config_entry(body);
  if (!decoded) return {400, "Request decoding failed: " + decoded.error().detail, ""};
  const auto normal = normalize(*decoded);
  if (!normal) return {500, normal.error().detail, ""};
  return {200, "true", to_json_text(*normal)};
}

std::string without_hash(const std::string& text) {
  auto json = nlohmann::ordered_json::parse(text);
  for (const char* key : {"Hash", "CreateIndex", "ModifyIndex"}) json.erase(key);
  return json.dump();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_write)

BOOST_AUTO_TEST_CASE(every_recorded_entry_is_judged_as_consul_judged_it,
                     *boost::unit_test::label("H-154") * boost::unit_test::label("H-158") *
                         boost::unit_test::label("H-165") * boost::unit_test::label("H-166") *
                         boost::unit_test::label("H-167") * boost::unit_test::label("H-171") *
                         boost::unit_test::label("H-172") * boost::unit_test::label("H-173")) {
  int judged = 0;
  for (const auto& line : golden_lines("traffic/config-errors.jsonl")) {
    const std::string id = line["id"];
    if (needs_other_entries.contains(id) || exceptions.contains(id)) continue;
    BOOST_TEST_CONTEXT(id) {
      const Outcome outcome = put(line["request_body"].dump());
      BOOST_TEST(outcome.status == line["status"].get<int>());
      BOOST_TEST(outcome.body == (line["body"].is_string() ? line["body"].get<std::string>()
                                                           : line["body"].dump()));
      if (line.contains("stored") && !outcome.stored.empty()) {
        BOOST_TEST(without_hash(outcome.stored) == without_hash(line["stored"].dump()));
      }
    }
    ++judged;
  }
  BOOST_TEST(judged == 209);
}

BOOST_AUTO_TEST_SUITE_END()
