#pragma once

#include <string>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/catalog/types.hpp"
#include "peerlab/peering/resource.hpp"

namespace peerlab::peering {

// How an exporter prepares instances of its catalog for a peer (spec 8.3 to 8.5). Pure.

/// The checks of an instance as one, `<service ID>:overall-check`; none where there are none.
std::vector<catalog::Check> flatten(const catalog::CheckServiceNode& instance,
                                    const Mutants& mutants);

/// The typical instances among those of one service, without what is of use at home only.
ExportedService typical_payload(const std::vector<catalog::CheckServiceNode>& instances,
                                const Mutants& mutants);

/// One invented sidecar proxy for each mesh gateway, so that importers dial the gateways and never
/// the real proxies.
ExportedService proxy_payload(const ServiceName& service, const catalog::PeeringServiceMeta& meta,
                              const std::vector<catalog::CheckServiceNode>& gateways,
                              const Mutants& mutants);

/// `<name>-sidecar-proxy`
std::string proxy_name(const ServiceName& service);

}  // namespace peerlab::peering
