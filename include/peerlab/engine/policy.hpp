#pragma once

#include <cstdint>
#include <variant>

namespace peerlab::engine {

/// In which order simultaneous events happen. Events of one lane (one direction of a connection,
/// one timer, the messages to one actor) always keep theirs; a policy chooses among lanes that have
/// something due at the same instant.

/// First scheduled, first served: one order, whatever the seed.
struct Fifo {};

/// Any lane, with equal chance.
struct RandomOrder {};

/// Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010): every lane has a random
/// priority, the highest goes first, and at `changes` random steps of the run the lane that was
/// just chosen falls to the lowest. Finds bugs that need an exact order of a few events; works best
/// when `length` is near the real number of steps.
struct Pct {
  std::uint32_t changes = 3;
  std::uint64_t length = 10'000;  ///< steps over which the changes are spread; positive
};

using Policy = std::variant<Fifo, RandomOrder, Pct>;

}  // namespace peerlab::engine
