#pragma once

#include "actors/proxy/proxy_role.hpp"

namespace peerlab::actors {

/// The sidecar of one service instance: takes the calls of its application to upstreams out, and
/// those of others in, where certificate and intentions are checked. (Traffic spec 3.2 to 3.8)
class SidecarRole final : public ProxyRole {
 public:
  using ProxyRole::ProxyRole;

 protected:
  std::unique_ptr<Session> session(net::Port port, engine::ConnectionId client,
                                   Session::Over over) override;
};

}  // namespace peerlab::actors
