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

  /// Plays the lines and returns how each line that was not met differs.
  std::map<std::string, std::string> play(const std::vector<Json>& lines) {
    for (const Json& line : lines) {
      const std::string id = line.value("id", "");
      if (line.contains("op")) continue;
      ++compared_;
      const auto outcome = answer(line);
      if (!outcome) {
        differences_[id] = "still waiting";
      } else if (auto difference = tests::difference(line, *outcome, saved_)) {
        differences_[id] = fmt::format("{} {}: {}", line["request"]["method"].get<std::string>(),
                                       line["request"]["path"].get<std::string>(), *difference);
      }
      if (outcome) save_from(line, *outcome, saved_);
    }
    return differences_;
  }

  std::size_t compared() const { return compared_; }

 private:
  OneServer& agent(const Json& line) {
    auto& made = agents_[line["request"].value("agent", "a")];
    if (!made) {
      made = std::make_unique<OneServer>();
    }
    return *made;
  }

  std::optional<Answer> answer(const Json& line) {
    OneServer& server = agent(line);
    Call call(request_of(line, saved_));
    auto outcome = server.run(call, call.start(server.view()));
    while (const auto* wait = std::get_if<Wait>(&outcome)) {
      server.now = wait->deadline;
      outcome = server.run(call, call.step(server.view(), Elapsed{}));
    }
    if (const auto* answered = std::get_if<Answer>(&outcome)) return *answered;
    return std::nullopt;
  }

  std::string name_;
  std::map<std::string, std::unique_ptr<OneServer>> agents_;
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
  const auto differences = suite.play(lines);
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
