#include "actors/service_role.hpp"

#include <algorithm>

namespace peerlab::actors {

void ServiceRole::start() { host_.listen(service_port); }

void ServiceRole::on(net::Frame&& frame, engine::ConnectionId from) {
  if (const auto* request = frame.get_if<CallRequest>()) {
    host_.send(from, CallResponse{request->call, std::string(host_.name())});
  } else if (const auto* response = frame.get_if<CallResponse>()) {
    host_.close(from);
    end(from, "answered", response->answered_by);
  } else {
    unhandled(frame.name());
  }
}

void ServiceRole::on(engine::Command&& command) {
  const auto* order = command.what.get_if<MakeCall>();
  if (order == nullptr) unhandled(command.what.name());
  const engine::ConnectionId connection = host_.connect(order->to);
  host_.send(connection, CallRequest{order->call});
  pending_[connection] = Pending{order->call, order->to.host, ++timers_};
  host_.arm(engine::TimerKey(0, timers_), host_.now() + order->timeout);
}

void ServiceRole::on(const engine::Due& due) {
  const auto late = std::find_if(pending_.begin(), pending_.end(), [&](const auto& entry) {
    return entry.second.timer == due.key.timer;
  });
  if (late == pending_.end()) return;
  const engine::ConnectionId connection = late->first;
  host_.abort(connection);
  end(connection, "timed out", {});
}

void ServiceRole::on(const engine::Closed& closed) {
  end(closed.id, closed.why == net::Closing::by_peer ? "closed" : net::text(closed.why), {});
}

void ServiceRole::end(engine::ConnectionId connection, std::string_view result,
                      std::string answered_by) {
  const auto found = pending_.find(connection);
  if (found == pending_.end()) return;  // a caller of ours hung up, or the call is over
  const Pending call = found->second;
  pending_.erase(found);
  host_.disarm(engine::TimerKey(0, call.timer));
  host_.record(trace::CallEnded{call.call, call.to, std::string(result), std::move(answered_by)});
}

}  // namespace peerlab::actors
