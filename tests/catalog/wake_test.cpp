// Which change wakes which blocked read, from tests/golden/datacenter/blocking.jsonl.

#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>

#include "catalog/golden.hpp"
#include "catalog/small_api.hpp"
#include "peerlab/catalog/queries.hpp"

using namespace peerlab;
using namespace peerlab::catalog;

namespace {

using Read = std::function<store::RaftIndex(const CatalogTables&, store::WatchSet*)>;

/// The recorded endpoints that read these tables.
const std::map<std::string, Read> reads = {
    {"kv/missing", [](const auto& t, auto* w) { return kv_get(t, "missing", w).index; }},
    {"kv/a", [](const auto& t, auto* w) { return kv_get(t, "a", w).index; }},
    {"kv/y/?recurse", [](const auto& t, auto* w) { return kv_list(t, "y/", w).index; }},
    {"kv/nope/?recurse", [](const auto& t, auto* w) { return kv_list(t, "nope/", w).index; }},
    {"health/service/never",
     [](const auto& t, auto* w) { return service_health(t, ServiceName("never"), {}, w).index; }},
    {"health/service/web",
     [](const auto& t, auto* w) { return service_health(t, ServiceName("web"), {}, w).index; }},
    {"catalog/service/web",
     [](const auto& t, auto* w) { return service_instances(t, ServiceName("web"), {}, w).index; }},
    {"catalog/services", [](const auto& t, auto* w) { return list_services(t, {}, {}, w).index; }},
    {"catalog/nodes", [](const auto& t, auto* w) { return list_nodes(t, {}, w).index; }},
    {"config/service-defaults/never",
     [](const auto& t, auto* w) { return config_entry(t, "service-defaults", "never", w).index; }},
    {"config/service-defaults/web",
     [](const auto& t, auto* w) { return config_entry(t, "service-defaults", "web", w).index; }},
    {"config/service-defaults",
     [](const auto& t, auto* w) { return config_entries(t, "service-defaults", w).index; }},
};

struct Change {
  const char* method;
  const char* path;
  const char* body;
};

constexpr const char* register_path = "/v1/catalog/register";

/// What the recorded changes were, by endpoint and name.
const std::map<std::pair<std::string, std::string>, Change> changes = {
    {{"kv/missing", "unrelated kv put"}, {"PUT", "/v1/kv/else", "1"}},
    {{"kv/missing", "created"}, {"PUT", "/v1/kv/missing", "1"}},
    {{"kv/a", "unrelated kv put"}, {"PUT", "/v1/kv/else", "1"}},
    {{"kv/a", "changed"}, {"PUT", "/v1/kv/a", "2"}},
    {{"kv/a", "same value, other flags"}, {"PUT", "/v1/kv/a?flags=9", "1"}},
    {{"kv/y/?recurse", "unrelated kv put"}, {"PUT", "/v1/kv/else", "1"}},
    {{"kv/y/?recurse", "delete under prefix"}, {"DELETE", "/v1/kv/y/1", ""}},
    {{"kv/nope/?recurse", "unrelated kv put"}, {"PUT", "/v1/kv/else", "1"}},
    {{"health/service/never", "register unrelated"},
     {"PUT", register_path, R"({"Node":"m","Address":"b","Service":{"Service":"other"}})"}},
    {{"health/service/web", "register unrelated on other node"},
     {"PUT", register_path, R"({"Node":"m","Address":"b","Service":{"Service":"other"}})"}},
    {{"health/service/web", "register unrelated on same node"},
     {"PUT", register_path, R"({"Node":"n","Address":"a","Service":{"Service":"other"}})"}},
    {{"health/service/web", "node check of same node"},
     {"PUT", register_path, R"({"Node":"n","Address":"a","Check":{"CheckID":"c"}})"}},
    {{"catalog/service/web", "node meta change same node"},
     {"PUT", register_path, R"({"Node":"n","Address":"a","NodeMeta":{"k":"v"}})"}},
    {{"health/service/web", "node meta change same node"},
     {"PUT", register_path, R"({"Node":"n","Address":"a","NodeMeta":{"k":"v"}})"}},
    {{"catalog/services", "tag-less new instance of existing name"},
     {"PUT", register_path, R"({"Node":"m","Address":"b","Service":{"Service":"web"}})"}},
    {{"catalog/services", "check change only"},
     {"PUT", register_path, R"({"Node":"n","Address":"a","Check":{"CheckID":"c"}})"}},
    {{"catalog/nodes", "service registration"},
     {"PUT", register_path, R"({"Node":"n","Address":"a","Service":{"Service":"other"}})"}},
    {{"catalog/nodes", "check change"},
     {"PUT", register_path, R"({"Node":"n","Address":"a","Check":{"CheckID":"c"}})"}},
    {{"config/service-defaults/never", "unrelated config entry"},
     {"PUT", "/v1/config", R"({"Kind":"service-defaults","Name":"else"})"}},
    {{"config/service-defaults/web", "unrelated config entry"},
     {"PUT", "/v1/config", R"({"Kind":"service-defaults","Name":"else"})"}},
    {{"config/service-defaults", "unrelated kind"}, {"PUT", "/v1/config", R"({"Kind":"mesh"})"}},
};

void prepare(SmallApi& api) {
  for (const char* key : {"/v1/kv/a", "/v1/kv/y/1", "/v1/kv/y/2"}) api.call("PUT", key, "1");
  api.call("PUT", register_path, R"({"Node":"n","Address":"a","Service":{"Service":"web"}})");
  api.call("PUT", "/v1/config", R"({"Kind":"service-defaults","Name":"web"})");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wake)

BOOST_AUTO_TEST_CASE(a_blocked_read_wakes_for_what_woke_it_in_consul,
                     *boost::unit_test::label("H-041")) {
  std::size_t held = 0;
  for (const auto& line : golden_lines("datacenter/blocking.jsonl")) {
    if (line["kind"] != "blocking") continue;
    const std::string endpoint = line["endpoint"];
    const auto read = reads.find(endpoint);
    if (read == reads.end()) continue;  // rows of other rooms
    const auto change = changes.find({endpoint, line["change"].get<std::string>()});
    BOOST_REQUIRE_MESSAGE(change != changes.end(), endpoint << ": " << line["change"]);
    BOOST_TEST_CONTEXT(endpoint << ": " << line["change"]) {
      SmallApi api(1);
      prepare(api);
      store::Waiters waiters;
      store::WatchSet watches;
      const auto before = read->second(api.tables(), &watches);
      waiters.wait(1, std::move(watches));
      const auto answer = api.call(change->second.method, change->second.path, change->second.body);
      BOOST_REQUIRE(answer.has_value());
      BOOST_TEST(answer->status == 200);
      // The caller returns when it is woken and the index has risen.
      const bool fired = !waiters.wake(api.last_commit()).empty();
      const bool woke = fired && read->second(api.tables(), nullptr) > before;
      BOOST_TEST(woke == line["woke"].get<bool>());
    }
    ++held;
  }
  BOOST_TEST(held == changes.size());
}

// D-051: the row of extinctions wakes a watcher of a name that goes, and nothing else does after.
BOOST_AUTO_TEST_CASE(the_watcher_of_a_name_wakes_when_it_goes_and_then_sleeps) {
  SmallApi api(1);
  prepare(api);
  store::Waiters waiters;
  const auto block = [&] {
    store::WatchSet watches;
    service_health(api.tables(), ServiceName("web"), {}, &watches);
    waiters.wait(1, std::move(watches));
  };
  block();
  api.call("PUT", "/v1/catalog/deregister", R"({"Node":"n","ServiceID":"web"})");
  BOOST_TEST(!waiters.wake(api.last_commit()).empty());
  block();
  api.call("PUT", register_path, R"({"Node":"n","Address":"a","Service":{"Service":"other"}})");
  BOOST_TEST(waiters.wake(api.last_commit()).empty());
  api.call("PUT", register_path, R"({"Node":"n","Address":"a","Service":{"Service":"web"}})");
  BOOST_TEST(!waiters.wake(api.last_commit()).empty());
}

BOOST_AUTO_TEST_SUITE_END()
