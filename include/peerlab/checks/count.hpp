#pragma once

#include <cstdint>
#include <string>

namespace peerlab::checks {

/// How many there may be: `3`, `<= 5`, `> 0`.
struct Count {
  enum class Is { equal, unequal, less, at_most, more, at_least };
  Is is = Is::equal;
  std::uint64_t number = 0;

  bool holds(std::uint64_t actual) const;
  friend bool operator==(const Count&, const Count&) = default;
};

/// As it is written in a scenario.
std::string text(const Count& count);

}  // namespace peerlab::checks
