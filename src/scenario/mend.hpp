#pragma once

#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/node.hpp"

namespace peerlab::scenario {

/// What a file that has findings can still be asked for.
struct Mended {
  bool readable = false;  ///< the names in it can be looked up
  bool whole = true;      ///< no step is missing that could make a peer or have a title
};

/// Makes a file with findings one that `resolve` can read, so that a user hears of unknown names
/// in the same breath. Wrong values of steps and checks are replaced by any that are right, and
/// steps and checks that cannot be understood are taken out. What is said of the result at the
/// places of `known` means nothing. Wherever else something is wrong, nothing is readable.
Mended mend(text::Node& file, const text::Diagnostics& known);

}  // namespace peerlab::scenario
