// Servers of one cluster: who leads, and what the log holds.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rules.hpp"

namespace peerlab::checks {

std::string cluster_of(std::string_view host) {
  return std::string(host.substr(0, host.find_first_of("/@")));
}

bool ends_life(const trace::Fact& fact) {
  return std::holds_alternative<trace::HostStopped>(fact) ||
         std::holds_alternative<trace::HostCrashed>(fact) ||
         std::holds_alternative<trace::HostKilled>(fact);
}

void Leaders::add(const trace::Trace& trace, const trace::Record& record) {
  if (const auto* gained = std::get_if<trace::LeadershipGained>(&record.fact)) {
    terms_[record.where] = gained->term;
    std::uint64_t& latest = latest_[cluster_of(trace.name(record.where))];
    latest = std::max(latest, gained->term);
  } else if (std::holds_alternative<trace::LeadershipLost>(record.fact) || ends_life(record.fact)) {
    terms_.erase(record.where);
  }
}

bool Leaders::is_current(const trace::Trace& trace, trace::Where host) const {
  const auto term = terms_.find(host);
  if (term == terms_.end()) return false;
  return term->second == latest_.at(cluster_of(trace.name(host)));
}

Broken one_leader_per_term(const trace::Trace& trace) {
  std::map<std::pair<std::string, std::uint64_t>, trace::Where> leaders;
  for (const trace::Record& record : trace) {
    const auto* gained = std::get_if<trace::LeadershipGained>(&record.fact);
    if (gained == nullptr) continue;
    const std::string& host = trace.name(record.where);
    const auto [leader, is_new] =
        leaders.try_emplace({cluster_of(host), gained->term}, record.where);
    if (is_new || leader->second == record.where) continue;
    return Violation{record.id, fmt::format("{} leads in term {}, in which {} has led", host,
                                            gained->term, trace.name(leader->second))};
  }
  return std::nullopt;
}

Broken log_grows(const trace::Trace& trace) {
  std::map<std::pair<std::string, std::uint64_t>, trace::Where> writers;  // by cluster and index
  std::map<trace::Where, std::uint64_t> last;
  for (const trace::Record& record : trace) {
    const auto* applied = std::get_if<trace::EntryApplied>(&record.fact);
    if (applied == nullptr) continue;
    const std::string& host = trace.name(record.where);
    // A server that has lost its memory applies its log anew, but it writes no old entry again.
    std::uint64_t& before = last[record.where];
    if (applied->index <= before) {
      return Violation{record.id,
                       fmt::format("entry {} is applied after entry {}", applied->index, before)};
    }
    before = applied->index;
    const auto [writer, is_new] =
        writers.try_emplace({cluster_of(host), applied->index}, record.where);
    if (is_new) continue;
    return Violation{record.id, fmt::format("{} wrote entry {}, which {} has written", host,
                                            applied->index, trace.name(writer->second))};
  }
  return std::nullopt;
}

}  // namespace peerlab::checks
