#pragma once

#include "lookup.hpp"

namespace peerlab::scenario {

/// A call, through an upstream of the caller or straight to the other host.
checks::CallCheck read_call(const text::Node& node, const Lookup& lookup);

}  // namespace peerlab::scenario
