#pragma once

#include <string>

namespace peerlab::tests {

/// The root of the source tree, without a slash at the end.
const std::string& source_dir();

/// The build folder that this test was built in; programs lie in its `bin`.
const std::string& binary_dir();

}  // namespace peerlab::tests

// Included into every file of every test program by the build (cmake/PeerlabRoom.cmake).
#define PEERLAB_SOURCE_DIR (::peerlab::tests::source_dir())
#define PEERLAB_BINARY_DIR (::peerlab::tests::binary_dir())
