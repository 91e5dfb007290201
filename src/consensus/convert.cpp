#include "convert.hpp"

#include <algorithm>
#include <cstring>

#include "peerlab/base/assert.hpp"

namespace peerlab::consensus {
namespace {

template <class T>
T* allocate_array(std::size_t count) {
  return static_cast<T*>(raft_calloc(count, sizeof(T)));
}

}  // namespace

std::string_view view(const raft_buffer& buffer) {
  return {static_cast<const char*>(buffer.base), buffer.len};
}

void* allocate(std::string_view bytes) {
  void* copy = raft_malloc(std::max<std::size_t>(bytes.size(), 1));
  if (!bytes.empty()) std::memcpy(copy, bytes.data(), bytes.size());
  return copy;
}

std::vector<Entry> to_entries(const raft_entry* entries, unsigned count) {
  std::vector<Entry> list;
  list.reserve(count);
  for (unsigned at = 0; at < count; ++at) {
    list.push_back(Entry{Term(entries[at].term), static_cast<EntryKind>(entries[at].type),
                         std::string(view(entries[at].buf))});
  }
  return list;
}

raft_entry* from_entries(const std::vector<Entry>& entries) {
  static_assert(static_cast<int>(EntryKind::command) == RAFT_COMMAND &&
                static_cast<int>(EntryKind::barrier) == RAFT_BARRIER &&
                static_cast<int>(EntryKind::configuration) == RAFT_CHANGE);
  if (entries.empty()) return nullptr;
  std::string all;
  for (const Entry& entry : entries) all += entry.bytes;
  auto* batch = static_cast<char*>(allocate(all));
  auto* list = allocate_array<raft_entry>(entries.size());
  std::size_t offset = 0;
  for (std::size_t at = 0; at < entries.size(); ++at) {
    const Entry& entry = entries[at];
    list[at].term = entry.term.value();
    list[at].type = static_cast<unsigned short>(entry.kind);
    list[at].buf = raft_buffer{batch + offset, entry.bytes.size()};
    list[at].batch = batch;
    offset += entry.bytes.size();
  }
  return list;
}

Configuration to_configuration(const raft_configuration& configuration) {
  Configuration list;
  for (unsigned at = 0; at < configuration.n; ++at) {
    const raft_server& server = configuration.servers[at];
    list.push_back(Server{ServerId(server.id), server.address, server.role == RAFT_VOTER});
  }
  return list;
}

raft_configuration from_configuration(const Configuration& configuration) {
  raft_configuration copy;
  raft_configuration_init(&copy);
  for (const Server& server : configuration) {
    const int status = raft_configuration_add(&copy, server.id.value(), server.address.c_str(),
                                              server.voter ? RAFT_VOTER : RAFT_STANDBY);
    PEERLAB_ASSERT(status == 0);
  }
  return copy;
}

raft_snapshot* from_snapshot(const Snapshot& snapshot) {
  auto* copy = allocate_array<raft_snapshot>(1);
  copy->index = snapshot.index.value();
  copy->term = snapshot.term.value();
  copy->configuration = from_configuration(snapshot.configuration);
  copy->configuration_index = snapshot.configuration_index.value();
  copy->bufs = allocate_array<raft_buffer>(1);
  copy->bufs[0] = raft_buffer{allocate(snapshot.bytes), snapshot.bytes.size()};
  copy->n_bufs = 1;
  return copy;
}

}  // namespace peerlab::consensus
