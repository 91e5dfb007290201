#pragma once

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/paths.hpp"

/// The lines of a file under tests/golden.
inline std::vector<nlohmann::ordered_json> golden_lines(const std::string& file) {
  std::ifstream in(std::string(PEERLAB_SOURCE_DIR) + "/tests/golden/" + file);
  BOOST_REQUIRE(in.good());
  std::vector<nlohmann::ordered_json> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(nlohmann::ordered_json::parse(line));
  }
  return lines;
}
