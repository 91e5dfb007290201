#pragma once

#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/limits.hpp"

namespace peerlab::text {

/// What holds for every format: the text is UTF-8, not too large, and without control characters
/// but tab and line ends. Reports the first breach and returns false.
bool check_text(const Sources& sources, FileId file, Diagnostics& diagnostics,
                const Limits& limits);

}  // namespace peerlab::text
