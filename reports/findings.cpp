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

namespace {

/// Whether a fact is something that checks look at without an action of theirs.
bool is_looked_at(const trace::Fact& fact) {
  return std::holds_alternative<trace::PeeringSeen>(fact) ||
         std::holds_alternative<trace::PeeringGone>(fact) ||
         std::holds_alternative<trace::InstancesSeen>(fact) ||
         std::holds_alternative<trace::RootsSeen>(fact) ||
         std::holds_alternative<trace::StreamBegan>(fact) ||
         std::holds_alternative<trace::StreamEnded>(fact) ||
         std::holds_alternative<trace::LeadershipGained>(fact) ||
         std::holds_alternative<trace::LeadershipLost>(fact);
}

/// What the check of a step saw: the record that showed it or, where it was so before the check
/// began to look, the last one from the time since when it has been so.
trace::RecordId shown_by(const trace::Trace& trace, const trace::Record& end) {
  const auto& step = std::get<trace::StepEnded>(end.fact);
  if (end.cause != trace::RecordId{} || !step.since) return end.cause;
  trace::RecordId last;
  for (const trace::Record& record : trace) {
    if (record.at == *step.since && record.id < end.id && is_looked_at(record.fact)) {
      last = record.id;
    }
  }
  return last;
}

}  // namespace

std::string story_of(const trace::Trace& trace, const checks::Finding& finding) {
  if (!finding.record) return {};
  trace::RecordId shown = *finding.record;
  if (std::holds_alternative<trace::StepEnded>(trace[shown].fact)) {
    // That a step has failed is what the finding says already; its cause is what the check saw.
    shown = shown_by(trace, trace[shown]);
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
