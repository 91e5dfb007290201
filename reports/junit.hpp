#pragma once

#include <span>
#include <string>

#include "reports/case_report.hpp"

namespace peerlab::reports {

/// JUnit XML: one test case for each scenario, matrix row and seed. A failure's text says what was
/// seen, when, and how to run the case again.
std::string junit(std::span<const CaseReport> reports, const text::Sources& sources);

}  // namespace peerlab::reports
