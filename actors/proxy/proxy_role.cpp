#include "actors/proxy/proxy_role.hpp"

#include <utility>

namespace peerlab::actors {

ProxyRole::ProxyRole(engine::Host& host, const ProxySetup& setup)
    : context_(host, setup),
      stream_(context_, [this](ProxyUpdate&& update) { updated(std::move(update)); }) {}

void ProxyRole::on(net::Frame&& frame, engine::ConnectionId from) {
  context_.users.bury();
  // What comes along a connection that has just been closed is of no interest any more.
  if (ConnectionUser* user = context_.users.find(from)) user->on_frame(std::move(frame));
}

void ProxyRole::on(const engine::Due& due) {
  context_.users.bury();
  context_.timers.fire(due);
}

void ProxyRole::on(const engine::Accepted& accepted) {
  context_.users.bury();
  sessions_[accepted.id] = session(accepted.port, accepted.id, [this](engine::ConnectionId client) {
    const auto over = sessions_.find(client);
    context_.users.retire(std::move(over->second));
    sessions_.erase(over);
  });
}

void ProxyRole::on(const engine::Connected& connected) {
  if (ConnectionUser* user = context_.users.find(connected.id)) user->on_connected();
}

void ProxyRole::on(const engine::Closed& closed) {
  context_.users.bury();
  if (ConnectionUser* user = context_.users.find(closed.id)) user->on_closed(closed.why);
}

void ProxyRole::updated(ProxyUpdate&& update) {
  const bool first = context_.config == nullptr;
  context_.config = std::move(update.config);
  context_.leaf = std::move(update.leaf);
  context_.host.record(trace::ProxyConfigured{update.version, context_.config->listeners.size(),
                                              context_.config->clusters.size()});
  listen();
  if (first) context_.host.record(trace::ProxyReady{});
}

void ProxyRole::listen() {
  std::set<net::Port> wanted;
  for (const mesh::Listener& listener : context_.config->listeners) {
    wanted.insert(static_cast<net::Port>(mesh::address_of(listener.address).port));
  }
  for (const net::Port port : wanted) {
    if (!ports_.contains(port)) context_.host.listen(port);
  }
  for (const net::Port port : ports_) {
    if (!wanted.contains(port)) context_.host.unlisten(port);
  }
  ports_ = std::move(wanted);
}

}  // namespace peerlab::actors
