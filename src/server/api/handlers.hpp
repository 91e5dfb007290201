#pragma once

#include "exchange.hpp"

// What the route table points at, by the file that holds it.
namespace peerlab::server::api {

// peerings.cpp
Prepared generate_token(const ExchangePtr&, const View&);
Prepared establish(const ExchangePtr&, const View&);
Prepared peering_by_name(const ExchangePtr&, const View&);
Prepared peering_list(const ExchangePtr&, const View&);

// catalog_reads.cpp
Prepared catalog_connect(const ExchangePtr&, const View&);
Prepared catalog_datacenters(const ExchangePtr&, const View&);
Prepared catalog_node(const ExchangePtr&, const View&);
Prepared catalog_node_services(const ExchangePtr&, const View&);
Prepared catalog_nodes(const ExchangePtr&, const View&);
Prepared catalog_service(const ExchangePtr&, const View&);
Prepared catalog_services(const ExchangePtr&, const View&);

// catalog_writes.cpp
Prepared catalog_deregister(const ExchangePtr&, const View&);
Prepared catalog_register(const ExchangePtr&, const View&);

// health.cpp
Prepared health_checks(const ExchangePtr&, const View&);
Prepared health_connect(const ExchangePtr&, const View&);
Prepared health_node(const ExchangePtr&, const View&);
Prepared health_service(const ExchangePtr&, const View&);
Prepared health_state(const ExchangePtr&, const View&);

// kv.cpp
Prepared kv(const ExchangePtr&, const View&);

// config.cpp
Prepared config_apply(const ExchangePtr&, const View&);
Prepared config_entry(const ExchangePtr&, const View&);

// exported_services.cpp
Prepared exported_services(const ExchangePtr&, const View&);

// intentions.cpp
Prepared intentions(const ExchangePtr&, const View&);
Prepared intentions_check(const ExchangePtr&, const View&);
Prepared intentions_exact(const ExchangePtr&, const View&);
Prepared intentions_match(const ExchangePtr&, const View&);

// ca_configuration.cpp
Prepared ca_configuration(const ExchangePtr&, const View&);

// connect_ca.cpp
Prepared connect_ca_roots(const ExchangePtr&, const View&);

// status.cpp
Prepared status_leader(const ExchangePtr&, const View&);
Prepared status_peers(const ExchangePtr&, const View&);

}  // namespace peerlab::server::api
