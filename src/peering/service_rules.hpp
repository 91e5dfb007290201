#pragma once

#include <optional>
#include <string>

#include "peerlab/peering/service.hpp"
#include "peerlab/trust/sni.hpp"

namespace peerlab::peering {

// What several methods of PeeringService have in common.

/// A plain error of Go.
Status unknown(std::string text);

std::optional<Status> check_enabled(const ClusterView& cluster);
std::optional<Status> check_right(const acl::Authorizer& authorizer, acl::Resource resource,
                                  acl::Access access, acl::Scope scope = acl::Scope::one);
/// Whether the CA is initialized.
bool has_ca(const ClusterView& cluster);

}  // namespace peerlab::peering
