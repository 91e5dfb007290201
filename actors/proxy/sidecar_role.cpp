#include "actors/proxy/sidecar_role.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace peerlab::actors {
namespace {

constexpr const char* xfcc_header = "x-forwarded-client-cert";

bool is_http(const mesh::Listener& listener) {
  return std::holds_alternative<mesh::HttpProxy>(listener.chains.front().forward);
}

/// A connection of the own application to the listener of an upstream.
class Outbound final : public Session {
 public:
  Outbound(ProxyContext& context, engine::ConnectionId client, Over over, mesh::UpstreamId upstream)
      : Session(context, client, std::move(over)), upstream_(std::move(upstream)) {}

  void on_frame(net::Frame&& frame) override {
    if (!frame.is<CallRequest>()) throw engine::Unhandled(std::string(frame.name()));
    CallRequest request = frame.take<CallRequest>();
    call_ = request.call;
    const mesh::Listener* listener = mesh::upstream_listener(*context_.config, upstream_);
    http_ = listener != nullptr && is_http(*listener);
    if (http_ && !request.http) {
      http_ = false;
      return refuse(not_http());
    }
    // Nobody may claim to be somebody else. (Traffic spec 2.6)
    if (http_) request.http->headers.erase(xfcc_header);
    const auto next = mesh::dial_upstream(*context_.config, upstream_, context_.balancer);
    if (!next) return refuse(next.error());
    dial(*next);
    next_->send(std::move(request));
  }

 private:
  mesh::UpstreamId upstream_;
};

/// A connection of somebody else to the public listener.
class Inbound final : public TlsSession {
 public:
  using TlsSession::TlsSession;

  void on_frame(net::Frame&& frame) override {
    if (const auto* hello = frame.get_if<TlsClientHello>()) {
      config_ = context_.config;
      return greet(*hello);
    }
    if (config_ == nullptr || frame.is<TlsAlert>()) return finish();
    const mesh::FilterChain& chain = mesh::inbound_listener(*config_)->chains.front();
    if (const auto* finished = frame.get_if<TlsFinished>()) {
      accept(*chain.tls, *finished);
    } else if (client_id() && frame.is<CallRequest>()) {
      take(frame.take<CallRequest>());
    } else {
      finish();
    }
  }

 private:
  void take(CallRequest&& request) {
    call_ = request.call;
    http_ = is_http(*mesh::inbound_listener(*config_));
    if (http_ && !request.http) {
      http_ = false;
      return refuse(not_http());
    }
    const mesh::HttpRequest* judged = http_ ? &*request.http : nullptr;
    const auto admitted =
        mesh::admit(*context_.config, *client_id(), judged, context_.setup.mutants);
    if (!admitted) return refuse(admitted.error());
    caller_ = trust::to_uri(*client_id());
    if (http_) {
      std::string& header = request.http->headers[xfcc_header];
      // A gateway of the own cluster speaks for the caller that it has verified.
      const bool own = trust::same_trust_domain(trust::trust_domain(*client_id()),
                                                trust::trust_domain(context_.leaf->id()));
      if (own && std::holds_alternative<trust::MeshGatewayIdentity>(*client_id())) {
        caller_ = mesh::first_uri(header);
      }
      header = mesh::xfcc_for_app(*config_, header, context_.leaf->id(), client_chain());
      if (header.empty()) request.http->headers.erase(xfcc_header);
    }
    const auto next = mesh::dial_app(*config_, context_.balancer);
    if (!next) return refuse(next.error());
    dial(*next);
    next_->send(std::move(request));
  }

  void answered(net::Frame&& frame) override {
    context_.host.record(served());
    Session::answered(std::move(frame));
  }

  trace::CallServed served() const {
    const PartitionName& partition = context_.setup.partition;
    trace::CallServed fact{call_,
                           std::string(trust::or_default(partition.value())),
                           context_.setup.proxy.proxy.destination_service_name.value(),
                           caller_,
                           {}};
    const Result<trust::SpiffeId> id = trust::parse_spiffe_id(caller_);
    if (id) fact.trust_domain = trust::trust_domain(*id).value();
    return fact;
  }

  /// That of the moment at which the client connected.
  std::shared_ptr<const mesh::ProxyConfig> config_;
  std::string caller_;
};

}  // namespace

std::unique_ptr<Session> SidecarRole::session(net::Port port, engine::ConnectionId client,
                                              Session::Over over) {
  const catalog::Service& proxy = context_.setup.proxy;
  const auto upstream = std::ranges::find(proxy.proxy.upstreams, std::int64_t{port},
                                          &catalog::Upstream::local_bind_port);
  if (upstream == proxy.proxy.upstreams.end()) {
    return std::make_unique<Inbound>(context_, client, std::move(over));
  }
  return std::make_unique<Outbound>(context_, client, std::move(over),
                                    mesh::upstream_id(*upstream));
}

}  // namespace peerlab::actors
