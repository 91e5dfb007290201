#pragma once

#include <string>
#include <string_view>

#include "peerlab/base/names.hpp"
#include "peerlab/catalog/types.hpp"
#include "peerlab/trust/sni.hpp"

namespace peerlab::mesh {

// Names inside proxies (traffic spec 1.4).

/// An upstream as a proxy tells it apart: the service and, when it is not local, its peer.
struct UpstreamId {
  ServiceName service;
  PeerName peer;  ///< the importer's name for it (P_L); empty means the own cluster

  friend auto operator<=>(const UpstreamId&, const UpstreamId&) = default;
};

UpstreamId upstream_id(const catalog::Upstream& upstream);

/// `<svc>` or `<svc>?peer=<P_L>`.
std::string to_text(const UpstreamId& id);

/// The cluster of a peered upstream in the importer's sidecar: `<svc>.<ns>.<P_L>.external.<TD_R>`.
/// It has no partition label and, unlike the SNI, the importer's name for the peer. (T-024)
std::string peered_cluster_name(const trust::ServiceRef& service, const PeerName& peer,
                                const TrustDomain& trust_domain);

/// The cluster of the exporter's gateway towards the instances of an exported service.
std::string exported_cluster_name(std::string_view target_sni);

/// The cluster of a sidecar to its own application.
inline constexpr std::string_view local_app = "local_app";

/// `http2` and `grpc`: HTTP/2 is spoken without asking first.
bool is_http2(std::string_view protocol);

}  // namespace peerlab::mesh
