#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"

namespace peerlab::reports {

/// JUnit XML: one test case for each scenario, matrix row and seed. A failure's text says what was
/// seen, when, and how to run the case again.
/// `totals` are those of `reports`; where the run was interrupted, one more test case is an error,
/// so that no reader takes it for complete.
std::string junit(const Totals& totals, std::span<const CaseReport> reports,
                  const text::Sources& sources);

}  // namespace peerlab::reports
