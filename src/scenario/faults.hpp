#pragma once

#include <string_view>

#include "lookup.hpp"

namespace peerlab::scenario {

/// The step that breaks something, or heals it: `cut`, `kill`, `skew`, ...
Inject read_fault(std::string_view verb, const text::Node& node, const Lookup& lookup);

}  // namespace peerlab::scenario
