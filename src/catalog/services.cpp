#include "catalog/writer.hpp"

namespace peerlab::catalog {

Result<void> Writer::ensure_service(Service service) {
  const Node* node = tables_.nodes.find(peer_key(service.peer, {service.node.value()}));
  if (node == nullptr) return failure(Errc::invalid_argument, "Missing node registration");
  service.node = node->node;

  const ServiceName dialed = connect_name(service);
  if (!dialed.value().empty()) {
    auto address = assign_virtual_ip(service.peer, dialed);
    if (!address) return tl::unexpected<Error>(address.error());
    service.tagged_addresses["consul-virtual"] = {*address, service.port};
  }
  const Service* existing =
      tables_.services.find(peer_key(service.peer, {service.node.value(), service.id.value()}));
  if (existing != nullptr && same_but_indexes(*existing, service)) return {};

  service.indexes = stamped(existing != nullptr ? &existing->indexes : nullptr);
  bump_service_rows(service);
  bump(service_row(service.service), service.peer);
  tables_.services.put(std::move(service));
  return {};
}

/// The rows that every change of a service moves. Reads of nodes show services, too.
void Writer::bump_service_rows(const Service& service) {
  bump("services", service.peer);
  bump("service_kind." + service.kind, service.peer);
  bump("nodes", service.peer);
  bump(node_row(service.node), service.peer);
}

void Writer::delete_service(const NodeName& node, const ServiceId& id, const PeerName& peer) {
  const std::string key = peer_key(peer, {node.value(), id.value()});
  const Service* service = tables_.services.find(key);
  if (service == nullptr) return;
  for (const Check* check : tables_.checks.scan_by(checks_by::node_service, key)) {
    delete_check(node, check->id, peer);
  }
  bump("checks", peer);  // also when there was none
  bump_service_rows(*service);
  const ServiceName name = service->service;
  tables_.services.erase(key);

  const std::string row = service_row(name);
  if (!tables_.services.scan_by(services_by::name, peer_key(peer, {name.value()})).empty()) {
    bump(row, peer);
    return;
  }
  // The last one of its name: watchers of it now look at the row of extinctions (D-051).
  tables_.store().drop_index(tables_.index_row(peered_row(row, peer)));
  bump(last_extinction_row, peer);
  free_virtual_ip(peer, name);
  if (mutants_.has(Mutant::HB_072) && !peer.value().empty()) {
    tables_.store().drop_index(tables_.index_row(row));
    free_virtual_ip({}, name);
  }
}

}  // namespace peerlab::catalog
