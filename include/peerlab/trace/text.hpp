#pragma once

#include <string>
#include <string_view>

#include "peerlab/trace/trace.hpp"

namespace peerlab::trace {

/// The name of a fact's type, for machines: `HostStarted`.
std::string_view name(const Fact& fact);

/// What happened, without time and place: `hangs up: heartbeat timeout`.
std::string text(const Trace& trace, const Fact& fact);

/// One line of a story: `" 120.000s  west  hangs up: heartbeat timeout"`, without a line end.
std::string text(const Trace& trace, const Record& record);

/// All lines, each with its line end.
std::string text(const Trace& trace);

}  // namespace peerlab::trace
