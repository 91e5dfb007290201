#include "peerlab/checks/knowledge.hpp"

#include <nlohmann/json.hpp>

namespace peerlab::checks {
namespace {

bool same(const trace::PeeringSeen& a, const trace::PeeringSeen& b) {
  return std::tie(a.id, a.remote_id, a.state, a.imported, a.exported) ==
         std::tie(b.id, b.remote_id, b.state, b.imported, b.exported);
}
bool same(const trace::InstancesSeen& a, const trace::InstancesSeen& b) {
  return a.total == b.total && a.passing == b.passing;
}
bool same(const trace::ConfigSeen& a, const trace::ConfigSeen& b) { return a.body == b.body; }
bool same(const trace::RootsSeen& a, const trace::RootsSeen& b) {
  return a.trust_domain == b.trust_domain && a.fingerprints == b.fingerprints;
}

template <class Table, class Key, class Fact>
void put(Table& table, const Key& key, const Fact& fact, std::uint64_t term, Instant at) {
  const auto [entry, is_new] = table.try_emplace(key);
  auto& told = entry->second;
  if (is_new || !same(told.fact, fact)) told.since = at;
  told.fact = fact;
  told.term = term;
}

template <class Table, class Key>
const typename Table::mapped_type* find(const Table& table, const Key& key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

/// A wildcard covers services of the typical kind only. The facts do not tell kinds: proxies and
/// gateways are known by the names that agents and operators give them.
bool is_typical(const std::string& service) {
  return !service.ends_with("-sidecar-proxy") && !service.ends_with("mesh-gateway");
}

/// `field` of an object as a text; empty where it is none.
std::string text_at(const nlohmann::json& object, const char* field) {
  const auto found = object.is_object() ? object.find(field) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

void Knowledge::renew(std::uint64_t term, Instant at) {
  if (term > term_) renewed_ = at;
  if (term > term_) term_ = term;
}

void Knowledge::add(const trace::PeeringSeen& fact, std::uint64_t term, Instant at) {
  renew(term, at);
  put(peerings_, Pair(fact.partition, fact.peer), fact, term, at);
}

void Knowledge::add(const trace::PeeringGone& fact, std::uint64_t term, Instant at) {
  renew(term, at);
  // A peering of the same name may have taken its place already.
  const auto* known = find(peerings_, Pair(fact.partition, fact.peer));
  if (known == nullptr || known->fact.id != fact.id) return;
  peerings_.erase(Pair(fact.partition, fact.peer));
  changed_ = at;
}

void Knowledge::add(const trace::InstancesSeen& fact, std::uint64_t term, Instant at) {
  renew(term, at);
  put(services_, Triple(fact.partition, fact.peer, fact.service), fact, term, at);
  changed_ = at;
}

void Knowledge::add(const trace::ConfigSeen& fact, std::uint64_t term, Instant at) {
  renew(term, at);
  put(entries_, Triple(fact.partition, fact.kind, fact.name), fact, term, at);
  changed_ = at;
}

void Knowledge::add(const trace::RootsSeen& fact, std::uint64_t term, Instant at) {
  renew(term, at);
  put(roots_, Pair(fact.partition, fact.peer), fact, term, at);
}

void Knowledge::pass(Instant now) {
  if (!renewed_ || now <= *renewed_) return;
  renewed_.reset();
  const auto is_old = [&](const auto& entry) { return entry.second.term < term_; };
  const std::size_t gone = std::erase_if(peerings_, is_old) + std::erase_if(services_, is_old) +
                           std::erase_if(entries_, is_old) + std::erase_if(roots_, is_old);
  if (gone > 0) changed_ = now;
}

const Knowledge::Told<trace::PeeringSeen>* Knowledge::peering(const Tenant& in,
                                                              const std::string& peer) const {
  return find(peerings_, Pair(in.partition, peer));
}

const Knowledge::Told<trace::InstancesSeen>* Knowledge::instances(
    const Tenant& in, const std::string& peer, const std::string& service) const {
  return find(services_, Triple(in.partition, peer, service));
}

const Knowledge::Told<trace::RootsSeen>* Knowledge::roots(const Tenant& in,
                                                          const std::string& peer) const {
  return find(roots_, Pair(in.partition, peer));
}

std::set<std::string> Knowledge::exports(const Tenant& in, const std::string& peer) const {
  std::set<std::string> names;
  const auto* entry = find(entries_, Triple(in.partition, "exported-services", in.partition));
  if (entry == nullptr) return names;
  const auto body = nlohmann::json::parse(entry->fact.body, nullptr, false);
  if (!body.is_object() || !body.contains("Services")) return names;
  for (const auto& service : body["Services"]) {
    const std::string name = text_at(service, "Name");
    if (!service.is_object() || !service.contains("Consumers")) continue;
    for (const auto& consumer : service["Consumers"]) {
      if (text_at(consumer, "Peer") != peer) continue;
      if (name != "*") names.insert(name);
      for (const auto& [key, told] : services_) {
        const auto& [partition, of_peer, own] = key;
        const bool has_own = of_peer.empty() && told.fact.total > 0 && is_typical(own);
        if (name == "*" && partition == in.partition && has_own) names.insert(own);
      }
    }
  }
  names.erase("consul");  // never exported (C-154)
  return names;
}

}  // namespace peerlab::checks
