#include "peerlab/checks/observed.hpp"

#include <fmt/format.h>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"

namespace peerlab::checks {
namespace {

std::string cluster_of(const std::string& host) { return host.substr(0, host.find('/')); }

}  // namespace

void Observed::add(const trace::Trace& trace, const trace::Record& record) {
  const std::string& host = trace.name(record.where);
  const auto leads_no_more = [&] {
    if (leaders_.erase(host) > 0) changed_[cluster_of(host)] = record.at;
  };
  if (const auto* gained = std::get_if<trace::LeadershipGained>(&record.fact)) {
    leaders_[host] = {host, gained->term, record.at};
    changed_[cluster_of(host)] = record.at;
  } else if (std::holds_alternative<trace::LeadershipLost>(record.fact) ||
             std::holds_alternative<trace::HostCrashed>(record.fact) ||
             std::holds_alternative<trace::HostKilled>(record.fact) ||
             std::holds_alternative<trace::HostStopped>(record.fact)) {
    leads_no_more();
  }
}

std::optional<std::string> Observed::leader(const std::string& cluster) const {
  // A deposed leader may not know it yet: the one of the latest term counts.
  const Leadership* latest = nullptr;
  for (const auto& [host, leadership] : leaders_) {
    if (cluster_of(host) != cluster) continue;
    if (latest == nullptr || leadership.term > latest->term) latest = &leadership;
  }
  if (latest == nullptr) return std::nullopt;
  return latest->host;
}

Sight Observed::look(const Check& check) const {
  return std::visit(Overloaded{
                        [&](const LeaderCheck& leader_check) { return look(leader_check); },
                        [](const auto&) -> Sight {
                          PEERLAB_ASSERT(!"an active check is judged by its outcome");
                          return {};
                        },
                    },
                    check);
}

Sight Observed::look(const LeaderCheck& check) const {
  const std::optional<std::string> host = leader(check.cluster);
  const auto changed = changed_.find(check.cluster);
  Sight sight;
  sight.since = changed == changed_.end() ? Instant{} : changed->second;
  sight.seen = host ? fmt::format("{} leads", *host) : std::string("nobody leads");
  sight.holds = host.has_value() == check.exists && (!check.is || host == check.is) &&
                (!check.is_not || host != check.is_not);
  return sight;
}

}  // namespace peerlab::checks
