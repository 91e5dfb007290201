#include "idle_faults.hpp"

#include <algorithm>

namespace peerlab::scenario {
namespace {

/// Who leads is known in the run only: it may be anybody.
bool is_anybody(const net::HostGroup& hosts) { return hosts.value().ends_with("/server/leader"); }

bool share_hosts(const net::HostGroup& one, const net::HostGroup& other) {
  return is_anybody(one) || is_anybody(other) || net::contains(one, other.value()) ||
         net::contains(other, one.value());
}

/// Whether `end` can undo something of `fault`. A cut is healed between its own two sides only.
bool ends(const net::Fault& end, const net::Fault& fault) {
  if (const auto* heal = std::get_if<net::Heal>(&end)) {
    const auto* cut = std::get_if<net::Cut>(&fault);
    if (cut == nullptr) return false;
    if (is_anybody(cut->from) || is_anybody(cut->to)) return true;
    return ((cut->from == heal->from && cut->to == heal->to) ||
            (cut->from == heal->to && cut->to == heal->from)) ||
           is_anybody(heal->from) || is_anybody(heal->to);
  }
  const auto* resume = std::get_if<net::Resume>(&end);
  const auto* pause = std::get_if<net::Pause>(&fault);
  return resume != nullptr && pause != nullptr && share_hosts(resume->hosts, pause->hosts);
}

/// Steps are repeated, in a case and from case to case; warnings are not.
bool is_told(text::Span step, const text::Diagnostics& diagnostics) {
  return std::ranges::any_of(diagnostics.all(), [&](const text::Diagnostic& finding) {
    return finding.code.id == text::codes::idle_fault.id && finding.primary.span == step;
  });
}

}  // namespace

void warn_of_idle_faults(const Plan& plan, text::Diagnostics& diagnostics) {
  std::vector<net::Fault> before;
  for (const Step& step : plan.steps) {
    const auto* inject = std::get_if<Inject>(&step.action);
    if (inject == nullptr) continue;
    for (const net::Fault& fault : inject->faults) {
      const bool heals = std::holds_alternative<net::Heal>(fault);
      if (!heals && !std::holds_alternative<net::Resume>(fault)) {
        before.push_back(fault);
        continue;
      }
      if (std::ranges::any_of(before, [&](const net::Fault& each) { return ends(fault, each); })) {
        continue;
      }
      if (is_told(step.span, diagnostics)) continue;
      diagnostics
          .warning(text::codes::idle_fault, step.span,
                   heals ? "no step before this one cuts these two sides"
                         : "no step before this one pauses these hosts")
          .help(heals ? "name the same two sides as the `cut`: links are healed pair by pair"
                      : "name the hosts that a `pause` names");
    }
  }
}

}  // namespace peerlab::scenario
