// Services on their way from one cluster to another: exported, sent, imported, gone.
//
// What leaders record at one instant has no order: each rule looks when the instant is over.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <vector>

#include "rules.hpp"

namespace peerlab::checks {
namespace {

/// Calls `look` for the last time of each instant: before the first record of a later one, and at
/// the end.
template <class Fold, class Look>
Broken at_rest(const trace::Trace& trace, Fold&& fold, Look&& look) {
  std::optional<Instant> now;
  for (const trace::Record& record : trace) {
    if (now && record.at > *now) {
      if (Broken broken = look()) return broken;
    }
    now = record.at;
    fold(record);
  }
  return look();
}

/// A peer as one server knows it.
using PeerKey = std::tuple<trace::Where, std::string, std::string>;  // host, partition, peer

/// The peerings of all clusters, by everything that was ever said of them.
class Names {
 public:
  void add(const trace::Trace& trace, const trace::Record& record) {
    const auto* seen = std::get_if<trace::PeeringSeen>(&record.fact);
    if (seen == nullptr) return;
    const std::string cluster = cluster_of(trace.name(record.where));
    ids_[{cluster, seen->partition, seen->peer}].insert(seen->id);
    peers_[{cluster, seen->id}] = {seen->partition, seen->peer};
  }

  /// The IDs that a peer of this name has had.
  const std::set<std::string>& ids(const std::string& cluster, const std::string& partition,
                                   const std::string& peer) const {
    static const std::set<std::string> none;
    const auto found = ids_.find({cluster, partition, peer});
    return found == ids_.end() ? none : found->second;
  }

