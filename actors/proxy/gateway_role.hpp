#pragma once

#include "actors/proxy/proxy_role.hpp"

namespace peerlab::actors {

/// A mesh gateway: passes connections on by the name in their ClientHello, and ends TLS for
/// exported HTTP services, whose callers it names to the instance. (Traffic spec 2.4 to 2.7)
class GatewayRole final : public ProxyRole {
 public:
  using ProxyRole::ProxyRole;

 protected:
  std::unique_ptr<Session> session(net::Port port, engine::ConnectionId client,
                                   Session::Over over) override;
};

}  // namespace peerlab::actors
