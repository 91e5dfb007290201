#include "reports/case_report.hpp"

#include <fmt/format.h>

namespace peerlab::reports {

std::string case_name(const scenario::Plan& plan) {
  return plan.row.empty() ? plan.name : fmt::format("{} [{}]", plan.name, plan.row);
}

std::string interruption(const Totals& totals) {
  if (totals.not_run == 0) return {};
  return fmt::format("interrupted after {} of {}", totals.run(), totals.run() + totals.not_run);
}

std::string replay_command(const CaseReport& report) {
  std::string command = fmt::format("./peerlab run {} --seed {}", report.plan.file, report.seed);
  if (!report.flags.empty()) command += " " + report.flags;
  if (!report.plan.row.empty()) command += fmt::format(" --row '{}'", report.plan.row);
  return command;
}

}  // namespace peerlab::reports
