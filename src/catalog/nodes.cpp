#include <fmt/format.h>

#include "catalog/key_names.hpp"
#include "catalog/writer.hpp"

namespace peerlab::catalog {

namespace {

/// What a registration says about its node is new. The letter case of the name does not count.
bool changes(const Register& command, const Node& existing) {
  if (command.skip_node_update) return false;
  Node as_named = command.node;
  if (same_key(as_named.node.value(), existing.node.value())) as_named.node = existing.node;
  return !same_but_indexes(existing, as_named);
}

}  // namespace

Result<bool> Writer::apply(const Register& command) {
  const Node* existing =
      tables_.nodes.find(peer_key(command.node.peer, {command.node.node.value()}));
  if (existing == nullptr || changes(command, *existing)) {
    if (auto node = ensure_node(command.node); !node) {
      return failure(node.error().code, "failed inserting node: " + node.error().detail);
    }
  }
  if (command.service) {
    Service service = *command.service;
    service.node = command.node.node;
    service.peer = command.node.peer;
    if (auto ensured = ensure_service(std::move(service)); !ensured) {
      return failure(ensured.error().code, "failed inserting service: " + ensured.error().detail);
    }
  }
  for (Check check : command.checks) {
    if (!same_key(check.node.value(), command.node.node.value())) {
      return failure(Errc::invalid_argument,
                     fmt::format("check node \"{}\" does not match node \"{}\"", check.node.value(),
                                 command.node.node.value()));
    }
    check.peer = command.node.peer;
    if (auto ensured = ensure_check(check); !ensured) {
      return failure(ensured.error().code, fmt::format("failed inserting check on node \"{}\": {}",
                                                       check.node.value(), ensured.error().detail));
    }
  }
  return true;
}

Result<bool> Writer::apply(const Deregister& command) {
  if (!command.service_id.value().empty()) {
    delete_service(command.node, command.service_id, command.peer);
  } else if (!command.check_id.value().empty()) {
    delete_check(command.node, command.check_id, command.peer);
  } else {
    delete_node(command.node, command.peer);
  }
  return true;
}

Result<void> Writer::ensure_node(Node node) {
  const Node* existing = nullptr;
  if (!node.id.value().empty()) {
    const auto same_id =
        tables_.nodes.scan_by(nodes_by::id, peer_key(node.peer, {node.id.value()}));
    if (!same_id.empty()) {
      existing = same_id.front();
      if (!same_key(existing->node.value(), node.node.value())) {
        if (auto clash = no_clash(node, false); !clash) return clash;
        // A new name for a known ID: the old record goes with all it had (D-052).
        delete_node(existing->node, existing->peer);
      }
    } else if (auto clash = no_clash(node, true); !clash) {
      return clash;
    }
  }
  if (existing == nullptr) {
    existing = tables_.nodes.find(peer_key(node.peer, {node.node.value()}));
  }
  if (existing != nullptr && same_but_indexes(*existing, node)) return {};

  node.indexes = stamped(existing != nullptr ? &existing->indexes : nullptr);
  bump("nodes", node.peer);
  bump(node_row(node.node), node.peer);
  bump_services_of(node.node, node.peer);
  tables_.nodes.put(std::move(node));
  return {};
}

/// A name belongs to whom its node's gossip finds alive; without `serfHealth`, or when that does
/// not pass, or for a node without an ID, another may take it.
Result<void> Writer::no_clash(const Node& node, bool may_take_over) const {
  const Node* sitting = tables_.nodes.find(peer_key(node.peer, {node.node.value()}));
  if (sitting == nullptr || sitting->id == node.id) return {};
  if (sitting->id.value().empty() && may_take_over) return {};
  const Check* alive =
      tables_.checks.find(peer_key(node.peer, {sitting->node.value(), "serfHealth"}));
  if (alive == nullptr || alive->status != health::passing) return {};
  return failure(
      Errc::invalid_argument,
      fmt::format("Error while renaming Node ID: \"{}\": Node name {} is reserved by node {} with "
                  "name {} ({})",
                  node.id.value(), node.node.value(), sitting->id.value(), sitting->node.value(),
                  sitting->address));
}

void Writer::delete_node(const NodeName& name, const PeerName& peer) {
  const std::string key = peer_key(peer, {name.value()});
  const Node* node = tables_.nodes.find(key);
  if (node == nullptr) return;
  for (const Service* service : tables_.services.scan(key)) {
    delete_service(service->node, service->id, peer);
  }
  for (const Check* check : tables_.checks.scan(key)) delete_check(name, check->id, peer);
  bump("checks", peer);
  bump("nodes", peer);
  bump(node_row(name), peer);
  tables_.nodes.erase(key);
}

void Writer::bump_services_of(const NodeName& node, const PeerName& peer) {
  for (const Service* service : tables_.services.scan(peer_key(peer, {node.value()}))) {
    bump(service_row(service->service), peer);
  }
}

}  // namespace peerlab::catalog
