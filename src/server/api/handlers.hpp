#pragma once

#include "exchange.hpp"

// What the route table points at, by the file that holds it.
namespace peerlab::server::api {

using Prepared = tl::expected<Serve, Answer>;

// peerings.cpp
Prepared generate_token(const ExchangePtr&, const View&);
Prepared establish(const ExchangePtr&, const View&);
Prepared peering_by_name(const ExchangePtr&, const View&);
Prepared peering_list(const ExchangePtr&, const View&);

// status.cpp
Prepared status_leader(const ExchangePtr&, const View&);
Prepared status_peers(const ExchangePtr&, const View&);

}  // namespace peerlab::server::api
