#pragma once

#include <cstddef>

namespace peerlab::text {

/// What a reader takes at most. Beyond it lies a finding, never a crash. The defaults are a
/// hundred times what the largest scenario needs.
struct Limits {
  std::size_t bytes = 8U << 20U;     ///< of one text
  std::size_t depth = 100;           ///< of maps and lists in each other
  std::size_t nodes = 500'000;       ///< values in one text, those that aliases add included
  std::size_t alias_nodes = 10'000;  ///< values that the YAML aliases of one text may add
};

}  // namespace peerlab::text
