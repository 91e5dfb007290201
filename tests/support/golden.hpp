#pragma once

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace peerlab::tests {

/// What became of one recorded line: it was compared (or used), nobody knew it, or it is excused.
struct Reading {
  Reading(bool known) : is_known(known) {}  // NOLINT: as most readers say it
  static Reading excused(std::string why) {
    Reading reading(true);
    reading.excuse = std::move(why);
    return reading;
  }
  bool is_known;
  std::string excuse{};
};

/// Hands each line of a recorded file (JSON lines below tests/golden) to `read`. A line that nobody
/// knows is an error, unless it is one of the `exceptions` (line number, counted from 1, and the
/// reason). Those and the excused ones may be `percent` of all lines, and are printed.
inline void read_golden(const std::string& name,
                        const std::function<Reading(const nlohmann::json&)>& read,
                        const std::map<std::size_t, std::string>& exceptions = {},
                        std::size_t percent = 3) {
  std::ifstream file(source_dir() + "/tests/golden/" + name);
  BOOST_REQUIRE_MESSAGE(file.is_open(), "cannot read golden file " << name);
  std::size_t number = 0;
  std::size_t excused = exceptions.size();
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (const auto known = exceptions.find(number); known != exceptions.end()) {
      BOOST_TEST_MESSAGE(name << ":" << number << " is excused: " << known->second);
      continue;
    }
    BOOST_TEST_CONTEXT(name << ":" << number) {
      const Reading reading = read(nlohmann::json::parse(line));
      BOOST_TEST(reading.is_known, "nobody reads this line");
      if (reading.excuse.empty()) continue;
      ++excused;
      BOOST_TEST_MESSAGE(name << ":" << number << " is excused: " << reading.excuse);
    }
  }
  BOOST_TEST(number > 0U);
  BOOST_TEST(excused * 100 <= number * percent, excused << " lines are too many exceptions");
  if (!exceptions.empty()) BOOST_TEST(exceptions.rbegin()->first <= number);
}

}  // namespace peerlab::tests
