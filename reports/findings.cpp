#include "reports/findings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "peerlab/checks/cause.hpp"
#include "peerlab/trace/text.hpp"

namespace peerlab::reports {

std::string name_of(const scenario::Plan& plan, const checks::Finding& finding) {
  if (!finding.id.empty()) return finding.id;
  if (!finding.step) return "run";
  return plan.title(*finding.step);
}

std::string story_of(const trace::Trace& trace, const checks::Finding& finding) {
  if (!finding.record) return {};
  trace::RecordId shown = *finding.record;
  if (std::holds_alternative<trace::StepEnded>(trace[shown].fact)) {
    // That a step has failed is what the finding says already; its cause is what the check saw.
    shown = trace[shown].cause;
    if (shown == trace::RecordId{}) return {};
  }
  const std::vector<trace::RecordId> causes = checks::cause_of(trace, shown);
  std::size_t time_width = 0, name_width = 0;
  for (const trace::RecordId id : causes) {
    const trace::Record& record = trace[id];
    time_width = std::max(time_width, seconds_text(record.at.time_since_epoch()).size());
    name_width = std::max(name_width, trace.name(record.where).size());
  }
  std::string lines;
  for (const trace::RecordId id : causes) {
    const trace::Record& record = trace[id];
    if (!lines.empty()) lines += '\n';
    lines +=
        fmt::format("{:>{}}  {:<{}}  {}", seconds_text(record.at.time_since_epoch()), time_width,
                    trace.name(record.where), name_width, trace::text(trace, record.fact));
  }
  return lines;
}

}  // namespace peerlab::reports
