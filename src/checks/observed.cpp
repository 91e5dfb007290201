#include "peerlab/checks/observed.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"

namespace peerlab::checks {
namespace {

std::string cluster_of(const std::string& host) { return host.substr(0, host.find('/')); }

bool goes_down(const trace::Fact& fact) {
  return std::holds_alternative<trace::HostCrashed>(fact) ||
         std::holds_alternative<trace::HostKilled>(fact) ||
         std::holds_alternative<trace::HostStopped>(fact);
}

}  // namespace

void Observed::add(const trace::Trace& trace, const trace::Record& record) {
  for (auto& [cluster, knowledge] : known_) knowledge.pass(record.at);
  const std::string& host = trace.name(record.where);
  add_leadership(host, record);
  add_stream(host, record);
  add_knowledge(host, record);
  const auto* hop = std::get_if<trace::CallHop>(&record.fact);
  if (hop != nullptr && !hop->refused.empty()) {
    refusals_.try_emplace(hop->call, fmt::format("{}: {}", host, hop->refused));
  }
  if (const auto* begin = std::get_if<trace::StepBegan>(&record.fact)) {
    begins_[begin->title] = {messages_.size(), writes_.size(), record.at};
  }
}

void Observed::add_leadership(const std::string& host, const trace::Record& record) {
  if (const auto* gained = std::get_if<trace::LeadershipGained>(&record.fact)) {
    leaders_[host] = {host, gained->term, record.at};
    changed_[cluster_of(host)] = record.at;
  } else if (std::holds_alternative<trace::LeadershipLost>(record.fact) || goes_down(record.fact)) {
    if (leaders_.erase(host) > 0) changed_[cluster_of(host)] = record.at;
  }
}

void Observed::add_stream(const std::string& host, const trace::Record& record) {
  const std::string cluster = cluster_of(host);
  const auto lose = [&](const Stream& stream, const std::string& why) {
    if (stream.peering.empty()) return;
    Contact& contact = contacts_[{cluster, stream.peering}];
    contact.because = why;
    contact.changed = record.at;
  };
  if (const auto* began = std::get_if<trace::StreamBegan>(&record.fact)) {
    streams_[{host, began->stream}] = {began->peering, record.at};
  } else if (const auto* message = std::get_if<trace::PeerMessage>(&record.fact)) {
    messages_.push_back({cluster, *message, record.at});
    const auto stream = streams_.find({host, message->stream});
    if (stream == streams_.end() || message->peering.empty()) return;
    Contact& contact = contacts_[{cluster, message->peering}];
    if (stream->second.peering.empty()) {
      stream->second.peering = message->peering;
      contact.heard = contact.changed = stream->second.began;
    }
    if (!message->sent && message->kind == trace::PeerMessage::Kind::heartbeat) {
      contact.heard = record.at;
    }
  } else if (const auto* ended = std::get_if<trace::StreamEnded>(&record.fact)) {
    lose({ended->peering, {}}, ended->status);
    streams_.erase({host, ended->stream});
  } else if (goes_down(record.fact)) {
    const auto begin = streams_.lower_bound({host, 0});
    auto end = begin;
    for (; end != streams_.end() && end->first.first == host; ++end) {
      lose(end->second, "its server went down");
    }
    streams_.erase(begin, end);
  }
  if (const auto* began = std::get_if<trace::StreamBegan>(&record.fact);
      began != nullptr && !began->peering.empty()) {
    Contact& contact = contacts_[{cluster, began->peering}];
    contact.heard = contact.changed = record.at;
  }
}

void Observed::add_knowledge(const std::string& host, const trace::Record& record) {
  const std::string cluster = cluster_of(host);
  if (const auto* seen = std::get_if<trace::PeeringSeen>(&record.fact)) {
    peers_[{cluster, seen->id}] = seen->peer;
  }
  const Leadership* leader = latest(cluster);
  if (leader == nullptr || leader->host != host) return;
  std::visit(
      [&](const auto& fact) {
        if constexpr (requires(Knowledge known) { known.add(fact, leader->term, record.at); }) {
          known_[cluster].add(fact, leader->term, record.at);
        }
      },
      record.fact);
  if (const auto* entry = std::get_if<trace::EntryApplied>(&record.fact)) {
    writes_.push_back({cluster, entry->bytes, record.at});
  }
}

const Observed::Leadership* Observed::latest(const std::string& cluster) const {
  // A deposed leader may not know it yet: the one of the latest term counts.
  const Leadership* latest = nullptr;
  for (const auto& [host, leadership] : leaders_) {
    if (cluster_of(host) != cluster) continue;
    if (latest == nullptr || leadership.term > latest->term) latest = &leadership;
  }
  return latest;
}

std::optional<std::string> Observed::leader(const std::string& cluster) const {
  const Leadership* leadership = latest(cluster);
  if (leadership == nullptr) return std::nullopt;
  return leadership->host;
}

std::string Observed::why_ended(std::uint64_t call) const {
  const auto found = refusals_.find(call);
  return found == refusals_.end() ? std::string() : found->second;
}

const Knowledge& Observed::knowledge(const std::string& cluster) const {
  static const Knowledge nothing;
  const auto found = known_.find(cluster);
  return found == known_.end() ? nothing : found->second;
}

std::size_t Observed::open_streams(const Id& id) const {
  return static_cast<std::size_t>(
      std::count_if(streams_.begin(), streams_.end(), [&](const auto& entry) {
        return cluster_of(entry.first.first) == id.first && entry.second.peering == id.second;
      }));
}

Observed::Begin Observed::begin_of(const std::optional<std::string>& step) const {
  const auto found = step ? begins_.find(*step) : begins_.end();
  return found == begins_.end() ? Begin{} : found->second;
}

/// What a leader knew is of no use while nobody leads: nobody could be asked for it.
std::optional<Sight> Observed::look_for_leader(const Check& check) const {
  return std::visit(
      [this]<class Kind>(const Kind& each) -> std::optional<Sight> {
        if constexpr (requires { each.in.cluster; }) {
          if (leader(each.in.cluster)) return std::nullopt;
          if constexpr (std::is_same_v<Kind, PeeringCheck>) {
            if (each.only_if_state) return std::nullopt;
          }
          const auto changed = changed_.find(each.in.cluster);
          return Sight{false, "nobody leads " + each.in.cluster,
                       changed == changed_.end() ? Instant{} : changed->second};
        } else {
          return std::nullopt;
        }
      },
      check);
}

Sight Observed::look(const Check& check, Instant now) const {
  if (auto nobody = look_for_leader(check)) return *std::move(nobody);
  return std::visit(Overloaded{
                        [&](const PeeringCheck& each) { return look(each, now); },
                        [&](const WorkCheck& each) { return look(each, now); },
                        [](const CallCheck&) -> Sight {
                          PEERLAB_ASSERT(!"an active check is judged by its outcome");
                          return {};
                        },
                        [](const HttpCheck&) -> Sight {
                          PEERLAB_ASSERT(!"an active check is judged by its outcome");
                          return {};
                        },
                        [&](const auto& each) { return look(each); },
                    },
                    check);
}

}  // namespace peerlab::checks
