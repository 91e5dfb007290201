#include "cluster.hpp"

#include "peerlab/catalog/queries.hpp"

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
  const catalog::CatalogTables& tables = view.state.catalog();
  if (const auto* mesh = catalog::get_entry<catalog::MeshConfig>(tables, "mesh")) {
    view_.peer_through_gateways = mesh->peering && mesh->peering->peer_through_mesh_gateways;
  }
  servers_ = catalog::service_health(tables, ServiceName("consul")).rows;
  gateways_ = catalog::kind_health(tables, catalog::service_kind::mesh_gateway).rows;
  view_.locality = settings.locality;
  view_.servers = servers_;
  view_.gateways = gateways_;
}

}  // namespace peerlab::server::api
