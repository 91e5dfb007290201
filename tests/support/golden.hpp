#pragma once

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace peerlab::tests {

/// Hands each line of a recorded file (JSON lines below tests/golden) to `read`, which says whether
/// it made use of it. A line that nobody reads is an error, unless it is one of the `exceptions`
/// (line number, counted from 1, and the reason), which may be 3 % of all lines.
inline void read_golden(const std::string& name,
                        const std::function<bool(const nlohmann::json&)>& read,
                        const std::map<std::size_t, std::string>& exceptions = {}) {
  std::ifstream file(source_dir() + "/tests/golden/" + name);
  BOOST_REQUIRE_MESSAGE(file.is_open(), "cannot read golden file " << name);
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (exceptions.contains(number)) continue;
    BOOST_TEST_CONTEXT(name << ":" << number) {
      BOOST_TEST(read(nlohmann::json::parse(line)), "nobody reads this line");
    }
  }
  BOOST_TEST(number > 0U);
  BOOST_TEST(exceptions.size() * 100 <= number * 3, "too many exceptions");
  if (!exceptions.empty()) BOOST_TEST(exceptions.rbegin()->first <= number);
}

}  // namespace peerlab::tests
