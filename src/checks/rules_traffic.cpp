// Calls that a sidecar let in: each needs an export, if it comes from a peer, and an intention.
//
// A proxy goes by the configuration that it got last, and may not hear of another for as long as it
// is cut off. So a call is judged by everything that was so since shortly before that.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "peerlab/trust/spiffe.hpp"
#include "rules.hpp"

namespace peerlab::checks {
namespace {

/// How long what a leader knows may take to become a proxy's configuration.
constexpr Duration push_time = std::chrono::seconds(10);

struct Caller {
  std::string peer;  ///< as the called cluster names it; empty for a caller of its own
  std::string partition, service;
};

/// Whose trust domain is whose.
class Domains {
 public:
  void add(const trace::Trace& trace, const trace::Record& record) {
    const auto* roots = std::get_if<trace::RootsSeen>(&record.fact);
    if (roots == nullptr || roots->fingerprints.empty()) return;
    peers_[{cluster_of(trace.name(record.where)), roots->trust_domain}].insert(
        {roots->partition, roots->peer});
  }

  /// The peer of a partition with this trust domain, empty for the cluster itself; nothing if its
  /// leader never knew anybody of that domain.
  std::optional<std::string> peer(const std::string& cluster, const std::string& partition,
                                  const std::string& domain) const {
    const auto found = peers_.find({cluster, domain});
    if (found == peers_.end()) return std::nullopt;
    for (const auto& [where, peer] : found->second) {
      if (peer.empty() || where == partition) return peer;
    }
    return std::nullopt;
  }

 private:
  std::map<std::pair<std::string, std::string>, std::set<std::pair<std::string, std::string>>>
      peers_;
};

enum class Word { allow, deny };

/// What a cluster's intentions said at one time, and what it does where they say nothing.
class Intentions {
 public:
  void set_policy(bool allow) { default_ = allow ? Word::allow : Word::deny; }

  void set(const trace::ConfigSeen& entry) {
    std::vector<Source>& sources = entries_[{entry.partition, entry.name}];
    sources.clear();
    const auto body = nlohmann::json::parse(entry.body, nullptr, false);
    if (!body.is_object() || !body.contains("Sources") || !body["Sources"].is_array()) return;
    for (const auto& source : body["Sources"]) {
      if (!source.is_object()) continue;
      const bool by_request = source.contains("Permissions") && !source["Permissions"].empty();
      sources.push_back({source.value("Name", ""), source.value("Peer", ""),
                         source.value("Partition", entry.partition), by_request,
                         source.value("Action", "") == "deny" ? Word::deny : Word::allow});
    }
  }

  /// The most specific one decides: first by the service that is called, then by the caller. What
  /// looks at the request itself may let it in.
  Word word(const std::string& partition, const std::string& service, const Caller& caller) const {
    for (const std::string& destination : {service, std::string("*")}) {
      const auto entry = entries_.find({partition, destination});
      if (entry == entries_.end()) continue;
      for (const std::string& name : {caller.service, std::string("*")}) {
        for (const Source& source : entry->second) {
          if (source.name != name || source.peer != caller.peer) continue;
          if (source.peer.empty() && source.partition != caller.partition) continue;
          return source.by_request ? Word::allow : source.word;
        }
      }
    }
    return default_;
  }

 private:
  struct Source {
    std::string name, peer, partition;
    bool by_request;
    Word word;
  };
  std::map<std::pair<std::string, std::string>, std::vector<Source>> entries_;
  Word default_ = Word::allow;
};

/// The intentions of one cluster, as they followed each other.
class History {
 public:
  void add(const trace::Record& record) {
    const auto* entry = std::get_if<trace::ConfigSeen>(&record.fact);
    const auto* policy = std::get_if<trace::PolicySeen>(&record.fact);
    const bool concerns =
        policy != nullptr || (entry != nullptr && entry->kind == "service-intentions");
    if (!concerns) return;
    Intentions next = states_.empty() ? Intentions() : states_.back().second;
    if (policy != nullptr) next.set_policy(policy->allow);
    if (entry != nullptr) next.set(*entry);
    states_.emplace_back(record.at, std::move(next));
  }

  /// Whether any state that stood at or after `since` says `allow`; true where nothing is known.
  bool ever_allowed(Instant since, const std::string& partition, const std::string& service,
                    const Caller& caller) const {
    for (std::size_t index = 0; index < states_.size(); ++index) {
      const bool over = index + 1 < states_.size() && states_[index + 1].first < since;
      if (!over && states_[index].second.word(partition, service, caller) == Word::allow) {
        return true;
      }
    }
    return states_.empty();
  }

 private:
  std::vector<std::pair<Instant, Intentions>> states_;
};

}  // namespace

Broken traffic_is_exported(const trace::Trace& trace) {
  Domains domains;
  Exports exports;
  for (const trace::Record& record : trace) {
    domains.add(trace, record);
    exports.add(trace, record);
    const auto* served = std::get_if<trace::CallServed>(&record.fact);
    if (served == nullptr) continue;
    const std::string cluster = cluster_of(trace.name(record.where));
    const auto peer = domains.peer(cluster, served->partition, served->trust_domain);
    if (!peer) {
      return Violation{record.id,
                       fmt::format("{} is answered by {}, to which nobody of its trust domain is "
                                   "known",
                                   served->caller, served->service)};
    }
    if (peer->empty() || exports.had(cluster, served->partition, *peer, served->service)) continue;
    return Violation{record.id, fmt::format("{} is answered by {}, which is not exported to {}",
                                            served->caller, served->service, *peer)};
  }
  return std::nullopt;
}

Broken traffic_is_intended(const trace::Trace& trace) {
  Domains domains;
  std::map<std::string, History> intentions;  // by cluster
  std::map<trace::Where, Instant> configured;
  for (const trace::Record& record : trace) {
    const std::string cluster = cluster_of(trace.name(record.where));
    domains.add(trace, record);
    intentions[cluster].add(record);
    if (std::holds_alternative<trace::ProxyConfigured>(record.fact)) {
      configured[record.where] = record.at;
    }
    const auto* served = std::get_if<trace::CallServed>(&record.fact);
    if (served == nullptr) continue;
    const auto id = trust::parse_spiffe_id(served->caller);
    const auto* caller = id ? std::get_if<trust::ServiceIdentity>(&*id) : nullptr;
    if (caller == nullptr) {
      return Violation{record.id, fmt::format("{} answers `{}`, which is no service",
                                              served->service, served->caller)};
    }
    const auto peer = domains.peer(cluster, served->partition, served->trust_domain);
    if (!peer) continue;  // the other rule's business
    const Caller who{*peer,
                     caller->partition.value().empty() ? "default" : caller->partition.value(),
                     caller->service.value()};
    const auto since = configured.find(record.where);
    const Instant from = (since == configured.end() ? record.at : since->second) - push_time;
    if (intentions[cluster].ever_allowed(from, served->partition, served->service, who)) continue;
    return Violation{record.id,
                     fmt::format("{} answers {}{}, which no intention lets in", served->service,
                                 who.service, peer->empty() ? "" : " of " + *peer)};
  }
  return std::nullopt;
}

}  // namespace peerlab::checks
