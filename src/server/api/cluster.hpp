#pragma once

#include <vector>

#include "peerlab/catalog/types.hpp"
#include "peerlab/peering/service.hpp"
#include "peerlab/server/api/call.hpp"

namespace peerlab::server::api {

/// What the rules of peering want to know of the own cluster, read from its state.
class Cluster {
 public:
  explicit Cluster(const View& view);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  const peering::ClusterView& view() const { return view_; }

 private:
  std::vector<catalog::CheckServiceNode> servers_;
  std::vector<catalog::CheckServiceNode> gateways_;
  peering::ClusterView view_;
};

}  // namespace peerlab::server::api
