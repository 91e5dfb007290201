#include "peerlab/mesh/peer_meta.hpp"

#include "peerlab/catalog/queries.hpp"

namespace peerlab::mesh {

catalog::PeeringServiceMeta peer_meta(const OwnCluster& exporter, const trust::ServiceRef& service,
                                      const PeerName& peer, std::string_view protocol,
                                      const std::vector<trust::ServiceIdentity>& targets,
                                      const Mutants& mutants) {
  const auto& domain = exporter.bundle.trust_domain;
  const auto own = service_identity(exporter, service);
  catalog::PeeringServiceMeta meta;
  meta.sni = {trust::peered_service_sni(service, peer, domain)};
  meta.protocol = protocol;
  meta.spiffe_id.push_back(trust::to_uri(own));
  const bool http = catalog::is_http_like(protocol);
  if (http || !mutants.has(Mutant::HB_097)) {
    meta.spiffe_id.push_back(
        trust::to_uri(trust::MeshGatewayIdentity{domain, exporter.partition, exporter.datacenter}));
  }
  if (http || mutants.has(Mutant::HB_098)) return meta;
  for (const auto& target : targets) {
    if (target != own) meta.spiffe_id.push_back(trust::to_uri(target));
  }
  return meta;
}

}  // namespace peerlab::mesh
