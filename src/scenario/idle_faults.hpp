#pragma once

#include "peerlab/scenario/plan.hpp"
#include "peerlab/text/diagnostic.hpp"

namespace peerlab::scenario {

/// Warns of each `heal` and `resume` that ends nothing that a step before it did: mostly the sides
/// or hosts are others than those that were meant.
void warn_of_idle_faults(const Plan& plan, text::Diagnostics& diagnostics);

}  // namespace peerlab::scenario
