#pragma once

#include <optional>
#include <string>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/mesh/names.hpp"

namespace peerlab::mesh {

/// An entry of `UpstreamConfig.Overrides` as far as the mode goes.
struct ModeOverride {
  UpstreamId upstream;
  std::string mode;
};

/// Where a gateway mode can be set for the upstreams of one proxy, in order of precedence, later
/// wins (traffic spec 2.1). Empty means not set. The upstream definition itself comes last.
struct ModeSettings {
  std::string proxy_defaults;
  std::string service_defaults;         ///< of the calling service, top level
  std::string upstream_defaults;        ///< its UpstreamConfig.Defaults
  std::string proxy_registration;       ///< Proxy.MeshGateway
  std::vector<ModeOverride> overrides;  ///< its UpstreamConfig.Overrides
};

/// The mode that holds for an upstream, as text, because unknown values are accepted. An override
/// applies when name and peer are equal. (T-053, T-054)
std::string mode_for(const catalog::Upstream& upstream, const ModeSettings& settings,
                     const Mutants& mutants = {});

/// What a mode means for an upstream in a peer: only `local` goes through the own gateways, all
/// else through those of the peer, which is the only other way there is. (T-049, T-051, T-061)
struct PeerPath {
  bool through_local_gateways = false;
  std::optional<std::string> warning;  ///< the reference logs it for `none` (T-050)
};

PeerPath path_to_peer(std::string_view mode, const UpstreamId& upstream,
                      const Mutants& mutants = {});

}  // namespace peerlab::mesh
