#include "files.hpp"

#include <fstream>
#include <sstream>

namespace peerlab::scenario {

std::optional<std::string> contents_of(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  if (!stream) return std::nullopt;
  return std::move(content).str();
}

}  // namespace peerlab::scenario
