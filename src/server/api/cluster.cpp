#include "cluster.hpp"

namespace peerlab::server::api {

Cluster::Cluster(const View& view) {
  const Settings& settings = view.settings;
  view_.edition = settings.edition;
  view_.peering_enabled = settings.peering_enabled;
  view_.connect_enabled = settings.connect_enabled;
  view_.grpc_tls = settings.grpc_tls_port > 0 || settings.grpc_has_certificate;
  view_.datacenter = settings.datacenter;
  if (const CaRow* row = view.state.ca().find()) {
    view_.trust_domain = row->ca.trust_domain();
    view_.root_pems = row->ca.bundle().root_pems;
  }
  view_.servers = servers_;
  view_.gateways = gateways_;
}

}  // namespace peerlab::server::api
