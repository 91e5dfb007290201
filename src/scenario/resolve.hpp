#pragma once

#include "peerlab/scenario/plan.hpp"
#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/node.hpp"

namespace peerlab::scenario {

/// Looks up every name and types every unit of `file`, which check_form has found to be of
/// file_form(). What it names but does not have is a finding.
Plan resolve(const text::Node& file, text::Diagnostics& diagnostics);

}  // namespace peerlab::scenario
