#include "actors/agent/server_calls.hpp"

#include <utility>

#include "peerlab/base/assert.hpp"

namespace peerlab::actors {
namespace {

/// How long a call may take: as long as servers hold one while they have no leader, and a little.
constexpr Duration patience = std::chrono::seconds(10);

}  // namespace

ServerCalls::ServerCalls(engine::Host& host, Timers& timers, ConnectionUsers& users,
                         const std::vector<net::Address>& servers)
    : host_(host), timers_(timers), users_(users), servers_(servers) {
  PEERLAB_ASSERT(!servers.empty());
  server_ = host.random("servers").below(servers.size());
}

void ServerCalls::call(net::Frame request, Done done) {
  calls_.push_back({std::move(request), std::move(done)});
  if (calls_.size() == 1) next();
}

void ServerCalls::next() {
  if (!std::exchange(connected_, true)) {
    connection_ = host_.connect(servers_[server_]);
    users_.add(connection_, *this);
  }
  host_.send(connection_, std::move(calls_.front().request));
  timer_ = timers_.at(host_.now() + patience, [this] {
    timer_ = 0;
    host_.abort(connection_);
    give_up();
  });
}

void ServerCalls::on_frame(net::Frame&& reply) {
  if (!calls_.empty()) end(std::move(reply));
}

void ServerCalls::on_closed(net::Closing) { give_up(); }

void ServerCalls::give_up() {
  users_.remove(connection_);
  connected_ = false;
  server_ = (server_ + 1) % servers_.size();
  if (!calls_.empty()) end({});
}

void ServerCalls::end(net::Frame&& reply) {
  timers_.cancel(timer_);
  const Done done = std::move(calls_.front().done);
  calls_.pop_front();
  if (!calls_.empty()) next();
  done(std::move(reply));
}

}  // namespace peerlab::actors
