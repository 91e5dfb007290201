#pragma once

#include <string_view>

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

}  // namespace peerlab::checks
