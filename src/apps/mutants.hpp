#pragma once

#include <string>
#include <vector>

namespace peerlab::apps {

/// `peerlab mutants`, as the command line says it.
struct MutantsRequest {
  std::vector<std::string> paths = {"scenarios/"};
  std::string color = "auto";
};

/// Plants each bug that a scenario says it catches (`catches`) into a run of that scenario, and
/// prints one table: the bug, whether the named check found it, and where. Returns the exit status,
/// 0 if each was found by exactly the check that was named.
int mutants(const MutantsRequest& request);

}  // namespace peerlab::apps
