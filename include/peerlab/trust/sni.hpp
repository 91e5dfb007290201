#pragma once

#include <string>
#include <string_view>

#include "peerlab/base/names.hpp"

namespace peerlab::trust {

// The names that connections carry as SNI (traffic spec 1.3; Consul: agent/connect/sni.go).
// An empty partition or namespace means `default`.

/// What a service is called: its name and where in its cluster it lives.
struct ServiceRef {
  ServiceName service;
  std::string ns;  ///< namespace
  PartitionName partition;

  friend auto operator<=>(const ServiceRef&, const ServiceRef&) = default;
};

/// `default` for an empty name, otherwise the name itself.
std::string_view or_default(std::string_view name);

/// `[<subset>.]<svc>.<ns>.<dc>.internal.<td>`, or with the partition and `internal-v1` when the
/// partition is not the default one. (T-020 to T-022)
std::string service_sni(const ServiceRef& service, const DatacenterName& datacenter,
                        const TrustDomain& trust_domain, std::string_view subset = {});

/// `<svc>.<ns>.<partition>.<P_R>.external.<TD_R>`: a service as its exporter announces it to one
/// peer. `peer` is the exporter's name for the importer and `trust_domain` the exporter's own, so
/// only the exporter can compute it; importers receive it as data. (T-023, T-024)
std::string peered_service_sni(const ServiceRef& service, const PeerName& peer,
                               const TrustDomain& trust_domain);

/// `<dc>.internal.<td>`, or `<partition>.<dc>.internal-v1.<td>`: the gateways of a datacenter.
std::string datacenter_sni(const DatacenterName& datacenter, const PartitionName& partition,
                           const TrustDomain& trust_domain);

/// `<name>.default.<dc>.query.<td>`: a prepared query.
std::string query_sni(std::string_view name, const DatacenterName& datacenter,
                      const TrustDomain& trust_domain);

/// `server.<dc>.peering.<td>`: the servers of a cluster, for the peering control plane. (T-026)
std::string peering_server_name(const DatacenterName& datacenter, const TrustDomain& trust_domain);

/// `server.<dc>.<domain>`: any server of a federated datacenter. The trailing dot of a DNS domain
/// is dropped.
std::string wan_server_name(const DatacenterName& datacenter, std::string_view dns_domain);

/// `<node>.server.<dc>.<domain>`: one server of a federated datacenter.
std::string wan_server_name(const NodeName& node, const DatacenterName& datacenter,
                            std::string_view dns_domain);

}  // namespace peerlab::trust
