#pragma once

#include <string>

#include "peerlab/peering/importer.hpp"

namespace peerlab::peering {

/// Adds the writes that make what is stored of one service of the peer what `sent` says: rows that
/// differ are written, rows that are gone are removed. (spec 9.3)
void plan_service(ImportPlan& plan, const ImportTarget& target, const std::string& service,
                  const ExportedService& sent, const Mutants& mutants);

}  // namespace peerlab::peering
