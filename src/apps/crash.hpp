#pragma once

#include <string>

namespace peerlab::apps {

/// While one lives, a signal that would end the program without a word (SIGSEGV, SIGABRT, also by
/// std::terminate, SIGBUS, SIGFPE, SIGILL) is told of on standard error: the host and the event
/// whose handler it came from, the virtual time and the command that shows it again. The program
/// then exits with ExitCode::internal. Signals that somebody else handles, such as a sanitizer,
/// stay theirs. One at a time.
class CrashReport {
 public:
  explicit CrashReport(std::string replay);
  ~CrashReport();
  CrashReport(const CrashReport&) = delete;
  CrashReport& operator=(const CrashReport&) = delete;
};

}  // namespace peerlab::apps
