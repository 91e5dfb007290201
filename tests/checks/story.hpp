#pragma once

#include <string>
#include <string_view>

#include "peerlab/checks/invariant.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::checks {

/// A trace written by hand.
class Story {
 public:
  /// At `at` after the start, `where` does what `fact` says.
  Story& tell(Duration at, std::string_view where, trace::Fact fact,
              trace::RecordId cause = trace::RecordId{}) {
    trace_.append(cause, Instant{} + at, trace_.intern(where), std::move(fact));
    return *this;
  }

  trace::Where where(std::string_view name) { return trace_.intern(name); }
  const trace::Trace& trace() const { return trace_; }

 private:
  trace::Trace trace_;
};

/// What the invariant called `id` says about a story; empty if it holds.
inline std::string breach(std::string_view id, const Story& story) {
  for (const Invariant& invariant : invariants()) {
    if (invariant.id != id) continue;
    const auto violation = invariant.broken(story.trace());
    return violation ? violation->what : "";
  }
  return "no such invariant";
}

}  // namespace peerlab::checks
