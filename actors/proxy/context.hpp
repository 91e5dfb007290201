#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/connection_user.hpp"
#include "actors/timers.hpp"
#include "peerlab/base/mutants.hpp"
#include "peerlab/catalog/types.hpp"
#include "peerlab/mesh/hop.hpp"
#include "peerlab/net/address.hpp"
#include "peerlab/trust/leaf.hpp"

namespace peerlab::actors {

/// What a proxy is told when its host is made; the same in every life of the host.
struct ProxySetup {
  PartitionName partition;
  NodeName node;           ///< on which it is registered
  catalog::Service proxy;  ///< its registration
  std::string app;         ///< host of the application that shares a sidecar's network
  std::vector<net::Address> servers;
  Mutants mutants;
};

/// What the parts of one proxy share. Parts keep references to it and never to each other.
struct ProxyContext {
  ProxyContext(engine::Host& its_host, const ProxySetup& its_setup)
      : host(its_host), setup(its_setup), timers(its_host) {}

  engine::Host& host;
  const ProxySetup& setup;
  Timers timers;
  ConnectionUsers users;
  std::shared_ptr<const mesh::ProxyConfig> config;  ///< null before the first came
  std::optional<trust::Leaf> leaf;
  mesh::Balancer balancer;
  mesh::RootCache roots;
};

}  // namespace peerlab::actors
