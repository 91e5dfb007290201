#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/time.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::checks {

enum class Outcome {
  passed,
  failed,
  undecided,  ///< a limit was reached before everything was judged
  broken,     ///< a role failed, which is a fault of this program and no verdict on the scenario
};
std::string_view text(Outcome outcome);

/// One reason why a run did not pass.
struct Finding {
  std::string id;  ///< the invariant's id, or empty for an expectation of the scenario
  std::string what;
  Instant at;
  std::optional<Instant> since;           ///< since when it has been so
  std::optional<std::size_t> step;        ///< of the plan; nothing for an invariant
  std::size_t check = 0;                  ///< which of the step's checks
  std::optional<trace::RecordId> record;  ///< what shows it
};

struct Verdict {
  Outcome outcome = Outcome::passed;
  std::vector<Finding> findings;
};

/// What a whole trace comes to: the expectations that the run recorded as ended, every invariant,
/// and how the run itself ended. A pure function.
Verdict judge(const trace::Trace& trace);

}  // namespace peerlab::checks
