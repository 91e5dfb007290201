#include "actors/server/leader_calls.hpp"

#include <utility>

namespace peerlab::actors {

/// One call; owns itself until it is over.
class LeaderCalls::Call final : public ConnectionUser {
 public:
  static void begin(ServerContext& context, net::Frame request, Done done) {
    auto call = std::make_unique<Call>(context, std::move(done));
    Call& self = *call;
    self.self_ = std::move(call);
    self.connection_ = context.host.connect(address_of(context.situation.leader_address));
    context.users[self.connection_] = &self;
    context.host.send(self.connection_, std::move(request));
    self.timer_ =
        context.timers.at(context.host.now() + context.config.settings.rpc_hold_timeout, [&self] {
          self.timer_ = 0;
          self.context_.host.abort(self.connection_);
          self.end({});
        });
  }

  Call(ServerContext& context, Done done) : context_(context), done_(std::move(done)) {}

  void on_frame(net::Frame&& frame) override {
    context_.host.close(connection_);
    end(std::move(frame));
  }
  void on_closed(net::Closing) override { end({}); }

 private:
  void end(net::Frame&& reply) {
    context_.users.erase(connection_);
    context_.timers.cancel(timer_);
    context_.retire(std::move(self_));
    done_(std::move(reply));
  }

  ServerContext& context_;
  Done done_;
  engine::ConnectionId connection_{};
  Timers::Id timer_ = 0;
  std::unique_ptr<Call> self_;
};

void LeaderCalls::call(net::Frame request, Done done) {
  if (context_.situation.leader_address.empty()) return done({});
  Call::begin(context_, std::move(request), std::move(done));
}

}  // namespace peerlab::actors
