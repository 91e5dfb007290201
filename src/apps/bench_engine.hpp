#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "reference_world.hpp"

namespace peerlab::apps {

/// Runs seeds 0 to `seeds` - 1 of a world one after another, each in a new engine, and adds up what
/// they did. Nothing if a run failed, which is then told on standard error.
std::optional<Tally> run_reference_world(const ReferenceWorld& world, std::uint64_t seeds,
                                         bool tracing);

/// `peerlab bench engine [--world reference|small|ties|large] [--virtual-s N] [--seeds N]
/// [--trace]`: runs a reference world on the engine and prints one line of JSON with the events,
/// their digest and the CPU time they took.
///
/// Returns the exit status: 0 if the run is complete, 2 for options that make no sense.
int bench_engine(std::span<const std::string_view> args);

}  // namespace peerlab::apps
