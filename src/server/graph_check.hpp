#pragma once

#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/catalog/tables.hpp"

namespace peerlab::server {

/// Refuses a change of config entries that would break the discovery chain of a service: circles of
/// redirects, routers and splitters on TCP, and redirects of what is exported. Fails with Consul's
/// text. (HTTP spec 3.5)
Result<void> check_graph(const catalog::CatalogTables& tables, const catalog::ConfigChange& change,
                         const DatacenterName& datacenter);

}  // namespace peerlab::server
