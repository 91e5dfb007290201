#pragma once

#include <string>
#include <vector>

#include "peerlab/scenario/plan.hpp"
#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/node.hpp"
#include "peerlab/text/source.hpp"

namespace peerlab::scenario {

/// Looks up every name and types every unit of `file`, which check_form has found to be of
/// file_form(). What it names but does not have is a finding.
/// The texts of config entries are added to `sources`.
Plan resolve(const text::Node& file, text::Sources& sources, text::Diagnostics& diagnostics);

/// What checks of a case are called: its steps by their titles, `finally`, and every invariant.
std::vector<std::string> check_ids(const Plan& plan);

}  // namespace peerlab::scenario
