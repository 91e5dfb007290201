#pragma once

namespace peerlab::apps {

/// What the program's exit status means.
enum class ExitCode {
  passed = 0,
  failed = 1,     ///< an expectation or an invariant failed
  usage = 2,      ///< the command line or a scenario is invalid
  undecided = 3,  ///< a limit was reached first
  external = 4,   ///< an external process could not be reached or started
  internal = 70,  ///< a fault of this program, or its output could not be written
  interrupted = 130,
};

}  // namespace peerlab::apps
