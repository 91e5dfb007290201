#pragma once

#include <cstddef>
#include <vector>

#include "peerlab/trace/trace.hpp"

namespace peerlab::checks {

/// Why something came about: the records that lead to `record`, in order, with it at the end, and
/// at most `most` of them. Taken in are, nearest first,
///   - what caused it, and what caused that, as far back as the trace tells,
///   - what the same host told of in the same event before it,
///   - the last fault that touches a host of these, and the last that went down.
/// Records that only show how things work (frames, timers, heartbeats) are left out.
std::vector<trace::RecordId> cause_of(const trace::Trace& trace, trace::RecordId record,
                                      std::size_t most = 5);

}  // namespace peerlab::checks