  struct Peer {
    std::string partition, name;
  };
  const Peer* peer(const std::string& cluster, const std::string& id) const {
    const auto found = peers_.find({cluster, id});
    return found == peers_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::tuple<std::string, std::string, std::string>, std::set<std::string>> ids_;
  std::map<std::pair<std::string, std::string>, Peer> peers_;
};

/// `web` of `web-sidecar-proxy`: the service that is exported along with its proxies.
std::string without_proxy(const std::string& service) {
  constexpr std::string_view suffix = "-sidecar-proxy";
  return service.ends_with(suffix) ? service.substr(0, service.size() - suffix.size()) : service;
}

const trace::PeerMessage* service_message(const trace::Record& record, bool sent) {
  const auto* message = std::get_if<trace::PeerMessage>(&record.fact);
  if (message == nullptr || message->sent != sent) return nullptr;
  if (message->kind != trace::PeerMessage::Kind::response) return nullptr;
  return message->type == "ExportedService" ? message : nullptr;
}

}  // namespace

void Exports::add(const trace::Trace& trace, const trace::Record& record) {
  const auto* entry = std::get_if<trace::ConfigSeen>(&record.fact);
  if (entry == nullptr || entry->kind != "exported-services") return;
  const auto body = nlohmann::json::parse(entry->body, nullptr, false);
  if (!body.is_object() || !body.contains("Services") || !body["Services"].is_array()) return;
  const std::string cluster = cluster_of(trace.name(record.where));
  for (const auto& service : body["Services"]) {
    if (!service.is_object() || !service.contains("Consumers")) continue;
    for (const auto& consumer : service["Consumers"]) {
      if (!consumer.is_object()) continue;
      exports_.insert(
          {cluster, entry->partition, consumer.value("Peer", ""), service.value("Name", "")});
    }
  }
}

bool Exports::had(const std::string& cluster, const std::string& partition, const std::string& peer,
                  const std::string& service) const {
  return exports_.contains({cluster, partition, peer, service}) ||
         (service != "consul" && exports_.contains({cluster, partition, peer, "*"}));
}

Broken imports_have_a_peering(const trace::Trace& trace) {
  std::set<PeerKey> peerings;
  std::map<PeerKey, trace::RecordId> gone;                         // the last record that says so
  std::map<PeerKey, std::map<std::string, trace::RecordId>> rows;  // by service; "" for the roots
  const auto put = [&](const PeerKey& key, const std::string& row, bool exists,
                       trace::RecordId id) {
    if (exists) {
      rows[key][row] = id;
    } else if (const auto found = rows.find(key); found != rows.end()) {
      found->second.erase(row);
      if (found->second.empty()) rows.erase(found);
    }
  };
  const auto forget = [&](trace::Where host) {
    std::erase_if(peerings, [&](const PeerKey& key) { return std::get<0>(key) == host; });
    std::erase_if(rows, [&](const auto& row) { return std::get<0>(row.first) == host; });
  };
  const auto fold = [&](const trace::Record& record) {
    const trace::Where host = record.where;
    if (const auto* seen = std::get_if<trace::PeeringSeen>(&record.fact)) {
      peerings.insert({host, seen->partition, seen->peer});
    } else if (const auto* end = std::get_if<trace::PeeringGone>(&record.fact)) {
      peerings.erase({host, end->partition, end->peer});
      gone[{host, end->partition, end->peer}] = record.id;
    } else if (const auto* service = std::get_if<trace::InstancesSeen>(&record.fact)) {
      if (service->peer.empty()) return;
      put({host, service->partition, service->peer}, service->service, service->total > 0,
          record.id);
    } else if (const auto* roots = std::get_if<trace::RootsSeen>(&record.fact)) {
      if (roots->peer.empty()) return;
      put({host, roots->partition, roots->peer}, "", !roots->fingerprints.empty(), record.id);
    } else if (std::holds_alternative<trace::LeadershipLost>(record.fact) ||
               ends_life(record.fact)) {
      forget(host);
    }
  };
  return at_rest(trace, fold, [&]() -> Broken {
    for (const auto& [key, kept] : rows) {
      if (peerings.contains(key)) continue;
      const auto& [row, id] = *kept.begin();
      return Violation{std::max(id, gone[key]),
                       fmt::format("{} keeps {} of peer {}, with which there is no peering",
                                   trace.name(std::get<0>(key)),
                                   row.empty() ? "the roots" : "service " + row, std::get<2>(key))};
    }
    return std::nullopt;
  });
}

Broken imports_were_sent(const trace::Trace& trace) {
  struct Import {
    trace::RecordId record;
    std::string cluster;
    const trace::InstancesSeen* service;
  };
  Names names;
  std::set<std::tuple<std::string, std::string, std::string>> got;  // cluster, peering, service
  std::vector<Import> fresh;
  const auto fold = [&](const trace::Record& record) {
    names.add(trace, record);
    const std::string cluster = cluster_of(trace.name(record.where));
    if (const auto* message = service_message(record, false)) {
      got.insert({cluster, message->peering, message->resource_id});
    }
    const auto* service = std::get_if<trace::InstancesSeen>(&record.fact);
    if (service == nullptr || service->peer.empty() || service->total == 0) return;
    fresh.push_back({record.id, cluster, service});
  };
  return at_rest(trace, fold, [&]() -> Broken {
    for (const Import& import : fresh) {
      const auto& ids = names.ids(import.cluster, import.service->partition, import.service->peer);
      bool was_sent = false;
      for (const std::string& id : ids) {
        was_sent = was_sent || got.contains({import.cluster, id, import.service->service});
      }
      if (was_sent) continue;
      return Violation{import.record,
                       fmt::format("{} has instances of {}, which peer {} has not sent",
                                   import.cluster, import.service->service, import.service->peer)};
    }
    fresh.clear();
    return std::nullopt;
  });
}

Broken sent_is_exported(const trace::Trace& trace) {
  struct Sent {
    trace::RecordId record;
    std::string cluster;
    const trace::PeerMessage* message;
  };
  Names names;
  Exports exports;
  std::vector<Sent> fresh;
  const auto fold = [&](const trace::Record& record) {
    names.add(trace, record);
    exports.add(trace, record);
    if (const auto* message = service_message(record, true)) {
      fresh.push_back({record.id, cluster_of(trace.name(record.where)), message});
    }
  };
  return at_rest(trace, fold, [&]() -> Broken {
    for (const Sent& sent : fresh) {
      const std::string& service = sent.message->resource_id;
      const Names::Peer* peer = names.peer(sent.cluster, sent.message->peering);
      if (peer == nullptr) {
        return Violation{sent.record, fmt::format("{} sends {} on a stream without a peering",
                                                  sent.cluster, service)};
      }
      if (exports.had(sent.cluster, peer->partition, peer->name, service) ||
          exports.had(sent.cluster, peer->partition, peer->name, without_proxy(service))) {
        continue;
      }
      return Violation{sent.record, fmt::format("{} sends {} to peer {}, to which no entry exports "
                                                "it",
                                                sent.cluster, service, peer->name)};
    }
    fresh.clear();
    return std::nullopt;
  });
}

}  // namespace peerlab::checks
