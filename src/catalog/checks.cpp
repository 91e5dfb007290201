#include "catalog/writer.hpp"

namespace peerlab::catalog {

Result<void> Writer::ensure_check(Check check) {
  if (check.status.empty()) check.status = health::critical;
  const Node* node = tables_.nodes.find(peer_key(check.peer, {check.node.value()}));
  if (node == nullptr) return failure(Errc::invalid_argument, "Missing node registration");
  check.node = node->node;
  if (!check.service_id.value().empty()) {
    const Service* service =
        tables_.services.find(peer_key(check.peer, {check.node.value(), check.service_id.value()}));
    if (service == nullptr) {
      return failure(Errc::invalid_argument, "Missing service registration");
    }
    check.service_name = service->service;
    check.service_tags = service->tags;
  }
  const Check* existing =
      tables_.checks.find(peer_key(check.peer, {check.node.value(), check.id.value()}));
  if (existing != nullptr && same_but_indexes(*existing, check)) return {};  // D-050

  check.indexes = stamped(existing != nullptr ? &existing->indexes : nullptr);
  bump_users_of(check);
  bump("checks", check.peer);
  tables_.checks.put(std::move(check));
  return {};
}

void Writer::delete_check(const NodeName& node, const CheckId& id, const PeerName& peer) {
  const std::string key = peer_key(peer, {node.value(), id.value()});
  const Check* check = tables_.checks.find(key);
  if (check == nullptr) return;
  bump_users_of(*check);
  bump("checks", peer);
  tables_.checks.erase(key);
}

/// A check of a node bears on every service there (D-049).
void Writer::bump_users_of(const Check& check) {
  if (check.service_id.value().empty()) {
    bump_services_of(check.node, check.peer);
  } else {
    bump(service_row(check.service_name), check.peer);
  }
}

}  // namespace peerlab::catalog
