#include "peerlab/trust/sni.hpp"

#include <fmt/format.h>

namespace peerlab::trust {
namespace {

std::string_view without_dot(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  return domain;
}

}  // namespace

std::string_view or_default(std::string_view name) {
  return name.empty() ? std::string_view("default") : name;
}

std::string service_sni(const ServiceRef& service, const DatacenterName& datacenter,
                        const TrustDomain& trust_domain, std::string_view subset) {
  const std::string prefix = subset.empty() ? std::string() : fmt::format("{}.", subset);
  const auto partition = or_default(service.partition.value());
  if (partition == "default") {
    return fmt::format("{}{}.{}.{}.internal.{}", prefix, service.service.value(),
                       or_default(service.ns), datacenter.value(), trust_domain.value());
  }
  return fmt::format("{}{}.{}.{}.{}.internal-v1.{}", prefix, service.service.value(),
                     or_default(service.ns), partition, datacenter.value(), trust_domain.value());
}

std::string peered_service_sni(const ServiceRef& service, const PeerName& peer,
                               const TrustDomain& trust_domain) {
  return fmt::format("{}.{}.{}.{}.external.{}", service.service.value(), or_default(service.ns),
                     or_default(service.partition.value()), peer.value(), trust_domain.value());
}

std::string datacenter_sni(const DatacenterName& datacenter, const PartitionName& partition,
                           const TrustDomain& trust_domain) {
  const auto name = or_default(partition.value());
  if (name == "default") {
    return fmt::format("{}.internal.{}", datacenter.value(), trust_domain.value());
  }
  return fmt::format("{}.{}.internal-v1.{}", name, datacenter.value(), trust_domain.value());
}

std::string query_sni(std::string_view name, const DatacenterName& datacenter,
                      const TrustDomain& trust_domain) {
  return fmt::format("{}.default.{}.query.{}", name, datacenter.value(), trust_domain.value());
}

std::string peering_server_name(const DatacenterName& datacenter, const TrustDomain& trust_domain) {
  return fmt::format("server.{}.peering.{}", datacenter.value(), trust_domain.value());
}

std::string wan_server_name(const DatacenterName& datacenter, std::string_view dns_domain) {
  return fmt::format("server.{}.{}", datacenter.value(), without_dot(dns_domain));
}

std::string wan_server_name(const NodeName& node, const DatacenterName& datacenter,
                            std::string_view dns_domain) {
  return fmt::format("{}.{}", node.value(), wan_server_name(datacenter, dns_domain));
}

}  // namespace peerlab::trust
