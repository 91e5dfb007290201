#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "actors/connection_user.hpp"
#include "actors/timers.hpp"
#include "peerlab/net/address.hpp"

namespace peerlab::actors {

/// The calls of a client agent to the servers of its datacenter, one after the other along one
/// connection. A server that fails is put behind the others. (Datacenter 4.1)
class ServerCalls final : public ConnectionUser {
 public:
  /// Told the reply; an empty frame where there was none.
  using Done = std::function<void(net::Frame&&)>;

  /// `servers` must not be empty and must outlive this.
  ServerCalls(engine::Host& host, Timers& timers, ConnectionUsers& users,
              const std::vector<net::Address>& servers);

  /// `done` is called once, never from within this call.
  void call(net::Frame request, Done done);

  void on_frame(net::Frame&& reply) override;
  void on_closed(net::Closing why) override;

 private:
  struct Call {
    net::Frame request;
    Done done;
  };

  void next();
  void give_up();
  void end(net::Frame&& reply);

  engine::Host& host_;
  Timers& timers_;
  ConnectionUsers& users_;
  const std::vector<net::Address>& servers_;
  std::size_t server_;
  std::deque<Call> calls_;  // the first one is under way
  engine::ConnectionId connection_{};
  bool connected_ = false;
  Timers::Id timer_ = 0;
};

}  // namespace peerlab::actors
