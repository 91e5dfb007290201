#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "one_server.hpp"
#include "recording.hpp"

// The exchanges with a running Consul in tests/golden/http, in their order against the API over one
// state per agent.
namespace peerlab::tests {
namespace {

using namespace server::api;

/// The agents of one suite, and what its background calls are waiting for.
class Suite {
 public:
  explicit Suite(const std::string& name) : name_(name) {}

  /// Plays the lines. What they do not agree in is kept.
  void play(const std::vector<Json>& lines) {
    for (const Json& line : lines) {
      if (line.contains("connection_closed")) continue;  // Consul dies there (HTTP spec 3.1)
      if (line.contains("op")) {
        operate(line);
      } else {
        ask(line);
      }
    }
  }

  std::size_t compared() const { return compared_; }
  const std::map<std::string, std::string>& differences() const { return differences_; }

 private:
  struct Background {
    const Json* line;
    OneServer* server;
    std::uint64_t call;
  };

  /// As tests/golden/http/suites.json configures it.
  void start(OneServer& server, const std::string& agent) {
    static const Json suites =
        Json::parse(std::ifstream(PEERLAB_SOURCE_DIR + "/tests/golden/http/suites.json"));
    const Json& config = suites.at(name_)["agents"][agent];
    server::Settings& settings = server.settings;
    settings.node = NodeName(config["node_name"].get<std::string>());
    settings.node_id = config["node_id"];
    settings.datacenter = DatacenterName(config["datacenter"].get<std::string>());
    settings.address = config["bind_addr"];
    settings.grpc_port = config["ports"].value("grpc", -1);
    server.situation.leader_address = settings.address + ":8300";
    server.situation.server_addresses = {server.situation.leader_address};
    server.boot(config["connect"]["ca_config"]["cluster_id"]);
  }

  OneServer& agent(const Json& line) {
    auto& made = agents_[line["request"].value("agent", "a")];
    if (!made) {
      made = std::make_unique<OneServer>();
      start(*made, line["request"].value("agent", "a"));
    }
    return *made;
  }

  void operate(const Json& line) {
    const std::string op = line["op"];
    if (op == "join") {
      const Background waiting = background_.at(line["ref"]);
      finish(*waiting.line, *waiting.server, waiting.call);
    } else if (op == "sleep") {
      pass(std::chrono::milliseconds(line.value("ms", 0)));
    } else {
      BOOST_FAIL("unknown step " << op);
    }
  }

  void ask(const Json& line) {
    OneServer& server = agent(line);
    const Instant begun = server.now;
    const auto call = server.start(request_of(line, saved_));
    if (line.contains("bg")) {
      background_[line["bg"]] = {&line, &server, call};
      return;
    }
    finish(line, server, call);
    check_time(line, server.now - begun);
  }

  /// A call that was over at once must be so here, and one that waited must wait as long.
  void check_time(const Json& line, Duration taken) {
    if (!line.contains("elapsed_ms")) return;
    const Duration least = std::chrono::milliseconds(line["elapsed_ms"][0].get<int>());
    const bool waited = least > std::chrono::milliseconds(100);
    if (waited != (taken > Duration(0)) ||
        (waited && (taken < least * 9 / 10 || taken > least * 11 / 10))) {
      differ(line, fmt::format("took {} and not {}", go_duration(taken), go_duration(least)));
    }
  }

  void finish(const Json& line, OneServer& server, std::uint64_t call) {
    ++compared_;
    while (const auto due = server.deadline(call)) pass(*due - server.now);
    const Answer* answer = server.answer(call);
    if (answer == nullptr) return differ(line, "no answer");
    if (auto text = difference(line, *answer, saved_)) differ(line, *text);
    save_from(line, *answer, saved_);
  }

  void pass(Duration time) {
    for (auto& [name, server] : agents_) server->pass(server->now + time);
  }

  void differ(const Json& line, const std::string& text) {
    differences_[line["id"]] =
        fmt::format("{} {}: {}", line["request"]["method"].get<std::string>(),
                    line["request"]["path"].get<std::string>(), text);
  }

  std::string name_;
  std::map<std::string, std::unique_ptr<OneServer>> agents_;
  std::map<std::string, Background> background_;
  Saved saved_;
  std::map<std::string, std::string> differences_;
  std::size_t compared_ = 0;
};

void replay(const std::string& name, const std::vector<std::string>& files) {
  std::vector<Json> lines;
  for (const auto& file : files) {
    for (auto& line : recorded_lines("http/" + file)) lines.push_back(std::move(line));
  }
  Suite suite(name);
  suite.play(lines);
  const auto& differences = suite.differences();
  const bool verbose = std::getenv("GOLDEN_VERBOSE") != nullptr;
  for (const auto& [id, text] : differences) {
    if (verbose) BOOST_TEST_MESSAGE(id << " " << text);
  }
  BOOST_TEST_MESSAGE(name << ": " << suite.compared() << " compared, " << differences.size()
                          << " differ");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_http)

BOOST_AUTO_TEST_CASE(routing) { replay("routing", {"exchanges-routing.jsonl"}); }
BOOST_AUTO_TEST_CASE(peering_errors) {
  replay("peering-errors", {"exchanges-peering-errors.jsonl"});
}

BOOST_AUTO_TEST_CASE(catalog) { replay("catalog", {"exchanges-catalog.jsonl"}); }
BOOST_AUTO_TEST_CASE(health) { replay("health", {"exchanges-health.jsonl"}); }
BOOST_AUTO_TEST_CASE(kv) { replay("kv", {"exchanges-kv.jsonl"}); }
BOOST_AUTO_TEST_CASE(config) { replay("config", {"exchanges-config.jsonl"}); }
BOOST_AUTO_TEST_CASE(connect) { replay("connect", {"exchanges-connect.jsonl"}); }
BOOST_AUTO_TEST_CASE(params) { replay("params", {"exchanges-params.jsonl"}); }
BOOST_AUTO_TEST_CASE(tenancy) { replay("tenancy", {"exchanges-tenancy.jsonl"}); }
BOOST_AUTO_TEST_CASE(blocking) { replay("blocking", {"exchanges-blocking.jsonl"}); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::tests
