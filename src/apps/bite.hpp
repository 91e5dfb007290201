#pragma once

#include <string>
#include <vector>

namespace peerlab::apps {

/// `peerlab check --bite`: takes one acting step after the other away from each scenario, the last
/// one first, and runs what is left, until a check fails. Prints one table: file, what was taken
/// away, which check then failed. A file that passes with each of them taken away proves nothing
/// about its steps; then the mutants that it says it catches are tried. Returns the exit status.
int bite(const std::vector<std::string>& paths, const std::string& color);

}  // namespace peerlab::apps
