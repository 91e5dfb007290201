#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
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

  OneServer& agent(const Json& line) {
    auto& made = agents_[line["request"].value("agent", "a")];
    if (!made) {
      made = std::make_unique<OneServer>();
      made->situation.leader_address = "127.0.33.1:8300";
      made->situation.server_addresses = {"127.0.33.1:8300"};
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::tests
