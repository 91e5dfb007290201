#pragma once

#include <map>

#include "actors/call.hpp"
#include "peerlab/engine/role.hpp"

namespace peerlab::actors {

/// One instance of a service: answers whoever calls it, and calls others when it is told to.
class ServiceRole final : public engine::Role {
 public:
  explicit ServiceRole(engine::Host& host) : host_(host) {}

  void start() override;
  void on(net::Frame&& frame, engine::ConnectionId from) override;
  void on(const engine::Due& due) override;
  void on(engine::Command&& command) override;
  void on(const engine::Accepted&) override {}
  void on(const engine::Closed& closed) override;
  using Role::on;

 private:
  struct Pending {
    std::uint64_t call = 0;
    std::string to;
    std::uint32_t timer = 0;
  };

  /// `ended` lacks only what the call itself tells.
  void end(engine::ConnectionId connection, trace::CallEnded ended);

  engine::Host& host_;
  std::map<engine::ConnectionId, Pending> pending_;
  std::uint32_t timers_ = 0;
};

}  // namespace peerlab::actors
