#pragma once

#include <map>
#include <optional>
#include <string>

#include "peerlab/mesh/proxy_config.hpp"

namespace peerlab::mesh {

/// Chooses endpoints by weighted round robin, the only policy of clusters without a resolver
/// (traffic spec 7.5). Each cluster has its own turn; endpoints that come and go keep theirs as
/// long as they are known. Draws no chance.
class Balancer {
 public:
  /// The next endpoint of a cluster, or nothing when none may be used. Unhealthy endpoints are left
  /// out, unless the cluster panics because fewer than half of its endpoints are healthy.
  std::optional<Endpoint> pick(const Cluster& cluster);

 private:
  /// For each cluster and endpoint, how much of its share it still has to get.
  std::map<std::string, std::map<Address, std::int64_t>> credit_;
};

}  // namespace peerlab::mesh
