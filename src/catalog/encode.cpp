#include "peerlab/catalog/encode.hpp"

#include "catalog/json_writer.hpp"
#include "catalog/row_fields.hpp"

namespace peerlab::catalog {

namespace {

/// The default one of several named ports stands in where there is no other.
std::int64_t shown_port(const Service& service) {
  if (service.port != 0) return service.port;
  for (const ServicePort& port : service.ports) {
    if (port.is_default) return port.port;
  }
  return 0;
}

template <class T>
std::string text(const T& value) {
  std::string out;
  write_json(out, value);
  return out;
}

}  // namespace

std::string to_json_text(const Node& node) { return text(node); }
std::string to_json_text(const Service& service) { return text(service); }
std::string to_json_text(const Check& check) { return text(check); }
std::string to_json_text(const CheckServiceNode& entry) { return text(entry); }

std::string service_node_json(const Node& node, const Service& service) {
  return ObjectWriter()
      .add("ID", node.id)
      .add("Node", node.node)
      .add("Address", node.address)
      .add("Datacenter", node.datacenter)
      .add("TaggedAddresses", node.tagged_addresses)
      .add("NodeMeta", node.meta)
      .add("ServiceKind", service.kind)
      .add("ServiceID", service.id)
      .add("ServiceName", service.service)
      .add("ServiceTags", service.tags, never_null)
      .add("ServiceAddress", service.address)
      .add("ServiceTaggedAddresses", service.tagged_addresses, omit_empty)
      .add("ServiceWeights", service.weights)
      .add("ServiceMeta", service.meta, never_null)
      .add("ServicePort", shown_port(service))
      .add("ServicePorts", service.ports)
      .add("ServiceSocketPath", service.socket_path)
      .add("ServiceEnableTagOverride", service.enable_tag_override)
      .add("ServiceProxy", service.proxy)
      .add("ServiceConnect", service.connect)
      .add("ServiceLocality", service.locality)
      .add("PeerName", service.peer, omit_empty)
      .add("CreateIndex", service.indexes.create)
      .add("ModifyIndex", service.indexes.modify)
      .end();
}

std::string to_json_text(const ServiceTags& services) {
  std::string out = "{";
  for (const auto& [name, tags] : services) {
    if (out.size() > 1) out += ',';
    out += go_json_quote(name) + ':';
    write_json(out, tags, never_null);
  }
  return out + "}";
}

std::string json_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) {
    if (out.size() > 1) out += ',';
    out += item;
  }
  return out + "]";
}

}  // namespace peerlab::catalog
