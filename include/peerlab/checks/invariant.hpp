#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "peerlab/trace/trace.hpp"

namespace peerlab::checks {

/// Where and how an invariant is broken first.
struct Violation {
  trace::RecordId record;  ///< what shows it
  std::string what;
  std::optional<Instant> at{};  ///< when, if not at the time of the record
};

/// Something that holds in every run, whatever the scenario does.
struct Invariant {
  std::string_view id;      ///< stable: mutants are said to be caught by it
  std::string_view claim;   ///< one sentence
  std::string_view source;  ///< where the rule comes from
  std::optional<Violation> (*broken)(const trace::Trace&);  ///< the first breach, if any
};

/// All of them, in one list. A run is judged by each.
std::span<const Invariant> invariants();

}  // namespace peerlab::checks
