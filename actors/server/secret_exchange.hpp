#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "actors/server/grpc.hpp"

namespace peerlab::actors {

/// A dialer's calls of ExchangeSecret, each on a connection of its own.
class SecretExchange {
 public:
  SecretExchange(ServerContext& context, GrpcDialer& dialer) : context_(context), dialer_(dialer) {}

  using Done = std::function<void(server::api::Dialled)>;

  /// `done` is called once, never from within this call.
  void begin(const server::api::Dial& dial, Done done);

 private:
  using CallId = std::uint64_t;
  void call(CallId id, engine::ConnectionId connection, const server::api::Dial& dial);
  void end(CallId id, server::api::Dialled outcome);

  struct Active {
    Done done;
    std::unique_ptr<GrpcChannel> channel{};
  };

  ServerContext& context_;
  GrpcDialer& dialer_;
  std::map<CallId, Active> active_;
  CallId calls_ = 0;
};

}  // namespace peerlab::actors
