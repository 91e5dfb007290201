#pragma once

#include <string_view>
#include <vector>

#include "libraft.hpp"
#include "peerlab/consensus/types.hpp"

/// Between our values and libraft's structs. What libraft shall own is allocated by raft_malloc.
namespace peerlab::consensus {

std::string_view view(const raft_buffer& buffer);
/// A copy of `bytes`, never null.
void* allocate(std::string_view bytes);

std::vector<Entry> to_entries(const raft_entry* entries, unsigned count);
/// An array with one batch behind it, as libraft wants entries that come from outside; null when
/// there are none.
raft_entry* from_entries(const std::vector<Entry>& entries);

Configuration to_configuration(const raft_configuration& configuration);
raft_configuration from_configuration(const Configuration& configuration);

raft_snapshot* from_snapshot(const Snapshot& snapshot);

}  // namespace peerlab::consensus
