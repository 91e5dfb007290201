#pragma once

#include "peerlab/mesh/proxy_config.hpp"

/// Parts that sidecars and gateways share. Private to this room.
namespace peerlab::mesh {

/// Gives `cluster` its endpoints. If one of them has a host name, only those with host names are
/// used (traffic spec 2.2), and the proxy resolves them: one of them, the first healthy or else the
/// last (T-058), or all with `strict`.
void set_endpoints(Cluster& cluster, std::vector<Endpoint> endpoints, bool strict,
                   const Mutants& mutants);

/// A time-out of an opaque configuration, in milliseconds there; what Consul takes when there is
/// none is 5 s for all of them.
Duration timeout_setting(const catalog::Json::Object& config, std::string_view key);

/// What a listener that peers may call demands: roots by trust domain, the own among them. (T-038)
ServerTls server_tls(const trust::TrustBundle& own, const std::vector<trust::TrustBundle>& peers);

}  // namespace peerlab::mesh
