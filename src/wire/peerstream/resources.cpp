#include <algorithm>
#include <cstdint>
#include <limits>

#include "peerlab/base/overloaded.hpp"
#include "peerstream/conversions.hpp"
#include "peerstream/peering.pb.h"
#include "peerstream/peerstream.pb.h"
#include "peerstream/service.pb.h"

namespace peerlab::wire {
namespace {

/// The catalog holds numbers in 64 bits, the wire in 32. A catalog accepts no port or weight that
/// would not fit; what does not is cut off at the end rather than wrapped.
std::int32_t int32(std::int64_t number) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(
      number, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
}

template <class Repeated>
std::vector<std::string> texts(const Repeated& from) {
  return {from.begin(), from.end()};
}

void to_proto(const catalog::Node& from, const std::string& partition, pb::service::Node& to) {
  to.set_id(from.id.value());
  to.set_node(from.node.value());
  to.set_address(from.address);
  to.set_datacenter(from.datacenter.value());
  to.mutable_taggedaddresses()->insert(from.tagged_addresses.begin(), from.tagged_addresses.end());
  to.mutable_meta()->insert(from.meta.begin(), from.meta.end());
  to.set_partition(partition);
  to.set_peername(from.peer.value());
  if (from.locality) wire::to_proto(*from.locality, *to.mutable_locality());
}

catalog::Node from_proto(const pb::service::Node& from) {
  catalog::Node node;
  node.id = catalog::NodeId(from.id());
  node.node = NodeName(from.node());
  node.address = from.address();
  node.datacenter = DatacenterName(from.datacenter());
  node.tagged_addresses = {from.taggedaddresses().begin(), from.taggedaddresses().end()};
  node.meta = {from.meta().begin(), from.meta().end()};
  node.peer = PeerName(from.peername());
  if (from.has_locality()) node.locality = wire::from_proto(from.locality());
  return node;
}

void to_proto(const catalog::ServiceConnect& from, pb::service::ServiceConnect& to) {
  to.set_native(from.native);
  if (!from.peer_meta) return;
  auto& meta = *to.mutable_peermeta();
  meta.mutable_sni()->Assign(from.peer_meta->sni.begin(), from.peer_meta->sni.end());
  meta.mutable_spiffeid()->Assign(from.peer_meta->spiffe_id.begin(),
                                  from.peer_meta->spiffe_id.end());
  meta.set_protocol(from.peer_meta->protocol);
}

catalog::ServiceConnect from_proto(const pb::service::ServiceConnect& from) {
  catalog::ServiceConnect connect;
  connect.native = from.native();
  if (from.has_peermeta()) {
    connect.peer_meta = {texts(from.peermeta().sni()), texts(from.peermeta().spiffeid()),
                         from.peermeta().protocol()};
  }
  return connect;
}

void to_proto(const catalog::Service& from, pb::service::NodeService& to) {
  to.set_kind(from.kind);
  to.set_id(from.id.value());
  to.set_service(from.service.value());
  to.mutable_tags()->Assign(from.tags.begin(), from.tags.end());
  to.set_address(from.address);
  to.mutable_meta()->insert(from.meta.begin(), from.meta.end());
  to.set_port(int32(from.port));
  to.mutable_weights()->set_passing(int32(from.weights.passing));
  to.mutable_weights()->set_warning(int32(from.weights.warning));
  to.set_enabletagoverride(from.enable_tag_override);
  if (from.proxy != catalog::ProxyConfig{}) {
    to.mutable_proxy()->set_destinationservicename(from.proxy.destination_service_name.value());
    to.mutable_proxy()->set_destinationserviceid(from.proxy.destination_service_id.value());
  }
  if (from.connect != catalog::ServiceConnect{}) to_proto(from.connect, *to.mutable_connect());
  for (const auto& [name, address] : from.tagged_addresses) {
    auto& tagged = (*to.mutable_taggedaddresses())[name];
    tagged.set_address(address.address);
    tagged.set_port(int32(address.port));
  }
  to.mutable_enterprisemeta();
  to.set_socketpath(from.socket_path);
  to.set_peername(from.peer.value());
  if (from.locality) wire::to_proto(*from.locality, *to.mutable_locality());
  for (const catalog::ServicePort& port : from.ports) {
    auto& named = *to.add_ports();
    named.set_port(int32(port.port));
    named.set_name(port.name);
    named.set_default_(port.is_default);
  }
}

catalog::Service from_proto(const pb::service::NodeService& from) {
  catalog::Service service;
  service.kind = from.kind();
  service.id = catalog::ServiceId(from.id());
  service.service = ServiceName(from.service());
  service.tags = texts(from.tags());
  service.address = from.address();
  service.meta = {from.meta().begin(), from.meta().end()};
  service.port = from.port();
  if (from.has_weights()) service.weights = {from.weights().passing(), from.weights().warning()};
  service.enable_tag_override = from.enabletagoverride();
  service.proxy.destination_service_name = ServiceName(from.proxy().destinationservicename());
  service.proxy.destination_service_id = catalog::ServiceId(from.proxy().destinationserviceid());
  service.connect = from_proto(from.connect());
  for (const auto& [name, address] : from.taggedaddresses()) {
    service.tagged_addresses[name] = {address.address(), address.port()};
  }
  service.socket_path = from.socketpath();
  service.peer = PeerName(from.peername());
  if (from.has_locality()) service.locality = wire::from_proto(from.locality());
  for (const auto& port : from.ports()) {
    service.ports.push_back({port.name(), port.port(), port.default_()});
  }
  return service;
}

void to_proto(const catalog::Check& from, pb::service::HealthCheck& to) {
  to.set_node(from.node.value());
  to.set_checkid(from.id.value());
  to.set_name(from.name);
  to.set_status(from.status);
  to.set_notes(from.notes);
  to.set_output(from.output);
  to.set_serviceid(from.service_id.value());
  to.set_servicename(from.service_name.value());
  to.mutable_servicetags()->Assign(from.service_tags.begin(), from.service_tags.end());
  to.set_type(from.type);
  to.mutable_enterprisemeta();
  to.set_exposedport(int32(from.exposed_port));
  to.set_interval(from.interval);
  to.set_timeout(from.timeout);
  to.set_peername(from.peer.value());
}

catalog::Check from_proto(const pb::service::HealthCheck& from) {
  catalog::Check check;
  check.node = NodeName(from.node());
  check.id = catalog::CheckId(from.checkid());
  check.name = from.name();
  check.status = from.status();
  check.notes = from.notes();
  check.output = from.output();
  check.service_id = catalog::ServiceId(from.serviceid());
  check.service_name = ServiceName(from.servicename());
  check.service_tags = texts(from.servicetags());
  check.type = from.type();
  check.exposed_port = from.exposedport();
  check.interval = from.interval();
  check.timeout = from.timeout();
  check.peer = PeerName(from.peername());
  return check;
}

void to_proto(const peering::Instance& from, pb::service::CheckServiceNode& to) {
  if (from.node) to_proto(*from.node, from.partition, *to.mutable_node());
  if (from.service) to_proto(*from.service, *to.mutable_service());
  for (const catalog::Check& check : from.checks) to_proto(check, *to.add_checks());
}

peering::Instance from_proto(const pb::service::CheckServiceNode& from) {
  peering::Instance instance;
  if (from.has_node()) {
    instance.node = from_proto(from.node());
    instance.partition = from.node().partition();
  }
  if (from.has_service()) {
    instance.service = from_proto(from.service());
    instance.service->node = NodeName(from.node().node());
  }
  for (const auto& check : from.checks()) instance.checks.push_back(from_proto(check));
  return instance;
}

}  // namespace

std::string encode_resource(const peering::Resource& resource) {
  return std::visit(
      Overloaded{
          [](const peering::ExportedService& from) {
            pb::peerstream::ExportedService to;
            for (const peering::Instance& node : from.nodes) to_proto(node, *to.add_nodes());
            return serialize(to);
          },
          [](const peering::ExportedServiceList& from) {
            pb::peerstream::ExportedServiceList to;
            to.mutable_services()->Assign(from.services.begin(), from.services.end());
            return serialize(to);
          },
          [](const peering::PeeringTrustBundle& from) {
            pb::peering::PeeringTrustBundle to;
            to.set_trustdomain(from.trust_domain);
            to.set_peername(from.peer_name);
            to.set_partition(from.partition);
            to.mutable_rootpems()->Assign(from.root_pems.begin(), from.root_pems.end());
            to.set_exportedpartition(from.exported_partition);
            return serialize(to);
          },
          [](const peering::PeeringServerAddresses& from) {
            pb::peering::PeeringServerAddresses to;
            to.mutable_addresses()->Assign(from.addresses.begin(), from.addresses.end());
            return serialize(to);
          },
      },
      resource);
}

std::optional<peering::Resource> decode_resource(peering::ResourceType type,
                                                 std::string_view bytes) {
  switch (type) {
    case peering::ResourceType::exported_service: {
      pb::peerstream::ExportedService from;
      if (!parse(from, bytes)) return std::nullopt;
      peering::ExportedService service;
      for (const auto& node : from.nodes()) service.nodes.push_back(from_proto(node));
      return service;
    }
    case peering::ResourceType::exported_service_list: {
      pb::peerstream::ExportedServiceList from;
      if (!parse(from, bytes)) return std::nullopt;
      return peering::ExportedServiceList{texts(from.services())};
    }
    case peering::ResourceType::trust_bundle: {
      pb::peering::PeeringTrustBundle from;
      if (!parse(from, bytes)) return std::nullopt;
      return peering::PeeringTrustBundle{from.trustdomain(), from.peername(), from.partition(),
                                         texts(from.rootpems()), from.exportedpartition()};
    }
    case peering::ResourceType::server_addresses: {
      pb::peering::PeeringServerAddresses from;
      if (!parse(from, bytes)) return std::nullopt;
      return peering::PeeringServerAddresses{texts(from.addresses())};
    }
  }
  return std::nullopt;
}

}  // namespace peerlab::wire
