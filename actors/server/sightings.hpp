#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "actors/server/context.hpp"
#include "peerlab/store/watch.hpp"

namespace peerlab::actors {

/// Writes into the trace what a server that leads knows of its cluster, whenever that changes:
/// peerings, instances, config entries and roots. Observes only.
class Sightings {
 public:
  explicit Sightings(ServerContext& context) : context_(context) {}

  /// An entry of the log was applied; the store was replaced by a snapshot.
  void committed(const store::Commit& commit);
  void restored();
  /// To be called after each event.
  void look();

 private:
  using Look = std::function<void(store::WatchSet&)>;
  using Counts = std::pair<std::uint32_t, std::uint32_t>;  // total, passing

  void begin();
  void end();
  void watch(Look look);
  void run(store::Waiters::Id id);
  void watch_catalog(const PartitionName& partition, const PeerName& peer);
  void look_at_peerings(store::WatchSet& watches);
  void look_at_streams();
  void look_at_instances(const PartitionName& partition, const PeerName& peer,
                         const ServiceName& service, store::WatchSet& watches);
  void look_at_config(const PartitionName& partition, store::WatchSet& watches);
  void look_at_roots(store::WatchSet& watches);
  void look_at_bundles(const PartitionName& partition, store::WatchSet& watches);
  void roots(const PartitionName& partition, const PeerName& peer, const std::string& trust_domain,
             const std::vector<std::string>& pems);

  ServerContext& context_;
  bool active_ = false;
  store::Waiters waiters_;
  std::map<store::Waiters::Id, Look> looks_;
  store::Waiters::Id last_id_ = 0;
  std::uint64_t streams_seen_ = 0;

  // What was recorded last.
  std::map<PeerId, trace::PeeringSeen> peerings_;
  std::map<std::pair<PartitionName, PeerName>, std::set<ServiceName>> services_;
  std::map<std::tuple<PartitionName, PeerName, ServiceName>, Counts> instances_;
  std::map<std::tuple<PartitionName, std::string, std::string>, store::RaftIndex> entries_;
  std::map<std::pair<PartitionName, PeerName>, std::vector<std::string>> roots_;
};

}  // namespace peerlab::actors
