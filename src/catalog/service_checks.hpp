#pragma once

#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/catalog/types.hpp"

namespace peerlab::catalog {

/// Defaults and rules of a service that is registered (structs.go, NodeService.Validate).
Result<void> settle_service(Service& service);

/// Defaults of a check that is registered on `node`.
void settle_check(Check& check, const NodeName& node);

}  // namespace peerlab::catalog
