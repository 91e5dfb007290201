#pragma once

#include <atomic>
#include <cstdint>

#include "peerlab/engine/policy.hpp"
#include "peerlab/scenario/plan.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::actors {

struct RunOptions {
  std::uint64_t seed = 1;
  engine::Policy policy = engine::Fifo{};
  trace::Level level = trace::Level::facts;
  /// Asked before each event; the run ends undecided once it is true. Never asked if null.
  const std::atomic<bool>* stop = nullptr;
};

/// What came of one case. The trace holds everything that checks and reports are made from.
struct Run {
  trace::Trace trace;
  std::uint64_t seed = 0;
  std::uint64_t events = 0;
  Duration virtual_time{0};
};

/// Makes the world of `plan`, acts out its steps in virtual time, and gives the trace. Equal plans
/// with equal options give equal traces, byte for byte.
Run run(const scenario::Plan& plan, const RunOptions& options = {});

}  // namespace peerlab::actors
