#include "actors/proxy/session.hpp"

#include <fmt/format.h>

#include <utility>

namespace peerlab::actors {
namespace {

std::string text_of(const mesh::Refusal& why) {
  return why.detail.empty() ? std::string(mesh::to_text(why.why))
                            : fmt::format("{}: {}", mesh::to_text(why.why), why.detail);
}

}  // namespace

mesh::Refusal not_http() { return {mesh::Refused::no_listener, "the bytes are no HTTP"}; }

Session::Session(ProxyContext& context, engine::ConnectionId client, Over over)
    : context_(context), client_(client), over_(std::move(over)) {
  context_.users.add(client_, *this);
}

Session::~Session() {
  if (!open_) return;
  context_.users.remove(client_);
  context_.host.close(client_);
}

void Session::on_closed(net::Closing) {
  open_ = false;
  over();
}

void Session::dial(const mesh::Dial& dial) {
  context_.host.record(trace::CallHop{call_, dial.cluster, mesh::to_text(dial.next), {}});
  context_.users.retire(std::move(next_));
  next_ = std::make_unique<Outgoing>(
      context_, dial, call_,
      Outgoing::Owner{[this](net::Frame&& frame) { answered(std::move(frame)); },
                      [this](std::optional<mesh::Refusal> why) { next_ended(std::move(why)); }});
}

void Session::next_ended(std::optional<mesh::Refusal> why) {
  context_.users.retire(std::move(next_));
  if (why) return refuse(*why);
  if (http_) return refuse({mesh::Refused::unreachable, "the next hop has closed the connection"});
  finish();
}

void Session::answered(net::Frame&& frame) {
  http_ = http_ && !frame.is<CallResponse>();
  send(std::move(frame));
}

void Session::refuse(const mesh::Refusal& why) {
  context_.host.record(trace::CallHop{call_, {}, {}, text_of(why)});
  if (!http_) return finish();
  const mesh::HttpAnswer answer = mesh::http_answer(why);
  http_ = false;
  send(CallResponse{call_, {}, answer.status, answer.body});
}

void Session::finish() {
  if (std::exchange(open_, false)) context_.host.close(client_);
  over();
}

void Session::over() {
  context_.users.remove(client_);
  context_.users.retire(std::move(next_));
  over_(client_);
}

// --- with TLS ---

void TlsSession::greet(const TlsClientHello& hello) {
  call_ = hello.call;
  if (context_.leaf) return send(TlsServerHello{*context_.leaf, true});
  send(TlsAlert{"internal error"});
  refuse({mesh::Refused::tls, "there is no certificate yet"});
}

bool TlsSession::accept(const mesh::ServerTls& tls, const TlsFinished& finished) {
  const trust::CertificateChain chain =
      finished.leaf ? finished.leaf->chain() : trust::CertificateChain();
  auto id = mesh::accept_client(tls, chain, context_.host.now(), context_.roots);
  if (!id) {
    send(TlsAlert{"bad certificate"});
    refuse(id.error());
    return false;
  }
  client_ = finished.leaf;
  client_id_ = *std::move(id);
  return true;
}

}  // namespace peerlab::actors
