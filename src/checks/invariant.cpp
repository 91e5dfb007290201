#include "peerlab/checks/invariant.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace peerlab::checks {
namespace {

std::optional<Violation> causes_come_first(const trace::Trace& trace) {
  std::optional<Instant> last;
  for (const trace::Record& record : trace) {
    if (last && record.at < *last) {
      return Violation{record.id, "it happened before what the trace tells before it"};
    }
    if (record.cause >= record.id) return Violation{record.id, "its cause comes after it"};
    last = record.at;
  }
  return std::nullopt;
}

std::optional<Violation> calls_end_once(const trace::Trace& trace) {
  std::set<std::uint64_t> ended;
  for (const trace::Record& record : trace) {
    const auto* end = std::get_if<trace::CallEnded>(&record.fact);
    if (end == nullptr) continue;
    if (!ended.insert(end->call).second) {
      return Violation{record.id, fmt::format("call {} ended a second time", end->call)};
    }
  }
  return std::nullopt;
}

std::optional<Violation> dead_hosts_are_silent(const trace::Trace& trace) {
  std::map<trace::Where, bool> running;
  for (const trace::Record& record : trace) {
    const bool starts = std::holds_alternative<trace::HostStarted>(record.fact);
    const bool ends = std::holds_alternative<trace::HostStopped>(record.fact) ||
                      std::holds_alternative<trace::HostCrashed>(record.fact) ||
                      std::holds_alternative<trace::HostKilled>(record.fact);
    if (starts) running[record.where] = true;
    const auto known = running.find(record.where);
    if (known != running.end() && !known->second &&
        std::holds_alternative<trace::ConnectionOpened>(record.fact)) {
      return Violation{record.id, "a host that is down opened a connection"};
    }
    if (ends) running[record.where] = false;
  }
  return std::nullopt;
}

constexpr Invariant all[] = {
    {"causes-come-first", "what is told later happened later, and causes come before effects",
     "docs/how-it-works.md", causes_come_first},
    {"calls-end-once", "a call has one outcome", "docs/how-it-works.md", calls_end_once},
    {"dead-hosts-are-silent", "a host that is down does nothing", "docs/how-it-works.md",
     dead_hosts_are_silent},
};

}  // namespace

std::span<const Invariant> invariants() { return all; }

}  // namespace peerlab::checks
