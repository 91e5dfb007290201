#pragma once

#include <span>
#include <string_view>

namespace peerlab::apps {

/// `peerlab bench engine [--world reference|small|ties|large] [--virtual-s N] [--seeds N]
/// [--trace]`: runs a reference world on the engine and prints one line of JSON with the events,
/// their digest and the CPU time they took.
///
/// Returns the exit status: 0 if the run is complete, 2 for options that make no sense.
int bench_engine(std::span<const std::string_view> args);

}  // namespace peerlab::apps
