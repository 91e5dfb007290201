// Config entries that are refused for what other entries say, from
// tests/golden/traffic/config-errors.jsonl.

#include <boost/test/unit_test.hpp>
#include <set>

#include "catalog/golden.hpp"
#include "catalog/small_api.hpp"
#include "peerlab/catalog/config_write.hpp"
#include "peerlab/catalog/queries.hpp"

using namespace peerlab;
using namespace peerlab::catalog;

BOOST_AUTO_TEST_SUITE(config_state)

BOOST_AUTO_TEST_CASE(every_recorded_refusal_for_the_sake_of_other_entries_is_made) {
  const std::set<std::string> ids = {"ix-perm-on-tcp",
                                     "ix-perm-then-tcp",
                                     "ix-perm-then-delete-defaults",
                                     "ix-jwt-unknown",
                                     "ix-jwt-perm-unknown",
                                     "ix-jwt-provider-in-use",
                                     "pd-mtls-permissive",
                                     "sd-mtls"};
  std::size_t held = 0;
  for (const auto& line : golden_lines("traffic/config-errors.jsonl")) {
    if (!ids.contains(line["id"].get<std::string>())) continue;
    BOOST_TEST_CONTEXT(line["id"]) {
      SmallApi api(1);
      for (const auto& entry : line["before"]) {
        BOOST_TEST(api.call("PUT", "/v1/config", entry.dump())->status == 200);
      }
      const std::string request = line["request"];
      const auto blank = request.find(' ');
      const auto& body = line["request_body"];
      const auto before = api.store().digest();
      const auto answer = api.call(request.substr(0, blank), request.substr(blank + 1),
                                   body.is_null() ? "" : body.dump());
      BOOST_TEST(answer->status == line["status"].get<int>());
      BOOST_TEST(answer->body == line["body"].get<std::string>());
      BOOST_TEST(api.store().digest() == before);
    }
    ++held;
  }
  BOOST_TEST(held == ids.size());
}

BOOST_AUTO_TEST_CASE(a_check_of_the_graph_may_refuse_a_change_before_it_is_made) {
  store::Store store;
  CatalogTables tables(store);
  const auto entry =
      normalize(decode_config_entry(R"({"Kind":"service-resolver","Name":"web"})").value());
  store::Transaction transaction(store, 2);
  const GraphCheck refuses = [](const CatalogTables& before, const ConfigChange& change) {
    BOOST_TEST(before.config_entries.size() == 0U);
    BOOST_TEST(change.kind == "service-resolver");
    BOOST_TEST(change.name == "web");
    return Result<void>(failure(Errc::invalid_argument, "loop"));
  };
  const auto result = tables.apply(UpsertConfig{*entry, std::nullopt}, {}, refuses);
  BOOST_REQUIRE(!result.has_value());
  BOOST_TEST(result.error().detail == "loop");
  BOOST_TEST(tables.config_entries.size() == 0U);
}

BOOST_AUTO_TEST_CASE(the_protocol_is_that_of_the_service_then_that_of_all) {
  SmallApi api(1);
  const ServiceName web("web");
  BOOST_TEST(protocol_of(api.tables(), web) == "tcp");
  api.call("PUT", "/v1/config", R"({"Kind":"proxy-defaults","Config":{"protocol":"grpc"}})");
  BOOST_TEST(protocol_of(api.tables(), web) == "grpc");
  api.call("PUT", "/v1/config", R"({"Kind":"service-defaults","Name":"web"})");
  BOOST_TEST(protocol_of(api.tables(), web) == "grpc");
  api.call("PUT", "/v1/config", R"({"Kind":"service-defaults","Name":"web","Protocol":"http"})");
  BOOST_TEST(protocol_of(api.tables(), web) == "http");
}

BOOST_AUTO_TEST_SUITE_END()
