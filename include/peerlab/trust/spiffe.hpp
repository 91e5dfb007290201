#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"

namespace peerlab::trust {

/// `<cluster id>.consul` in lower case. The DNS domain of the agents has no influence. (T-001)
TrustDomain trust_domain_of(std::string_view cluster_id);

// Who can prove itself in the mesh (traffic spec 1.2; Consul: agent/connect/uri*.go). Names are
// kept decoded; an empty partition or namespace means `default`.

/// `spiffe://<td>[/ap/<partition>]/ns/<ns>/dc/<dc>/svc/<service>`. All instances of a service in
/// one datacenter share it. (T-019)
struct ServiceIdentity {
  TrustDomain trust_domain;
  PartitionName partition;
  std::string ns;
  DatacenterName datacenter;
  ServiceName service;

  friend auto operator<=>(const ServiceIdentity&, const ServiceIdentity&) = default;
};

/// `spiffe://<td>[/ap/<partition>]/agent/client/dc/<dc>/id/<node>`.
struct AgentIdentity {
  TrustDomain trust_domain;
  PartitionName partition;
  DatacenterName datacenter;
  NodeName node;

  friend auto operator<=>(const AgentIdentity&, const AgentIdentity&) = default;
};

/// `spiffe://<td>[/ap/<partition>]/gateway/mesh/dc/<dc>`. (T-004)
struct MeshGatewayIdentity {
  TrustDomain trust_domain;
  PartitionName partition;
  DatacenterName datacenter;

  friend auto operator<=>(const MeshGatewayIdentity&, const MeshGatewayIdentity&) = default;
};

/// `spiffe://<td>/agent/server/dc/<dc>`.
struct ServerIdentity {
  TrustDomain trust_domain;
  DatacenterName datacenter;

  friend auto operator<=>(const ServerIdentity&, const ServerIdentity&) = default;
};

/// `spiffe://<td>`: a certificate authority.
struct SigningIdentity {
  TrustDomain trust_domain;

  friend auto operator<=>(const SigningIdentity&, const SigningIdentity&) = default;
};

using SpiffeId = std::variant<ServiceIdentity, AgentIdentity, MeshGatewayIdentity, ServerIdentity,
                              SigningIdentity>;

/// The URI as Consul prints it: the default partition is left out, another one is written in
/// lower case (T-003), names are percent-encoded where a URL path segment asks for it.
std::string to_uri(const SpiffeId& id);

/// Reads a URI SAN. Accepts `/ap/<partition>` also for `default`, and keeps the spelling of the
/// trust domain. Fails with `malformed_message` and the literal texts of traffic spec 1.2: another
/// scheme, an unknown form, a segment that does not decode. (T-005)
Result<SpiffeId> parse_spiffe_id(std::string_view uri);

const TrustDomain& trust_domain(const SpiffeId& id);

/// Whether two trust domains are one: case does not count.
bool same_trust_domain(const TrustDomain& one, const TrustDomain& other);

}  // namespace peerlab::trust
