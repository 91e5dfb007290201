#pragma once

#include <string>

#include "peerlab/text/source.hpp"
#include "reports/case_report.hpp"

namespace peerlab::reports {

struct TerminalOptions {
  bool color = false;
  bool story = false;  ///< with the whole trace of each case, as `--verbose` asks for
};

/// One line for a case; below it, where the case did not pass, each finding with its place in the
/// scenario file and the command that repeats the run.
std::string terminal_lines(const CaseReport& report, const text::Sources& sources,
                           const TerminalOptions& options);

/// The last line: `64 passed, 0 failed`, how many were undecided or broken if any were, and whether
/// that was all of them.
std::string terminal_summary(const Totals& totals);

}  // namespace peerlab::reports
