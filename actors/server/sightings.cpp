#include "actors/server/sightings.hpp"

#include <algorithm>

#include "peerlab/catalog/config_entry.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/peering/record.hpp"
#include "peerlab/trust/certificate.hpp"

namespace peerlab::actors {
namespace {

std::string shown(const PartitionName& partition) {
  return partition.value().empty() ? "default" : partition.value();
}

}  // namespace

void Sightings::look() {
  const bool leads = context_.situation.leader && context_.situation.ready;
  if (leads && !active_) begin();
  if (!leads && active_) end();
  if (active_ && streams_seen_ != context_.streams.revision()) look_at_streams();
}

void Sightings::committed(const store::Commit& commit) {
  if (!active_) return;
  for (const store::Waiters::Id id : waiters_.wake(commit)) run(id);
}

void Sightings::restored() {
  if (!active_) return;
  end();
  begin();
}

void Sightings::begin() {
  active_ = true;
  context_.host.record(trace::PolicySeen{context_.config.intentions_allow});
  watch([this](store::WatchSet& watches) { look_at_roots(watches); });
  for (const PartitionName& partition : context_.state.partitions()) {
    watch([=, this](store::WatchSet& watches) { look_at_config(partition, watches); });
    watch([=, this](store::WatchSet& watches) { look_at_bundles(partition, watches); });
    watch_catalog(partition, {});
  }
  watch([this](store::WatchSet& watches) { look_at_peerings(watches); });
}

void Sightings::end() {
  active_ = false;
  waiters_.abandon();
  looks_.clear();
  peerings_.clear();
  services_.clear();
  instances_.clear();
  entries_.clear();
  roots_.clear();
}

void Sightings::watch(Look look) {
  const store::Waiters::Id id = ++last_id_;
  looks_.emplace(id, std::move(look));
  run(id);
}

void Sightings::run(store::Waiters::Id id) {
  store::WatchSet watches;
  // A copy: looking may add further looks.
  const Look look = looks_.at(id);
  look(watches);
  waiters_.wait(id, std::move(watches));
}

// --- peerings ---

void Sightings::look_at_peerings(store::WatchSet& watches) {
  std::map<PeerId, const peering::Peering*> stored;
  for (const peering::Peering* peering : context_.state.peering().list_all(&watches)) {
    stored.emplace(peering->id, peering);
  }
  for (auto known = peerings_.begin(); known != peerings_.end();) {
    if (stored.contains(known->first)) {
      ++known;
      continue;
    }
    const trace::PeeringSeen& last = known->second;
    context_.host.record(trace::PeeringGone{last.partition, last.peer, last.id});
    known = peerings_.erase(known);
  }
  look_at_streams();
  for (const auto& [id, peering] : stored) watch_catalog(peering->partition, peering->name);
}

void Sightings::look_at_streams() {
  streams_seen_ = context_.streams.revision();
  for (const peering::Peering* peering : context_.state.peering().list_all()) {
    const peering::StreamStatus* stream = context_.streams.find(peering->id);
    trace::PeeringSeen seen;
    seen.partition = shown(peering->partition);
    seen.peer = peering->name.value();
    seen.id = peering->id.value();
    seen.remote_id = peering->remote_id.value();
    seen.state = peering::state_name(peering::shown_state(*peering, stream));
    if (stream != nullptr) {
      seen.imported = stream->imported_services;
      seen.exported = stream->exported_services;
    }
    trace::PeeringSeen& last = peerings_[peering->id];
    if (last == seen) continue;
    last = seen;
    context_.host.record(std::move(seen));
  }
}

// --- instances ---

void Sightings::watch_catalog(const PartitionName& partition, const PeerName& peer) {
  const auto [known, is_new] = services_.try_emplace({partition, peer});
  if (!is_new) return;
  watch([=, this](store::WatchSet& watches) {
    const catalog::CatalogTables* tables = context_.state.catalog(partition);
    if (tables == nullptr) return;
    for (const auto& [name, tags] : catalog::list_services(*tables, peer, {}, &watches).rows) {
      const ServiceName service(name);
      // Once watched, a service stays so, since it may come back.
      if (!services_.at({partition, peer}).insert(service).second) continue;
      watch([=, this](store::WatchSet& its) { look_at_instances(partition, peer, service, its); });
    }
  });
}

void Sightings::look_at_instances(const PartitionName& partition, const PeerName& peer,
                                  const ServiceName& service, store::WatchSet& watches) {
  const catalog::CatalogTables& tables = *context_.state.catalog(partition);
  auto instances = catalog::service_health(tables, service, peer, &watches).rows;
  Counts counts;
  counts.first = static_cast<std::uint32_t>(instances.size());
  catalog::keep_passing(instances);
  counts.second = static_cast<std::uint32_t>(instances.size());
  Counts& last = instances_[{partition, peer, service}];
  if (last == counts) return;
  last = counts;
  context_.host.record(trace::InstancesSeen{shown(partition), peer.value(), service.value(),
                                            counts.first, counts.second});
}

// --- config entries ---

void Sightings::look_at_config(const PartitionName& partition, store::WatchSet& watches) {
  const catalog::CatalogTables& tables = *context_.state.catalog(partition);
  std::map<std::tuple<PartitionName, std::string, std::string>, store::RaftIndex> now;
  for (const catalog::ConfigEntry* entry : catalog::config_entries(tables, "", &watches).rows) {
    const std::string kind(catalog::kind_of(*entry));
    const std::string name(catalog::name_of(*entry));
    const store::RaftIndex index = catalog::tail_of(*entry).indexes.modify;
    now.emplace(std::tuple(partition, kind, name), index);
    const auto last = entries_.find({partition, kind, name});
    if (last != entries_.end() && last->second == index) continue;
    context_.host.record(
        trace::ConfigSeen{shown(partition), kind, name, catalog::to_json_text(*entry)});
  }
  for (const auto& [key, index] : entries_) {
    const auto& [where, kind, name] = key;
    if (where != partition || now.contains(key)) continue;
    context_.host.record(trace::ConfigSeen{shown(partition), kind, name, {}});
  }
  std::erase_if(entries_, [&](const auto& entry) { return std::get<0>(entry.first) == partition; });
  entries_.merge(now);
}

// --- roots ---

void Sightings::look_at_roots(store::WatchSet& watches) {
  context_.state.ca().index(&watches);
  const server::CaRow* row = context_.state.ca().find();
  if (row == nullptr) return;
  const trust::TrustBundle bundle = row->ca.bundle();
  roots({}, {}, bundle.trust_domain.value(), bundle.root_pems);
}

void Sightings::look_at_bundles(const PartitionName& partition, store::WatchSet& watches) {
  std::set<PeerName> present;
  for (const auto* stored : context_.state.peering().trust_bundles(partition, &watches)) {
    const PeerName peer(stored->bundle.peer_name);
    present.insert(peer);
    roots(partition, peer, stored->bundle.trust_domain, stored->bundle.root_pems);
  }
  for (const auto& [key, pems] : roots_) {
    const auto& [where, peer] = key;
    if (where == partition && !peer.value().empty() && !present.contains(peer) && !pems.empty()) {
      roots(partition, peer, {}, {});
    }
  }
}

void Sightings::roots(const PartitionName& partition, const PeerName& peer,
                      const std::string& trust_domain, const std::vector<std::string>& pems) {
  std::vector<std::string>& last = roots_[{partition, peer}];
  if (last == pems) return;
  last = pems;
  trace::RootsSeen seen{shown(partition), peer.value(), trust_domain, {}};
  for (const std::string& pem : pems) {
    const Result<trust::Certificate> root = trust::Certificate::from_pem(pem);
    seen.fingerprints.push_back(root ? root->sha256() : "unreadable");
  }
  std::ranges::sort(seen.fingerprints);
  context_.host.record(std::move(seen));
}

}  // namespace peerlab::actors
