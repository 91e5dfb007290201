#include "actors/service_role.hpp"

#include <algorithm>

namespace peerlab::actors {

void ServiceRole::start() { host_.listen(service_port); }

void ServiceRole::on(net::Frame&& frame, engine::ConnectionId from) {
  if (const auto* request = frame.get_if<CallRequest>()) {
    host_.send(from,
               CallResponse{request->call, std::string(host_.name()), request->http ? 200 : 0});
  } else if (const auto* response = frame.get_if<CallResponse>()) {
    host_.close(from);
    const bool answered = !response->answered_by.empty();
    end(from,
        {0, {}, answered ? "answered" : response->body, response->answered_by, response->status});
  } else {
    unhandled(frame.name());
  }
}

void ServiceRole::on(engine::Command&& command) {
  if (!command.what.is<MakeCall>()) unhandled(command.what.name());
  MakeCall order = command.what.take<MakeCall>();
  const engine::ConnectionId connection = host_.connect(order.to);
  host_.send(connection, CallRequest{order.call, std::move(order.http)});
  pending_[connection] = Pending{order.call, std::move(order.name), ++timers_};
  host_.arm(engine::TimerKey(0, timers_), host_.now() + order.timeout);
}

void ServiceRole::on(const engine::Due& due) {
  const auto late = std::find_if(pending_.begin(), pending_.end(), [&](const auto& entry) {
    return entry.second.timer == due.key.timer;
  });
  if (late == pending_.end()) return;
  const engine::ConnectionId connection = late->first;
  host_.abort(connection);
  end(connection, {0, {}, "timed out", {}});
}

void ServiceRole::on(const engine::Closed& closed) {
  const bool ended = closed.why == net::Closing::by_peer;
  end(closed.id, {0, {}, ended ? "closed" : std::string(net::text(closed.why)), {}});
}

void ServiceRole::end(engine::ConnectionId connection, trace::CallEnded ended) {
  const auto found = pending_.find(connection);
  if (found == pending_.end()) return;  // a caller of ours hung up, or the call is over
  ended.call = found->second.call;
  ended.to = std::move(found->second.to);
  host_.disarm(engine::TimerKey(0, found->second.timer));
  pending_.erase(found);
  host_.record(std::move(ended));
}

}  // namespace peerlab::actors
