#pragma once

#include "peerlab/scenario/form.hpp"
#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/node.hpp"

namespace peerlab::scenario {

/// Holds `node` against `form` and adds a finding for each difference. True if there was none:
/// then every key and unit below `node` is as the form says, and reading it cannot fail.
bool check_form(const text::Node& node, const Form& form, text::Diagnostics& diagnostics);

}  // namespace peerlab::scenario
