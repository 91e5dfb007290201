#pragma once

#include <string>
#include <vector>

#include "peerlab/base/names.hpp"
#include "peerlab/catalog/tables.hpp"
#include "peerlab/store/watch.hpp"

namespace peerlab::peering {

/// Where a discovery chain can lead. (spec 8.1, step 3)
struct ChainTarget {
  std::string service;
  std::string subset;
  std::string ns;
  std::string partition;
  std::string datacenter;  ///< empty for a target in a peer
  PeerName peer;

  /// `[<subset>.]<service>.<namespace>.<partition>.<dc>`, or with `external.<peer>` at the end.
  std::string id() const;
  friend bool operator==(const ChainTarget&, const ChainTarget&) = default;
};

/// What an exporter needs to know of the chain of a service: all that its routers, splitters and
/// resolvers can lead to, each once, ordered by id. A chain without entries leads to the service
/// itself.
struct Chain {
  std::string protocol;
  std::vector<ChainTarget> targets;
  friend bool operator==(const Chain&, const Chain&) = default;
};

Chain chain_of(const catalog::CatalogTables& tables, const ServiceName& service,
               const DatacenterName& datacenter, const PartitionName& partition,
               store::WatchSet* watches = nullptr);

}  // namespace peerlab::peering
