#include "actors/server/grpc.hpp"

#include <fmt/format.h>

#include <utility>

#include "actors/server/frames.hpp"
#include "peerlab/trust/verify.hpp"
#include "peerlab/wire/peerstream_codec.hpp"

namespace peerlab::actors {
namespace {

using peering::GrpcCode;
using peering::Status;

/// The frame header of HTTP/2 and of gRPC.
constexpr std::size_t frame_header = 14;

/// A connect attempt of grpc-go ends after this (C: section 7.3).
constexpr Duration connect_timeout = std::chrono::seconds(20);

Status unavailable(std::string_view why) {
  return {GrpcCode::unavailable, fmt::format("connection error: desc = \"{}\"", why), {}};
}

/// Why a dial did not even connect, in Go's words.
Status dial_failed(const std::string& address, net::Closing why) {
  if (why == net::Closing::unreachable) {
    return unavailable(fmt::format(
        "transport: Error while dialing: dial tcp: lookup {} on 127.0.0.53:53: no such host",
        address.substr(0, address.rfind(':'))));
  }
  const std::string_view reason =
      why == net::Closing::refused ? "connect: connection refused" : "i/o timeout";
  return unavailable(
      fmt::format("transport: Error while dialing: dial tcp {}: {}", address, reason));
}

Status broken_status(net::Closing why) {
  if (why == net::Closing::by_peer) {
    return {GrpcCode::unavailable, "error reading from server: EOF", {}};
  }
  return {
      GrpcCode::unavailable, "error reading from server: read tcp: connection reset by peer", {}};
}

}  // namespace

std::size_t ExchangeSecretCall::encoded_size() const {
  return frame_header + wire::encode(request).size();
}
void ExchangeSecretCall::hash_into(Hasher& hasher) const { hasher.add(wire::encode(request)); }
std::size_t ExchangeSecretReply::encoded_size() const {
  return frame_header + wire::encode(response).size();
}
void ExchangeSecretReply::hash_into(Hasher& hasher) const { hasher.add(wire::encode(response)); }
std::size_t StreamMessage::encoded_size() const {
  return frame_header + wire::encoded_size(message);
}
void StreamMessage::hash_into(Hasher& hasher) const { hasher.add(wire::encode(message)); }
std::size_t GrpcTrailers::encoded_size() const { return 40 + status.message.size(); }
void GrpcTrailers::hash_into(Hasher& hasher) const {
  hasher.add(static_cast<std::uint64_t>(status.code));
  hasher.add(status.message);
  hasher.add(status.leader_address.value_or(""));
}

// --- channel ---

GrpcChannel::GrpcChannel(ServerContext& context, engine::ConnectionId connection,
                         Keepalive keepalive, Owner owner)
    : context_(context), connection_(connection), keepalive_(keepalive), owner_(std::move(owner)) {
  context_.users[connection_] = this;
  heard();
}

GrpcChannel::~GrpcChannel() { close(); }

void GrpcChannel::close() {
  context_.timers.cancel(timer_);
  if (!open_) return;
  open_ = false;
  context_.users.erase(connection_);
  context_.host.close(connection_);
}

void GrpcChannel::send(net::Frame frame) {
  if (open_) context_.host.send(connection_, std::move(frame));
}

void GrpcChannel::on_frame(net::Frame&& frame) {
  heard();
  if (const auto* ping = frame.get_if<Http2Ping>()) {
    if (!ping->ack) send(Http2Ping{true});
    return;
  }
  owner_.frame(std::move(frame));
}

void GrpcChannel::on_closed(net::Closing why) {
  open_ = false;
  context_.users.erase(connection_);
  break_down(broken_status(why));
}

void GrpcChannel::heard() {
  context_.timers.cancel(timer_);
  timer_ = context_.timers.at(context_.host.now() + keepalive_.idle, [this] { ping(); });
}

void GrpcChannel::ping() {
  send(Http2Ping{false});
  timer_ = context_.timers.at(context_.host.now() + keepalive_.timeout, [this] {
    timer_ = 0;
    open_ = false;
    context_.users.erase(connection_);
    context_.host.abort(connection_);
    break_down({GrpcCode::unavailable, "keepalive ping failed to receive ACK within timeout", {}});
  });
}

void GrpcChannel::break_down(Status why) {
  context_.timers.cancel(timer_);
  // The owner may destroy this channel while it is told.
  const auto broken = owner_.broken;
  broken(std::move(why));
}

// --- dialer ---

/// One attempt to connect; owns itself until it has told its end.
class GrpcDialer::Attempt final : public ConnectionUser {
 public:
  static void begin(ServerContext& context, const GrpcTarget& target, Dialled dialled) {
    auto attempt = std::make_shared<Attempt>(context, target, std::move(dialled));
    attempt->self_ = attempt;
    attempt->connect();
  }

  Attempt(ServerContext& context, const GrpcTarget& target, Dialled dialled)
      : context_(context), target_(target), dialled_(std::move(dialled)) {}

  void on_connected() override {
    connected_ = true;
    if (target_.ca.empty()) return end(connection_);
    context_.host.send(connection_, TlsClientHello{target_.server_name, "h2"});
  }

  void on_frame(net::Frame&& frame) override {
    if (const auto* alert = frame.get_if<TlsAlert>()) {
      return fail(unavailable("transport: authentication handshake failed: remote error: tls: " +
                              alert->text));
    }
    const auto* hello = frame.get_if<TlsServerHello>();
    if (hello == nullptr) return fail(unavailable("error reading server preface: EOF"));
    const Result<trust::Anchors> anchors = trust::Anchors::from_pems(target_.ca);
    if (!anchors) {
      return fail({GrpcCode::unknown,
                   "failed to build TLS dial option from peering: " + anchors.error().detail,
                   {}});
    }
    const auto trusted = trust::verify_server_name(hello->leaf.chain(), *anchors,
                                                   target_.server_name, context_.host.now());
    if (!trusted) {
      context_.host.send(connection_, TlsAlert{"bad certificate"});
      return fail(unavailable(
          "transport: authentication handshake failed: tls: failed to verify certificate: " +
          trusted.error().detail));
    }
    context_.host.send(connection_, TlsFinished{});
    end(connection_);
  }

  void on_closed(net::Closing why) override {
    context_.users.erase(connection_);
    closed_ = true;
    fail(connected_ ? unavailable("error reading server preface: EOF")
                    : dial_failed(target_.address, why));
  }

 private:
  void connect() {
    connection_ = context_.host.connect(address_of(target_.address));
    context_.users[connection_] = this;
    timer_ = context_.timers.at(context_.host.now() + connect_timeout, [this] {
      timer_ = 0;
      fail(dial_failed(target_.address, net::Closing::timed_out));
    });
  }

  void fail(Status why) {
    if (!closed_) {
      context_.users.erase(connection_);
      context_.host.abort(connection_);
    }
    end(std::move(why));
  }

  void end(std::variant<engine::ConnectionId, Status> outcome) {
    context_.timers.cancel(timer_);
    const std::shared_ptr<Attempt> alive = std::move(self_);
    dialled_(std::move(outcome));
  }

  ServerContext& context_;
  GrpcTarget target_;
  Dialled dialled_;
  engine::ConnectionId connection_{};
  Timers::Id timer_ = 0;
  bool connected_ = false;
  bool closed_ = false;
  std::shared_ptr<Attempt> self_;
};

void GrpcDialer::dial(const GrpcTarget& target, Dialled dialled) {
  Attempt::begin(context_, target, std::move(dialled));
}

}  // namespace peerlab::actors
