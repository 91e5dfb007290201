#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace peerlab::scenario {

/// What a regular file holds; nothing if it cannot be read.
std::optional<std::string> contents_of(const std::filesystem::path& file);

}  // namespace peerlab::scenario
