#pragma once

#include <string>

#include "peerlab/checks/verdict.hpp"
#include "peerlab/scenario/plan.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::reports {

/// What the check is called that a finding comes from: the id of an invariant, the title of a step
/// of the plan, `finally`, or `run` for what ended the whole run.
std::string name_of(const scenario::Plan& plan, const checks::Finding& finding);

/// Why a finding came about, as a story of a few lines without a line end; empty if the trace tells
/// nothing about it.
std::string story_of(const trace::Trace& trace, const checks::Finding& finding);

}  // namespace peerlab::reports
