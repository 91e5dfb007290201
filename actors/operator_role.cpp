#include "actors/operator_role.hpp"

#include <algorithm>
#include <utility>

namespace peerlab::actors {

void MakeRequest::hash_into(Hasher& hasher) const {
  hasher.add(call);
  hasher.add(to.host);
  hasher.add(to.port);
  HttpRequest{call, request}.hash_into(hasher);
  hasher.add(static_cast<std::uint64_t>(timeout.count()));
}

void OperatorRole::on(engine::Command&& command) {
  if (!command.what.is<MakeRequest>()) unhandled(command.what.name());
  make(command.what.take<MakeRequest>());
}

void OperatorRole::make(MakeRequest order) {
  const engine::ConnectionId connection = host_.connect(order.to);
  std::string name = order.request.method + " " + order.request.path;
  if (!order.request.query.empty()) name += "?" + order.request.query;
  pending_[connection] = Pending{order.call, std::move(name), ++timers_};
  host_.arm(engine::TimerKey(0, timers_), host_.now() + order.timeout);
  host_.send(connection, HttpRequest{order.call, std::move(order.request)});
}

void OperatorRole::on(net::Frame&& frame, engine::ConnectionId from) {
  if (!frame.is<HttpResponse>()) unhandled(frame.name());
  HttpResponse response = frame.take<HttpResponse>();
  host_.close(from);
  end(from, response.answer.status, std::move(response.answer.body));
}

void OperatorRole::on(const engine::Due& due) {
  const auto late = std::find_if(pending_.begin(), pending_.end(), [&](const auto& entry) {
    return entry.second.timer == due.key.timer;
  });
  if (late == pending_.end()) return;
  const engine::ConnectionId connection = late->first;
  host_.abort(connection);
  end(connection, 0, "timed out");
}

void OperatorRole::on(const engine::Closed& closed) {
  end(closed.id, 0, std::string(net::text(closed.why)));
}

void OperatorRole::end(engine::ConnectionId connection, int status, std::string body) {
  const auto found = pending_.find(connection);
  if (found == pending_.end()) return;
  const Pending request = std::move(found->second);
  pending_.erase(found);
  host_.disarm(engine::TimerKey(0, request.timer));
  host_.record(trace::HttpEnded{request.call, request.request, status, std::move(body)});
  ended(request.call, status);
}

}  // namespace peerlab::actors
