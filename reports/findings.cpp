#include "reports/findings.hpp"

namespace peerlab::reports {

std::string name_of(const scenario::Plan& plan, const checks::Finding& finding) {
  if (!finding.id.empty()) return finding.id;
  if (!finding.step) return "run";
  return *finding.step < plan.steps.size() ? plan.steps[*finding.step].title : "finally";
}

}  // namespace peerlab::reports
