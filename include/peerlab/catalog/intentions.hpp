#pragma once

#include <string>
#include <vector>

#include "peerlab/catalog/queries.hpp"

/// Intentions one by one, as the endpoints under /v1/connect/intentions show them (http 3.7).
namespace peerlab::catalog {

/// One source of a service-intentions entry, with the entry.
struct IntentionRow {
  const ServiceIntentions* entry;
  const SourceIntention* source;
};
using Intentions = Answer<std::vector<IntentionRow>>;

// All three are ordered by precedence, the highest first; then by source peer, partition, name and
// destination, where a source without a peer comes first (traffic 4.4).

Intentions list_intentions(const CatalogTables& tables, store::WatchSet* watches = nullptr);

/// Those that are about the destination, or about all.
Intentions match_by_destination(const CatalogTables& tables, const ServiceName& destination,
                                store::WatchSet* watches = nullptr);

/// Those of entries in which this local service, or every one of them, is a source. A source in a
/// peer is not looked for, but comes along when the entry has a local one of the same name.
Intentions match_by_source(const CatalogTables& tables, const ServiceName& source,
                           store::WatchSet* watches = nullptr);

/// The one with just this source and destination; no entry if there is none. The partition of the
/// source is as it is stored: empty in Community Edition and for a peer.
Answer<IntentionRow> exact_intention(const CatalogTables& tables, const PeerName& source_peer,
                                     const PartitionName& source_partition,
                                     const ServiceName& source, const ServiceName& destination,
                                     store::WatchSet* watches = nullptr);

std::string to_json_text(const IntentionRow& intention);

}  // namespace peerlab::catalog
