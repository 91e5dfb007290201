#include "actors/agent/frames.hpp"

namespace peerlab::actors {

std::size_t CatalogWrite::encoded_size() const {
  return 32 + partition.value().size() + catalog::encode(command).size();
}

void CatalogWrite::hash_into(Hasher& hasher) const {
  hasher.add(partition.value());
  hasher.add(catalog::encode(command));
  hasher.add(static_cast<std::uint64_t>(forwarded));
}

void NodeRows::hash_into(Hasher& hasher) const {
  hasher.add(node ? node->indexes.modify : 0);
  for (const catalog::Service& service : services) {
    hasher.add(service.id.value());
    hasher.add(service.indexes.modify);
  }
  for (const catalog::Check& check : checks) {
    hasher.add(check.id.value());
    hasher.add(check.indexes.modify);
  }
}

}  // namespace peerlab::actors
