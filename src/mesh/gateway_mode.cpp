#include "peerlab/mesh/gateway_mode.hpp"

#include <fmt/format.h>

namespace peerlab::mesh {

std::string mode_for(const catalog::Upstream& upstream, const ModeSettings& settings,
                     const Mutants& mutants) {
  const UpstreamId id = upstream_id(upstream);
  const bool peered = !id.peer.value().empty();
  std::string mode;
  const auto set = [&](const std::string& given) {
    if (!given.empty()) mode = given;
  };
  if (!(peered && mutants.has(Mutant::HB_122))) set(settings.proxy_defaults);
  set(settings.service_defaults);
  set(settings.upstream_defaults);
  set(settings.proxy_registration);
  for (const auto& override : settings.overrides) {
    const bool any_peer = mutants.has(Mutant::HB_131) && override.upstream.peer.value().empty() &&
                          override.upstream.service == id.service;
    if (override.upstream == id || any_peer) set(override.mode);
  }
  set(upstream.mesh_gateway.mode);
  return mode;
}

PeerPath path_to_peer(std::string_view mode, const UpstreamId& upstream, const Mutants& mutants) {
  PeerPath path;
  path.through_local_gateways = mode == "local";
  if (mode == "none" && !mutants.has(Mutant::HB_145)) {
    path.warning = fmt::format(
        "invalid mesh gateway mode 'none', defaulting to 'remote' for \"{}\"", to_text(upstream));
  }
  return path;
}

}  // namespace peerlab::mesh
