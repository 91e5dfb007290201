#pragma once

#include <map>
#include <optional>
#include <string>

#include "peerlab/base/edition.hpp"
#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"

namespace peerlab::peering {

/// Why a peer may not be called so; nothing where it may. (spec 3.1, C-034)
std::optional<std::string> fault_of_name(const PeerName& name, const Mutants& mutants);

/// Why the pairs may not be stored; nothing where they may. (spec 3.1, C-036 to C-038)
std::optional<std::string> fault_of_meta(const std::map<std::string, std::string>& meta);

/// Community Edition knows the empty partition and `default`, in any case.
bool is_known_partition(const PartitionName& partition, Edition edition);

/// As records keep it: empty in Community Edition, never empty in Enterprise.
PartitionName stored_partition(const PartitionName& partition, Edition edition);

}  // namespace peerlab::peering
