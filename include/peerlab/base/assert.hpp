#pragma once

namespace peerlab {

/// Called when something we believed about our own code is false: throws AssertionFailed, which
/// the engine turns into a failed run that names the actor and the event. Never about input.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace peerlab

/// Stays on in every build.
#define PEERLAB_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::peerlab::assertion_failed(#condition, __FILE__, __LINE__))
