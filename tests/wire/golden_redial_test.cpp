#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "peerlab/peering/redial.hpp"
#include "wire/stream_replay.hpp"

/// The pauses of a real dialer against acceptors that end each stream with one status.
namespace peerlab::peering {
namespace {

using namespace tests;
using namespace std::chrono_literals;
using nlohmann::json;

/// Connecting and the timer of the recorded host.
constexpr Duration overhead = 12ms;

bool is_pause(Duration recorded, Duration pause) {
  return recorded >= pause && recorded - pause <= overhead;
}

enum class Explained { table, restarted, lost_race, nothing };

/// Follows one row of the recording with a Redial of ours. Three things can happen to a failure:
/// the pause of the table; a restart of the loop, because some other peering was written on that
/// server (an attempt at once, whatever the pause, and the count begins again); or the status was
/// lost in the race of spec 7.7 (QP-21), so that the failure counts as any other.
class Row {
 public:
  explicit Row(GrpcCode code) : code_(code) {}

  Explained follow(Duration recorded) {
    Redial by_table = redial_;
    const Duration expected = by_table.failed(code_, 0s);
    if (is_pause(recorded, expected)) {
      redial_ = by_table;
      return Explained::table;
    }
    Redial by_race = redial_;
    const Duration unrecognised = by_race.failed(GrpcCode::unknown, 0s);
    if (is_pause(recorded, unrecognised)) {
      redial_ = by_race;
      return Explained::lost_race;
    }
    if (recorded < std::max(expected, unrecognised)) {
      redial_ = Redial(as_recorded);
      return Explained::restarted;
    }
    return Explained::nothing;
  }

 private:
  GrpcCode code_;
  Redial redial_{as_recorded};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_redial)

BOOST_AUTO_TEST_CASE(every_recorded_pause_is_that_of_the_table) {
  std::ifstream file(PEERLAB_SOURCE_DIR + "/tests/golden/peering/redial-delays.json");
  const json recording = json::parse(file);
  std::map<std::string, std::map<Explained, int>> counts;
  for (const auto& [name, row] : recording["cases"].items()) {
    Row follower(static_cast<GrpcCode>(row["status"]["code"].get<int>()));
    for (const int delay : row["delays_ms"]) {
      BOOST_TEST_CONTEXT(name << ": " << delay << " ms") {
        const Explained how = follower.follow(std::chrono::milliseconds(delay));
        BOOST_TEST((how != Explained::nothing));
        ++counts[name][how];
      }
    }
    BOOST_TEST(row["delays_ms"].size() + 1 == row["attempts"].get<std::size_t>());
  }
  // Exact, so that a wrong table cannot pass for disturbances. Three rows had none.
  using enum Explained;
  const std::map<std::string, std::map<Explained, int>> expected{
      {"failed-precondition", {{table, 65}, {restarted, 2}, {lost_race, 1}}},
      {"ok-at-once", {{table, 9}}},
      {"permission-denied", {{table, 9}}},
      {"resource-exhausted", {{table, 16}, {lost_race, 3}}},
      {"unavailable", {{table, 9}}},
      {"unknown", {{table, 10}, {restarted, 4}}}};
  BOOST_TEST((counts == expected));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::peering
