#include "peerlab/peering/resource.hpp"

#include <cstddef>
#include <string_view>

namespace peerlab::peering {
namespace {

struct Row {
  std::string_view url;
  std::string_view id;
};

// In the order of ResourceType.
constexpr Row rows[] = {
    {"type.googleapis.com/hashicorp.consul.internal.peerstream.ExportedService", ""},
    {"type.googleapis.com/hashicorp.consul.internal.peerstream.ExportedServiceList",
     "exported-service-list"},
    {"type.googleapis.com/hashicorp.consul.internal.peering.PeeringTrustBundle", "roots"},
    {"type.googleapis.com/hashicorp.consul.internal.peering.PeeringServerAddresses",
     "server-addrs"},
};

}  // namespace

std::string_view type_url(ResourceType type) { return rows[static_cast<std::size_t>(type)].url; }

std::string_view resource_id(ResourceType type) { return rows[static_cast<std::size_t>(type)].id; }

std::optional<ResourceType> resource_type(std::string_view type_url) {
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    if (rows[i].url == type_url) return static_cast<ResourceType>(i);
  }
  return std::nullopt;
}

std::optional<std::string> malformed(const ExportedService& service) {
  for (const Instance& instance : service.nodes) {
    if (!instance.node) return "instance without a node";
    if (!instance.service) return "instance without a service";
    if (instance.node->node.value().empty()) return "instance with an empty node name";
    if (instance.service->id.value().empty()) return "instance with an empty service ID";
    for (const catalog::Check& check : instance.checks) {
      if (check.id.value().empty()) return "check with an empty check ID";
    }
  }
  return std::nullopt;
}

}  // namespace peerlab::peering
