#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/call.hpp"
#include "actors/proxy/outgoing.hpp"
#include "actors/tls.hpp"

namespace peerlab::actors {

/// A connection that a proxy has accepted, and the one that it makes for it. What becomes of a call
/// is decided by the functions of mesh/hop.hpp; a session only carries that out.
class Session : public ConnectionUser {
 public:
  /// Told when a session is over; it is destroyed after the event at hand.
  using Over = std::function<void(engine::ConnectionId)>;

  Session(ProxyContext& context, engine::ConnectionId client, Over over);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void on_closed(net::Closing why) override;

 protected:
  /// Makes the next connection, through which frames come to `answered`.
  void dial(const mesh::Dial& dial);
  /// Ends the call here and tells the caller as its protocol allows.
  void refuse(const mesh::Refusal& why);
  /// A frame of the next hop, on its way back.
  virtual void answered(net::Frame&& frame);

  void send(net::Frame frame) { context_.host.send(client_, std::move(frame)); }
  /// Ends the connection in good order.
  void finish();

  ProxyContext& context_;
  std::unique_ptr<Outgoing> next_;
  std::uint64_t call_ = 0;
  bool http_ = false;  ///< an HTTP request is under way, which gets an answer in any case

 private:
  void next_ended(std::optional<mesh::Refusal> why);
  void over();

  engine::ConnectionId client_;
  Over over_;
  bool open_ = true;
};

/// A session whose client must prove who it is.
class TlsSession : public Session {
 public:
  using Session::Session;

 protected:
  /// Answers a ClientHello with the proxy's certificate.
  void greet(const TlsClientHello& hello);
  /// Judges the client. False if it was refused; the session is over then.
  bool accept(const mesh::ServerTls& tls, const TlsFinished& finished);

  /// Set once the client is accepted.
  const std::optional<trust::SpiffeId>& client_id() const { return client_id_; }
  const trust::CertificateChain& client_chain() const { return client_->chain(); }

 private:
  std::optional<trust::Leaf> client_;
  std::optional<trust::SpiffeId> client_id_;
};

/// The refusal of bytes that are no HTTP on a listener that speaks nothing else.
mesh::Refusal not_http();

}  // namespace peerlab::actors
