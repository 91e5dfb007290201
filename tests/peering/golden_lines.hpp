#pragma once

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace peerlab::tests {

/// The lines of a recording under tests/golden/peering, members in the order written.
inline std::vector<nlohmann::ordered_json> golden_lines(const std::string& file) {
  std::ifstream in(std::string(PEERLAB_SOURCE_DIR) + "/tests/golden/peering/" + file);
  BOOST_REQUIRE_MESSAGE(in, "cannot read " << file);
  std::vector<nlohmann::ordered_json> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(nlohmann::ordered_json::parse(line));
  }
  return lines;
}

}  // namespace peerlab::tests
