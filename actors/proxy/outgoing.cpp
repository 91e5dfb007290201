#include "actors/proxy/outgoing.hpp"

#include <fmt/format.h>

#include <utility>

#include "actors/tls.hpp"

namespace peerlab::actors {

Outgoing::Outgoing(ProxyContext& context, mesh::Dial dial, std::uint64_t call, Owner owner)
    : context_(context), dial_(std::move(dial)), call_(call), owner_(std::move(owner)) {
  // The application listens on the loopback address that it shares with its sidecar.
  const bool local = dial_.next.host == "127.0.0.1";
  connection_ = context_.host.connect(
      {local ? context_.setup.app : dial_.next.host, static_cast<net::Port>(dial_.next.port)});
  context_.users.add(connection_, *this);
  timer_ = context_.timers.at(context_.host.now() + dial_.connect_timeout, [this] {
    timer_ = 0;
    fail(mesh::Refused::unreachable,
         fmt::format("{} did not answer within {}", mesh::to_text(dial_.next),
                     go_duration(dial_.connect_timeout)));
  });
}

Outgoing::~Outgoing() {
  context_.timers.cancel(timer_);
  if (!open_) return;
  context_.users.remove(connection_);
  context_.host.close(connection_);
}

void Outgoing::send(net::Frame frame) {
  if (!ready_) return waiting_.push_back(std::move(frame));
  context_.host.send(connection_, std::move(frame));
}

void Outgoing::on_connected() {
  if (!dial_.tls) return ready();
  context_.host.send(connection_, TlsClientHello{dial_.tls->sni, {}, call_});
}

void Outgoing::on_frame(net::Frame&& frame) {
  if (!dial_.tls) return owner_.frame(std::move(frame));
  if (const auto* alert = frame.get_if<TlsAlert>()) return fail(mesh::Refused::tls, alert->text);
  if (ready_) return owner_.frame(std::move(frame));
  const auto* hello = frame.get_if<TlsServerHello>();
  if (hello == nullptr) return fail(mesh::Refused::tls, "the server speaks no TLS");
  greeted(hello->leaf);
}

void Outgoing::greeted(const trust::Leaf& server) {
  const auto accepted =
      mesh::accept_server(*dial_.tls, server.chain(), context_.host.now(), context_.roots);
  if (!accepted) {
    context_.host.send(connection_, TlsAlert{"bad certificate"});
    return fail(mesh::Refused::tls, accepted.error().detail);
  }
  context_.host.send(connection_, TlsFinished{context_.leaf});
  ready();
}

void Outgoing::ready() {
  ready_ = true;
  context_.timers.cancel(timer_);
  for (net::Frame& frame : std::exchange(waiting_, {})) {
    context_.host.send(connection_, std::move(frame));
  }
}

void Outgoing::on_closed(net::Closing why) {
  open_ = false;
  context_.users.remove(connection_);
  if (why == net::Closing::by_peer || ready_) return end(std::nullopt);
  fail(mesh::Refused::unreachable,
       fmt::format("{}: {}", mesh::to_text(dial_.next), net::text(why)));
}

void Outgoing::fail(mesh::Refused why, std::string detail) {
  end(mesh::Refusal{why, std::move(detail)});
}

void Outgoing::end(std::optional<mesh::Refusal> why) {
  context_.timers.cancel(timer_);
  if (std::exchange(open_, false)) {
    context_.users.remove(connection_);
    context_.host.close(connection_);
  }
  // The owner may destroy this while it is told.
  const auto ended = owner_.ended;
  ended(std::move(why));
}

}  // namespace peerlab::actors
