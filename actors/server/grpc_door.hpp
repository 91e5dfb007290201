#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "actors/server/grpc.hpp"
#include "actors/server/secret_granter.hpp"
#include "peerlab/trust/leaf.hpp"

namespace peerlab::actors {

/// The gRPC listener for peers: TLS with the server's own certificate, then one call.
class GrpcDoor {
 public:
  /// A client has called StreamResources on this connection, which is the owner's from now on.
  using StreamCalled = std::function<void(engine::ConnectionId)>;

  GrpcDoor(ServerContext& context, SecretGranter& granter, StreamCalled stream_called);
  ~GrpcDoor();
  GrpcDoor(const GrpcDoor&) = delete;
  GrpcDoor& operator=(const GrpcDoor&) = delete;

  /// The certificate to show; nothing while the CA has not given one.
  void set_leaf(std::optional<trust::Leaf> leaf) { leaf_ = std::move(leaf); }
  const std::optional<trust::Leaf>& leaf() const { return leaf_; }

  void accepted(engine::ConnectionId connection);

 private:
  class Session;

  ServerContext& context_;
  SecretGranter& granter_;
  StreamCalled stream_called_;
  std::optional<trust::Leaf> leaf_;
  std::map<engine::ConnectionId, std::unique_ptr<Session>> sessions_;
};

}  // namespace peerlab::actors
