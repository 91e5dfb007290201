#include "actors/proxy/config_stream.hpp"

#include <algorithm>
#include <utility>

#include "actors/server/grpc.hpp"
#include "peerlab/base/assert.hpp"
#include "peerlab/engine/role.hpp"

namespace peerlab::actors {
namespace {

/// Between two tries to reach a server: Envoy's exponential pause.
constexpr Duration first_pause = std::chrono::milliseconds(500);
constexpr Duration longest_pause = std::chrono::seconds(30);

}  // namespace

ConfigStream::ConfigStream(ProxyContext& context, Updated updated)
    : context_(context), updated_(std::move(updated)), pause_(first_pause) {
  PEERLAB_ASSERT(!context.setup.servers.empty());
  server_ = context.host.random("config stream").below(context.setup.servers.size());
}

void ConfigStream::connect() {
  const ProxySetup& setup = context_.setup;
  connection_ = context_.host.connect(setup.servers[server_]);
  server_ = (server_ + 1) % setup.servers.size();
  context_.users.add(connection_, *this);
  context_.host.send(connection_, ProxySubscribe{setup.partition, setup.node, setup.proxy.id});
  heard();
}

void ConfigStream::on_frame(net::Frame&& frame) {
  heard();
  if (frame.is<Http2Ping>()) return;
  if (!frame.is<ProxyUpdate>()) throw engine::Unhandled(std::string(frame.name()));
  pause_ = first_pause;
  updated_(frame.take<ProxyUpdate>());
}

void ConfigStream::on_closed(net::Closing) {
  context_.users.remove(connection_);
  connect_later();
}

void ConfigStream::connect_later() {
  context_.timers.cancel(timer_);
  timer_ = context_.timers.at(context_.host.now() + pause_, [this] { connect(); });
  pause_ = std::min(pause_ * 2, longest_pause);
}

void ConfigStream::heard() {
  context_.timers.cancel(timer_);
  timer_ = context_.timers.at(context_.host.now() + dialer_keepalive.idle, [this] { ping(); });
}

void ConfigStream::ping() {
  context_.host.send(connection_, Http2Ping{});
  timer_ = context_.timers.at(context_.host.now() + dialer_keepalive.timeout, [this] {
    context_.users.remove(connection_);
    context_.host.abort(connection_);
    connect_later();
  });
}

}  // namespace peerlab::actors
