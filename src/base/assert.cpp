#include "peerlab/base/assert.hpp"

#include <fmt/format.h>

#include "peerlab/base/result.hpp"

namespace peerlab {

void assertion_failed(const char* condition, const char* file, int line) {
  throw AssertionFailed(fmt::format("assertion failed: {} ({}:{})", condition, file, line));
}

}  // namespace peerlab
