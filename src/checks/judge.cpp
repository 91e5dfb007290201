#include <fmt/format.h>

#include "peerlab/checks/invariant.hpp"
#include "peerlab/checks/verdict.hpp"

namespace peerlab::checks {
namespace {

void judge_steps(const trace::Trace& trace, Verdict& verdict) {
  for (const trace::Record& record : trace) {
    const auto* end = std::get_if<trace::StepEnded>(&record.fact);
    if (end == nullptr || end->passed) continue;
    verdict.outcome = Outcome::failed;
    verdict.findings.push_back(
        Finding{{}, end->seen, record.at, end->since, end->step, end->check, record.id});
  }
}

void judge_invariants(const trace::Trace& trace, Verdict& verdict) {
  for (const Invariant& invariant : invariants()) {
    const std::optional<Violation> violation = invariant.broken(trace);
    if (!violation) continue;
    verdict.outcome = Outcome::failed;
    const trace::Record& record = trace[violation->record];
    verdict.findings.push_back(
        Finding{std::string(invariant.id), fmt::format("{} ({})", violation->what, invariant.claim),
                violation->at.value_or(record.at), std::nullopt, std::nullopt, 0, record.id});
  }
}

void judge_end(const trace::Trace& trace, Verdict& verdict) {
  const trace::RunEnded* end = nullptr;
  const trace::Record* last = nullptr;
  for (const trace::Record& record : trace) {
    if (const auto* fact = std::get_if<trace::RunEnded>(&record.fact)) {
      end = fact;
      last = &record;
    }
  }
  if (end == nullptr || end->how == trace::RunEnded::How::finished) return;
  const bool broken = end->how == trace::RunEnded::How::broken;
  if (broken) verdict.outcome = Outcome::broken;
  if (!broken && verdict.outcome == Outcome::passed) verdict.outcome = Outcome::undecided;
  verdict.findings.push_back(
      Finding{{}, end->why, last->at, std::nullopt, std::nullopt, 0, last->id});
}

}  // namespace

std::string_view text(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "passed";
    case Outcome::failed:
      return "failed";
    case Outcome::undecided:
      return "undecided";
    case Outcome::broken:
      return "broken";
  }
  return "";
}

Verdict judge(const trace::Trace& trace) {
  Verdict verdict;
  judge_steps(trace, verdict);
  judge_invariants(trace, verdict);
  judge_end(trace, verdict);
  return verdict;
}

}  // namespace peerlab::checks
