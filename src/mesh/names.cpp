#include "peerlab/mesh/names.hpp"

#include <fmt/format.h>

namespace peerlab::mesh {

UpstreamId upstream_id(const catalog::Upstream& upstream) {
  return {upstream.destination_name, upstream.destination_peer};
}

std::string to_text(const UpstreamId& id) {
  return id.peer.value().empty() ? id.service.value()
                                 : fmt::format("{}?peer={}", id.service.value(), id.peer.value());
}

std::string peered_cluster_name(const trust::ServiceRef& service, const PeerName& peer,
                                const TrustDomain& trust_domain) {
  return fmt::format("{}.{}.{}.external.{}", service.service.value(), trust::or_default(service.ns),
                     peer.value(), trust_domain.value());
}

std::string exported_cluster_name(std::string_view target_sni) {
  return fmt::format("exported~{}", target_sni);
}

bool is_http2(std::string_view protocol) { return protocol == "http2" || protocol == "grpc"; }

}  // namespace peerlab::mesh
