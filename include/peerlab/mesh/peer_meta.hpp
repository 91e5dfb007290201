#pragma once

#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/mesh/sidecar.hpp"

namespace peerlab::mesh {

/// What the exporter tells one peer about the mesh side of an exported service (traffic spec 1.8
/// and 5.6, control plane 8.5): SNI with the exporter's name for the peer; the identities that may
/// answer, which are the service, the gateway and, for tcp, every other target that the service
/// resolves to. (T-045, T-046)
catalog::PeeringServiceMeta peer_meta(const OwnCluster& exporter, const trust::ServiceRef& service,
                                      const PeerName& peer, std::string_view protocol,
                                      const std::vector<trust::ServiceIdentity>& targets = {},
                                      const Mutants& mutants = {});

}  // namespace peerlab::mesh
