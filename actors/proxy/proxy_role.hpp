#pragma once

#include <map>
#include <memory>
#include <set>

#include "actors/proxy/config_stream.hpp"
#include "actors/proxy/session.hpp"
#include "peerlab/engine/role.hpp"

namespace peerlab::actors {

/// What sidecars and mesh gateways have in common: the stream of configurations, and the sessions
/// of those who connect.
class ProxyRole : public engine::Role {
 public:
  /// `setup` must outlive the role.
  ProxyRole(engine::Host& host, const ProxySetup& setup);

  void start() override { stream_.begin(); }
  void on(net::Frame&& frame, engine::ConnectionId from) override;
  void on(const engine::Due& due) override;
  void on(const engine::Accepted& accepted) override;
  void on(const engine::Connected& connected) override;
  void on(const engine::Closed& closed) override;
  using Role::on;

 protected:
  /// The session of somebody who has connected to `port`.
  virtual std::unique_ptr<Session> session(net::Port port, engine::ConnectionId client,
                                           Session::Over over) = 0;

  ProxyContext context_;

 private:
  void updated(ProxyUpdate&& update);
  void listen();

  ConfigStream stream_;
  std::set<net::Port> ports_;
  std::map<engine::ConnectionId, std::unique_ptr<Session>> sessions_;
};

}  // namespace peerlab::actors
