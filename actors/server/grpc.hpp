#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/server/context.hpp"
#include "actors/tls.hpp"
#include "peerlab/peering/message.hpp"

namespace peerlab::actors {

// gRPC between servers of two clusters, one call on each connection. Frames are those of HTTP/2 as
// far as peering depends on them.

/// The call ExchangeSecret, whole.
struct ExchangeSecretCall {
  static constexpr std::string_view frame_name = "grpc/exchange-secret";
  peering::ExchangeSecretRequest request;
  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};
struct ExchangeSecretReply {
  static constexpr std::string_view frame_name = "grpc/exchange-secret-reply";
  peering::ExchangeSecretResponse response;
  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};

/// Opens StreamResources.
struct StreamCall {
  static constexpr std::string_view frame_name = "grpc/stream-resources";
  static constexpr std::size_t encoded_size() { return 150; }
  static void hash_into(Hasher&) {}
};
/// One message of the peer stream, either way.
struct StreamMessage {
  static constexpr std::string_view frame_name = "grpc/replication-message";
  peering::ReplicationMessage message;
  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};
/// END_STREAM of the client.
struct StreamHalfClose {
  static constexpr std::string_view frame_name = "grpc/half-close";
  static constexpr std::size_t encoded_size() { return 9; }
  static void hash_into(Hasher&) {}
};
/// The trailers of the server: the end of a call.
struct GrpcTrailers {
  static constexpr std::string_view frame_name = "grpc/trailers";
  peering::Status status;
  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};

/// HTTP/2 PING and its acknowledgement; answered below the application.
struct Http2Ping {
  static constexpr std::string_view frame_name = "http2/ping";
  static constexpr bool passes_mute = true;
  bool ack = false;
  static constexpr std::size_t encoded_size() { return 17; }
  void hash_into(Hasher& hasher) const { hasher.add(static_cast<std::uint64_t>(ack)); }
};

/// When an end of a connection asks whether the other is still there, and when it gives up.
struct Keepalive {
  Duration idle;
  Duration timeout;
};
/// (C: section 5.10)
inline constexpr Keepalive dialer_keepalive{std::chrono::seconds(30), std::chrono::seconds(10)};
inline constexpr Keepalive acceptor_keepalive{std::chrono::seconds(30), std::chrono::seconds(20)};

/// One end of a connection that carries a call: hands frames to its owner and watches that the
/// other end is alive. Closed for good when it is destroyed.
class GrpcChannel final : public ConnectionUser {
 public:
  struct Owner {
    std::function<void(net::Frame&&)> frame;
    /// The connection is gone. `why` is the status that gRPC gives a call whose connection breaks.
    std::function<void(peering::Status why)> broken;
  };

  GrpcChannel(ServerContext& context, engine::ConnectionId connection, Keepalive keepalive,
              Owner owner);
  ~GrpcChannel() override;
  GrpcChannel(const GrpcChannel&) = delete;
  GrpcChannel& operator=(const GrpcChannel&) = delete;

  void send(net::Frame frame);
  /// Closes the connection; the owner is told nothing more.
  void close();
  bool is_open() const { return open_; }

  void on_frame(net::Frame&& frame) override;
  void on_closed(net::Closing why) override;

 private:
  void heard();
  void ping();
  void break_down(peering::Status why);

  ServerContext& context_;
  engine::ConnectionId connection_;
  Keepalive keepalive_;
  Owner owner_;
  Timers::Id timer_ = 0;
  bool open_ = true;
};

/// Where a dialer dials, and whom it expects there.
struct GrpcTarget {
  std::string address;          ///< `host:port`
  std::vector<std::string> ca;  ///< PEM of the accepted roots; empty: plaintext
  std::string server_name;      ///< SNI, and the name the certificate must have
};

/// Connects and does the TLS handshake.
class GrpcDialer {
 public:
  using Dialled = std::function<void(std::variant<engine::ConnectionId, peering::Status>)>;

  explicit GrpcDialer(ServerContext& context) : context_(context) {}

  /// `dialled` is called once, never from within this call.
  void dial(const GrpcTarget& target, Dialled dialled);

 private:
  class Attempt;
  ServerContext& context_;
};

}  // namespace peerlab::actors
