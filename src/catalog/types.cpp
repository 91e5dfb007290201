#include "peerlab/catalog/types.hpp"

namespace peerlab::catalog {

bool is_gateway(const Service& service) {
  return service.kind == service_kind::mesh_gateway ||
         service.kind == service_kind::terminating_gateway ||
         service.kind == service_kind::ingress_gateway || service.kind == service_kind::api_gateway;
}

bool is_proxy(const Service& service) {
  return service.kind == service_kind::connect_proxy || is_gateway(service);
}

ServiceName connect_name(const Service& service) {
  if (service.kind == service_kind::connect_proxy) return service.proxy.destination_service_name;
  if (service.connect.native) return service.service;
  return {};
}

}  // namespace peerlab::catalog
