// The main function of every test program.
#define BOOST_TEST_MODULE peerlab
#include <boost/test/unit_test.hpp>
#include <string>

namespace peerlab::tests {

const std::string& source_dir() {
  static const std::string dir = PEERLAB_SOURCE_PATH;
  return dir;
}

const std::string& binary_dir() {
  static const std::string dir = PEERLAB_BINARY_PATH;
  return dir;
}

}  // namespace peerlab::tests
