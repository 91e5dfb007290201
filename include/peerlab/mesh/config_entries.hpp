#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "peerlab/catalog/config_entry.hpp"
#include "peerlab/mesh/gateway_mode.hpp"
#include "peerlab/mesh/intentions.hpp"

/// What config entries mean for proxies. A null entry means that there is none.
namespace peerlab::mesh {

/// One intention for each source of an entry that is stored in `partition`.
std::vector<Intention> intentions_of(const catalog::ServiceIntentions& entry,
                                     const PartitionName& partition = {});

/// The gateway modes that hold for the upstreams of `proxy`; `defaults` are those of the service
/// that it stands for.
ModeSettings mode_settings(const catalog::ProxyDefaults* global,
                           const catalog::ServiceDefaults* defaults, const catalog::Service& proxy);

/// An upstream with the connect time-out of `UpstreamConfig` where it has none itself. An override
/// counts for an upstream of its name and peer only.
catalog::Upstream with_central_config(catalog::Upstream upstream,
                                      const catalog::ServiceDefaults* caller_defaults);

}  // namespace peerlab::mesh
