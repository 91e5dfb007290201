#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/catalog/types.hpp"

namespace peerlab::peering {

/// What a peer can subscribe to. (Consul: proto/private/pbpeerstream/types.go)
enum class ResourceType {
  exported_service,
  exported_service_list,
  trust_bundle,
  server_addresses,  ///< dialers only: an acceptor has no addresses to learn
};

/// `ResourceURL` of the type, and the type URL of the Any around it.
std::string_view type_url(ResourceType type);
std::optional<ResourceType> resource_type(std::string_view type_url);

/// The ResourceID Consul gives the one resource of a type; empty for exported_service, whose
/// resources are called by their service.
std::string_view resource_id(ResourceType type);

/// One instance as it crosses the stream. Consul always sends node and service; a stranger may
/// leave either out. `service->node` and the checks' indexes are not on the wire.
struct Instance {
  std::optional<catalog::Node> node;
  std::optional<catalog::Service> service;
  std::vector<catalog::Check> checks;
  std::string partition;  ///< Node.Partition as sent; importers put their own in its place
  friend bool operator==(const Instance&, const Instance&) = default;
};

/// All instances of one service, always complete. None: the service has no instances.
struct ExportedService {
  std::vector<Instance> nodes;
  friend bool operator==(const ExportedService&, const ExportedService&) = default;
};

/// The names of all exported services; whatever is not in it is no longer exported.
struct ExportedServiceList {
  std::vector<std::string> services;
  friend bool operator==(const ExportedServiceList&, const ExportedServiceList&) = default;
};

/// The CA roots of the exporter. It leaves `peer_name` and `partition` empty, and an importer
/// overwrites both.
struct PeeringTrustBundle {
  std::string trust_domain;
  std::string peer_name;
  std::string partition;
  std::vector<std::string> root_pems;
  std::string exported_partition;
  friend bool operator==(const PeeringTrustBundle&, const PeeringTrustBundle&) = default;
};

/// `host:port` of each server that a dialer should dial. The texts are not checked by anyone.
struct PeeringServerAddresses {
  std::vector<std::string> addresses;
  friend bool operator==(const PeeringServerAddresses&, const PeeringServerAddresses&) = default;
};

/// In the order of ResourceType.
using Resource =
    std::variant<ExportedService, ExportedServiceList, PeeringTrustBundle, PeeringServerAddresses>;

inline ResourceType type_of(const Resource& resource) {
  return static_cast<ResourceType>(resource.index());
}

/// What Consul's importer trips over, as a text: an instance without node, service, node name,
/// service ID or check ID. Nothing when all are there. (C-204; QP-10 is the crash.)
std::optional<std::string> malformed(const ExportedService& service);

}  // namespace peerlab::peering
