#include "actors/server/grpc_door.hpp"

#include <utility>

namespace peerlab::actors {

/// One connection until its call has begun, and an ExchangeSecret to its end.
class GrpcDoor::Session final : public ConnectionUser {
 public:
  Session(GrpcDoor& door, engine::ConnectionId connection) : door_(door), connection_(connection) {}

  void on_frame(net::Frame&& frame) override {
    if (const auto* hello = frame.get_if<TlsClientHello>()) return greet(*hello);
    if (frame.is<TlsFinished>()) return;
    if (frame.is<TlsAlert>() || !secured_) return hang_up();  // a stranger, or plaintext
    if (const auto* ping = frame.get_if<Http2Ping>()) {
      if (!ping->ack) host().send(connection_, Http2Ping{true});
    } else if (const auto* call = frame.get_if<ExchangeSecretCall>()) {
      exchange(call->request);
    } else if (frame.is<StreamCall>()) {
      const engine::ConnectionId connection = connection_;
      GrpcDoor& door = door_;
      forget();
      door.stream_called_(connection);
    } else {
      hang_up();
    }
  }

  void on_closed(net::Closing) override { forget(); }

 private:
  engine::Host& host() { return door_.context_.host; }

  void greet(const TlsClientHello&) {
    // Without a certificate every handshake ends like this (C: section 7.2).
    if (!door_.leaf_) {
      host().send(connection_, TlsAlert{"unrecognized name"});
      return hang_up();
    }
    secured_ = true;
    host().send(connection_, TlsServerHello{*door_.leaf_, false});
  }

  void exchange(const peering::ExchangeSecretRequest& request) {
    GrpcDoor* const door = &door_;
    door_.granter_.exchange(request,
                            [door, connection = connection_](const SecretGranter::Grant& grant) {
                              if (!door->sessions_.contains(connection))
                                return;  // the client has gone
                              engine::Host& host = door->context_.host;
                              if (const auto* secret = std::get_if<peering::StreamSecret>(&grant)) {
                                return host.send(connection, ExchangeSecretReply{{*secret}});
                              }
                              host.send(connection, GrpcTrailers{std::get<peering::Status>(grant)});
                            });
  }

  void hang_up() {
    host().close(connection_);
    forget();
  }

  /// Ends this session; it lives until the event is over.
  void forget() {
    door_.context_.users.erase(connection_);
    const auto own = door_.sessions_.find(connection_);
    door_.context_.retire(std::move(own->second));
    door_.sessions_.erase(own);
  }

  GrpcDoor& door_;
  engine::ConnectionId connection_;
  bool secured_ = false;
};

GrpcDoor::GrpcDoor(ServerContext& context, SecretGranter& granter, StreamCalled stream_called)
    : context_(context), granter_(granter), stream_called_(std::move(stream_called)) {}

GrpcDoor::~GrpcDoor() = default;

void GrpcDoor::accepted(engine::ConnectionId connection) {
  auto session = std::make_unique<Session>(*this, connection);
  context_.users[connection] = session.get();
  sessions_[connection] = std::move(session);
}

}  // namespace peerlab::actors
