// A peering as its leader tells of it: secrets, signs of life, ends.

#include <fmt/format.h>

#include <set>
#include <tuple>
#include <utility>

#include "rules.hpp"

namespace peerlab::checks {
namespace {

/// A peering on one side: its cluster and its ID there.
using PeeringKey = std::pair<std::string, std::string>;

/// Peerings that servers call ACTIVE, with the time at which that becomes wrong.
class Lives {
 public:
  void heard(trace::Where host, const std::string& peering, Instant at) {
    heard_[{host, peering}] = at;
  }

  void seen(const trace::Record& record, const trace::PeeringSeen& peering) {
    if (peering.state == "ACTIVE") {
      active_[{record.where, peering.id}] = record.id;
    } else {
      active_.erase({record.where, peering.id});
    }
  }

  void forget(trace::Where host, const std::string& peering) { active_.erase({host, peering}); }

  /// It has lost its memory, or leads no more: what it said about peerings is void.
  void forget(trace::Where host) {
    std::erase_if(active_, [&](const auto& each) { return each.first.first == host; });
  }

  /// What is not to be blamed on silence: `host` could notice nothing until now.
  void excuse(trace::Where host, Instant now) {
    for (auto& [key, at] : heard_) {
      if (key.first == host) at = now;
    }
  }

  /// The first that is called ACTIVE at `now` without a sign of life younger than the limit.
  std::optional<Violation> overdue(const trace::Trace& trace, Instant now,
                                   const std::set<trace::Where>& paused) const {
    for (const auto& [key, record] : active_) {
      if (paused.contains(key.first)) continue;
      const auto last = heard_.find(key);
      if (last != heard_.end() && now <= last->second + limit) continue;
      const auto& peering = std::get<trace::PeeringSeen>(trace[record].fact);
      const std::string silence =
          last == heard_.end()
              ? std::string("without any stream")
              : fmt::format("last heard of at {}", seconds_text(last->second.time_since_epoch()));
      return Violation{record,
                       fmt::format("{} still calls peering {} ACTIVE, {}", trace.name(key.first),
                                   peering.peer, silence),
                       now};
    }
    return std::nullopt;
  }

 private:
  // The heartbeat time-out (C-144), and a second in which a server may act on it.
  static constexpr Duration limit = std::chrono::minutes(2) + std::chrono::seconds(1);

  using Key = std::pair<trace::Where, std::string>;
  std::map<Key, Instant> heard_;
  std::map<Key, trace::RecordId> active_;  // with the record that says so
};

}  // namespace

Broken secret_accepted_once(const trace::Trace& trace) {
  std::set<std::uint64_t> accepted;
  for (const trace::Record& record : trace) {
    const auto* judged = std::get_if<trace::SecretJudged>(&record.fact);
    if (judged == nullptr || !judged->accepted) continue;
    if (judged->kind != trace::SecretJudged::Kind::establishment) continue;
    if (accepted.insert(judged->secret).second) continue;
    return Violation{record.id, "an establishment secret is accepted a second time"};
  }
  return std::nullopt;
}

Broken active_is_alive(const trace::Trace& trace) {
  Lives lives;
  std::set<trace::Where> paused;
  for (const trace::Record& record : trace) {
    if (const auto late = lives.overdue(trace, record.at, paused)) return late;
    const trace::Fact& fact = record.fact;
    if (const auto* began = std::get_if<trace::StreamBegan>(&fact)) {
      lives.heard(record.where, began->peering, record.at);
    } else if (const auto* message = std::get_if<trace::PeerMessage>(&fact)) {
      const bool opens = message->kind == trace::PeerMessage::Kind::open;
      const bool beats = message->kind == trace::PeerMessage::Kind::heartbeat && !message->sent;
      if (opens || beats) lives.heard(record.where, message->peering, record.at);
    } else if (const auto* seen = std::get_if<trace::PeeringSeen>(&fact)) {
      lives.seen(record, *seen);
    } else if (const auto* gone = std::get_if<trace::PeeringGone>(&fact)) {
      lives.forget(record.where, gone->id);
    } else if (std::holds_alternative<trace::LeadershipLost>(fact) || ends_life(fact)) {
      lives.forget(record.where);
      if (ends_life(fact)) paused.erase(record.where);
    } else if (std::holds_alternative<trace::HostPaused>(fact)) {
      paused.insert(record.where);
    } else if (std::holds_alternative<trace::HostResumed>(fact)) {
      paused.erase(record.where);
      lives.excuse(record.where, record.at);
    }
  }
  return std::nullopt;
}

Broken terminated_stays(const trace::Trace& trace) {
  Leaders leaders;
  std::set<PeeringKey> terminated;
  for (const trace::Record& record : trace) {
    leaders.add(trace, record);
    const auto* seen = std::get_if<trace::PeeringSeen>(&record.fact);
    if (seen == nullptr || !leaders.is_current(trace, record.where)) continue;
    const PeeringKey key{cluster_of(trace.name(record.where)), seen->id};
    if (seen->state == "TERMINATED") {
      terminated.insert(key);
    } else if (seen->state != "ACTIVE") {
      terminated.erase(key);  // established anew, or deleted
    } else if (terminated.contains(key)) {
      return Violation{record.id, fmt::format("peering {} was TERMINATED and is ACTIVE again, "
                                              "though nobody has established it anew",
                                              seen->peer)};
    }
  }
  return std::nullopt;
}

Broken deleted_stays(const trace::Trace& trace) {
  Leaders leaders;
  std::set<PeeringKey> gone;
  for (const trace::Record& record : trace) {
    leaders.add(trace, record);
    if (!leaders.is_current(trace, record.where)) continue;
    const std::string cluster = cluster_of(trace.name(record.where));
    if (const auto* end = std::get_if<trace::PeeringGone>(&record.fact)) {
      gone.insert({cluster, end->id});
    }
    const auto* seen = std::get_if<trace::PeeringSeen>(&record.fact);
    if (seen == nullptr || !gone.contains({cluster, seen->id})) continue;
    return Violation{record.id,
                     fmt::format("peering {} was deleted and is there again", seen->peer)};
  }
  return std::nullopt;
}

}  // namespace peerlab::checks
