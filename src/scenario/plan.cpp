#include "peerlab/scenario/plan.hpp"

namespace peerlab::scenario {
namespace {

std::optional<text::Span> nth(const std::vector<text::Span>& spans, std::size_t index) {
  if (index >= spans.size()) return std::nullopt;
  return spans[index];
}

}  // namespace

std::optional<text::Span> Plan::place(std::size_t step, std::size_t check) const {
  if (step == finally_step()) return nth(finally_spans, check);
  if (step == always_step()) return nth(always_spans, check);
  if (step == never_step()) return nth(never_spans, check);
  const bool is_config = step >= config_step();
  const std::vector<Step>& list = is_config ? config : steps;
  const std::size_t index = is_config ? step - config_step() : step;
  if (index >= list.size()) return std::nullopt;
  return nth(list[index].check_spans, check).value_or(list[index].span);
}

std::string Plan::title(std::size_t step) const {
  if (step < steps.size()) return steps[step].title;
  if (step == always_step()) return "always";
  if (step == never_step()) return "never";
  return step == finally_step() ? "finally" : "config";
}

Plan without_step(Plan plan, std::size_t step) {
  plan.steps.erase(plan.steps.begin() + static_cast<std::ptrdiff_t>(step));
  for (Step& each : plan.steps) {
    auto* parallel = std::get_if<Parallel>(&each.action);
    if (parallel == nullptr) continue;
    for (std::size_t& begin : parallel->branches) begin -= begin > step ? 1 : 0;
    parallel->end -= parallel->end > step ? 1 : 0;
  }
  return plan;
}

}  // namespace peerlab::scenario
