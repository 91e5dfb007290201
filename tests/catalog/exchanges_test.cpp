// Recorded HTTP exchanges held against rows, commands and texts, without HTTP: what the API adds
// around them (headers, filters, forwarding, sessions) is held against the same files elsewhere.

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <regex>

#include "catalog/golden.hpp"
#include "catalog/small_api.hpp"
#include "peerlab/base/encoding.hpp"

namespace {

using Json = nlohmann::ordered_json;

/// The agent's own node and service, as the suites find them at their start.
void start(SmallApi& api) {
  api.call("PUT", "/v1/catalog/register",
           R"({"Node":"n1","ID":"10000000-0000-4000-8000-000000000001","Address":"127.0.33.1",
               "TaggedAddresses":{"lan":"127.0.33.1","lan_ipv4":"127.0.33.1","wan":"127.0.33.1",
                                  "wan_ipv4":"127.0.33.1"},
               "NodeMeta":{"consul-network-segment":"","consul-version":"1.23.0"},
               "Service":{"Service":"consul","Port":8300,
                 "Meta":{"grpc_port":"8502","grpc_tls_port":"8503","non_voter":"false",
                         "raft_version":"3","read_replica":"false","serf_protocol_current":"2",
                         "serf_protocol_max":"5","serf_protocol_min":"1","version":"1.23.0"}},
               "Check":{"CheckID":"serfHealth","Name":"Serf Health Status","Status":"passing",
                        "Output":"Agent alive and reachable"}})");
}

void forget_indexes(Json& json) {
  if (json.is_object()) {
    for (const char* key : {"CreateIndex", "ModifyIndex", "Hash"}) json.erase(key);
  }
  if (json.is_structured()) {
    for (auto& item : json) forget_indexes(item);
  }
}

/// The body with what differs between runs taken out; texts that are no JSON stay as they are.
std::string comparable(const std::string& body, const Json& line) {
  Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) return body;
  forget_indexes(json);
  for (const auto& pointer : line.value("vary", Json::array())) {
    const std::string path = pointer;
    if (!path.starts_with('/') || path.find('*') != std::string::npos) continue;
    const Json::json_pointer at(path);
    if (json.contains(at)) json[at] = nullptr;
  }
  return json.dump();
}

/// Exchanges that look like ours but hang on what other rooms keep or do, with what that is.
using Elsewhere = std::map<std::string, std::string>;

struct Counts {
  int held = 0;
  int beyond = 0;
};

/// Replays one suite and compares every answer that is known here.
Counts replay(const std::string& suite, const Elsewhere& elsewhere) {
  SmallApi api(12);
  start(api);
  std::map<std::string, std::string> saved;
  Counts counts;
  for (const Json& line : golden_lines("http/exchanges-" + suite + ".jsonl")) {
    const std::string id = line["id"];
    if (!line.contains("request") || !line.contains("status")) continue;
    const Json& request = line["request"];
    std::string path = request["path"];
    std::string body = request.contains("body") ? request["body"].get<std::string>() : "";
    if (request.contains("body_b64")) {
      body = peerlab::from_base64(request["body_b64"].get<std::string>()).value();
    }
    for (const auto& [name, value] : saved) {
      const std::string variable = "${" + name + "}";
      for (std::string* text : {&path, &body}) {
        for (auto at = text->find(variable); at != std::string::npos; at = text->find(variable)) {
          text->replace(at, variable.size(), value);
        }
      }
    }
    const bool plain = request.value("agent", "a") == "a" && !request.contains("body_repeat") &&
                       !request.contains("headers");
    if (!plain || elsewhere.contains(id)) {
      ++counts.beyond;
      continue;
    }
    const auto answer = api.call(request["method"].get<std::string>(), path, body);
    if (!answer) {
      ++counts.beyond;
      continue;
    }
    BOOST_TEST_CONTEXT(id << " " << request["method"] << " " << path) {
      BOOST_TEST(answer->status == line["status"].get<int>());
      if (line.contains("body")) {
        BOOST_TEST(comparable(answer->body, line) ==
                   comparable(line["body"].get<std::string>(), line));
      }
    }
    const Json save = line.value("save", Json::object());
    for (const auto& [name, pointer] : save.items()) {
      const std::string at = pointer;
      if (!at.starts_with('/')) continue;
      const Json value = Json::parse(answer->body)[Json::json_pointer(at)];
      saved[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
    ++counts.held;
  }
  return counts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exchanges)

BOOST_AUTO_TEST_CASE(catalog,
                     *boost::unit_test::label("H-104") * boost::unit_test::label("H-109") *
                         boost::unit_test::label("H-110") * boost::unit_test::label("H-111") *
                         boost::unit_test::label("H-112") * boost::unit_test::label("H-113") *
                         boost::unit_test::label("D-052")) {
  const Elsewhere elsewhere = {
      {"catalog-277", "forwarding to another datacenter"},
      {"catalog-312", "protocols of an ingress gateway's services"},
      {"catalog-325", "services linked to a terminating gateway"},
  };
  BOOST_TEST(replay("catalog", elsewhere).held == 123);
}

BOOST_AUTO_TEST_CASE(health, *boost::unit_test::label("H-118") * boost::unit_test::label("H-119") *
                                 boost::unit_test::label("H-120")) {
  const Elsewhere elsewhere = {{"health-052", "sameness groups"}};
  BOOST_TEST(replay("health", elsewhere).held == 30);
}

BOOST_AUTO_TEST_CASE(kv, *boost::unit_test::label("H-189") * boost::unit_test::label("H-190") *
                             boost::unit_test::label("H-193") * boost::unit_test::label("H-194") *
                             boost::unit_test::label("H-195") * boost::unit_test::label("H-196") *
                             boost::unit_test::label("H-203")) {
  const Elsewhere elsewhere = {
      {"kv-115", "sessions"},      {"kv-121", "sessions"},       {"kv-123", "sessions"},
      {"kv-126", "sessions"},      {"kv-131", "sessions"},       {"kv-133", "sessions"},
      {"kv-136", "sessions"},      {"kv-145", "cleaned paths"},  {"kv-150", "key validation"},
      {"kv-154", "cleaned paths"}, {"kv-156", "key validation"}, {"kv-160", "cleaned paths"},
      {"kv-178", "cleaned paths"},
  };
  BOOST_TEST(replay("kv", elsewhere).held == 90);
}

BOOST_AUTO_TEST_CASE(config,
                     *boost::unit_test::label("H-155") * boost::unit_test::label("H-156") *
                         boost::unit_test::label("H-157") * boost::unit_test::label("H-159") *
                         boost::unit_test::label("H-160") * boost::unit_test::label("H-161") *
                         boost::unit_test::label("H-162") * boost::unit_test::label("H-163") *
                         boost::unit_test::label("H-164") * boost::unit_test::label("H-168") *
                         boost::unit_test::label("H-169") * boost::unit_test::label("H-170") *
                         boost::unit_test::label("H-174")) {
  const Elsewhere elsewhere = {
      {"config-120", "discovery chains"},
      {"config-145", "discovery chains"},
      {"config-199", "discovery chains"},
      {"config-156", "certificates of API gateways, kept unread"},
      {"config-162", "routes of API gateways, kept unread"},
      {"config-165", "routes of API gateways, kept unread"},
  };
  BOOST_TEST(replay("config", elsewhere).held == 157);
}

BOOST_AUTO_TEST_SUITE_END()
