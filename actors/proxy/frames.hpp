#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "peerlab/base/hash.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/catalog/types.hpp"
#include "peerlab/mesh/proxy_config.hpp"
#include "peerlab/trust/leaf.hpp"

namespace peerlab::actors {

// What proxies and servers say to each other. The framing inside a cluster is our own; the content
// is that of Consul's configuration for its proxies as far as it decides on the path of a call.

/// A proxy asks to be told its configuration from now on. It is known by its registration.
struct ProxySubscribe {
  static constexpr std::string_view frame_name = "xds/subscribe";
  PartitionName partition;
  NodeName node;
  catalog::ServiceId id;

  std::size_t encoded_size() const {
    return 64 + partition.value().size() + node.value().size() + id.value().size();
  }
  void hash_into(Hasher& hasher) const {
    hasher.add(partition.value());
    hasher.add(node.value());
    hasher.add(id.value());
  }
};

/// The whole configuration, and the certificate to go with it.
struct ProxyUpdate {
  static constexpr std::string_view frame_name = "xds/update";
  std::uint64_t version = 0;  ///< counts the updates of one stream
  std::shared_ptr<const mesh::ProxyConfig> config;
  std::optional<trust::Leaf> leaf;

  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};

}  // namespace peerlab::actors
