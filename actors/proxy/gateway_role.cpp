#include "actors/proxy/gateway_role.hpp"

#include <utility>

namespace peerlab::actors {
namespace {

class Passing final : public TlsSession {
 public:
  using TlsSession::TlsSession;

  void on_frame(net::Frame&& frame) override {
    if (frame.is<TlsClientHello>() && config_ == nullptr) return begin(std::move(frame));
    if (config_ == nullptr) return finish();  // plaintext has no business here
    if (tls_ == nullptr) {
      next_->send(std::move(frame));
    } else if (const auto* finished = frame.get_if<TlsFinished>()) {
      accept(*tls_, *finished);
    } else if (client_id() && frame.is<CallRequest>()) {
      take(frame.take<CallRequest>());
    } else {
      finish();
    }
  }

 private:
  void begin(net::Frame&& frame) {
    config_ = context_.config;
    const TlsClientHello hello = frame.get<TlsClientHello>();
    call_ = hello.call;
    sni_ = hello.sni;
    const mesh::Routed routed = mesh::route(sni_, *config_);
    if (routed.chain != nullptr && routed.chain->tls) {
      tls_ = &*routed.chain->tls;
      return greet(hello);
    }
    const auto passage = mesh::pass_through(*config_, sni_, context_.balancer);
    if (!passage) return refuse(passage.error());
    dial(passage->dial);
    next_->send(std::move(frame));
  }

  /// A request on a connection whose TLS ends here. Each finds an instance of its own.
  void take(CallRequest&& request) {
    call_ = request.call;
    if (!request.http) return refuse(not_http());
    http_ = true;
    const auto passage = mesh::pass_through(*config_, sni_, context_.balancer);
    if (!passage) return refuse(passage.error());
    request.http = mesh::forward_exported(std::move(*request.http), context_.leaf->id(),
                                          client_chain(), context_.setup.mutants);
    dial(passage->dial);
    next_->send(std::move(request));
  }

  /// That of the moment at which the client connected.
  std::shared_ptr<const mesh::ProxyConfig> config_;
  std::string sni_;
  const mesh::ServerTls* tls_ = nullptr;  // into config_; null: bytes pass as they are
};

}  // namespace

std::unique_ptr<Session> GatewayRole::session(net::Port, engine::ConnectionId client,
                                              Session::Over over) {
  return std::make_unique<Passing>(context_, client, std::move(over));
}

}  // namespace peerlab::actors
