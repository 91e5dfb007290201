// What holds in every world: time, calls, hosts.

#include <fmt/format.h>

#include <map>
#include <set>

#include "rules.hpp"

namespace peerlab::checks {

Broken causes_come_first(const trace::Trace& trace) {
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

Broken calls_end_once(const trace::Trace& trace) {
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

Broken dead_hosts_are_silent(const trace::Trace& trace) {
  std::map<trace::Where, bool> running;
  for (const trace::Record& record : trace) {
    if (std::holds_alternative<trace::HostStarted>(record.fact)) running[record.where] = true;
    const auto known = running.find(record.where);
    if (known != running.end() && !known->second &&
        std::holds_alternative<trace::ConnectionOpened>(record.fact)) {
      return Violation{record.id, "a host that is down opened a connection"};
    }
    if (ends_life(record.fact)) running[record.where] = false;
  }
  return std::nullopt;
}

}  // namespace peerlab::checks
