#pragma once

#include <string>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/catalog/queries.hpp"

/// What `exported-services` comes to, given what is registered (traffic 5.3).
namespace peerlab::catalog {

/// What goes to one peer.
struct ExportList {
  /// Services whose instances are replicated; named ones are here also without any instance.
  std::vector<ServiceName> services;
  /// Names that mesh callers there can dial: those of `services` that are in the mesh or that a
  /// router, splitter or resolver defines, and with a wildcard every such name.
  std::vector<ServiceName> mesh_names;
  friend bool operator==(const ExportList&, const ExportList&) = default;
};

/// Sorted by name. `consul` is never among them (D-069).
Answer<ExportList> exports_to(const CatalogTables& tables, const PeerName& peer,
                              const Mutants& mutants = {}, store::WatchSet* watches = nullptr);

/// The peers that may call a service as its sidecar sees it: only the most specific level of match
/// counts, entries with its name before those with `*` (QT-06). Sorted.
Answer<std::vector<PeerName>> peers_of_service(const CatalogTables& tables,
                                               const ServiceName& service,
                                               store::WatchSet* watches = nullptr);

/// One element of GET /v1/exported-services.
struct ResolvedExport {
  ServiceName service;
  std::vector<PeerName> peers;            ///< sorted
  std::vector<PartitionName> partitions;  ///< sorted
};

/// Wildcards expanded to the services there are, sorted by name.
Answer<std::vector<ResolvedExport>> resolved_exports(const CatalogTables& tables,
                                                     store::WatchSet* watches = nullptr);
std::string to_json_text(const std::vector<ResolvedExport>& exports);

}  // namespace peerlab::catalog
