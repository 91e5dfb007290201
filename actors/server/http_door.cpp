#include "actors/server/http_door.hpp"

#include <utility>
#include <vector>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::actors {

namespace api = server::api;

void HttpDoor::on(engine::ConnectionId from, HttpRequest&& request) {
  begin({api::Call(std::move(request.request)), from, request.id});
}

void HttpDoor::on(engine::ConnectionId from, ForwardedRequest&& request) {
  begin({api::Call(std::move(request.request)), from, request.id, true});
}

void HttpDoor::begin(Active active) {
  const CallId id = ++calls_;
  Active& call = active_.emplace(id, std::move(active)).first->second;
  carry_out(id, call.call.start(context_.view()));
}

void HttpDoor::step(CallId id, const api::Input& input) {
  const auto found = active_.find(id);
  if (found == active_.end()) return;  // the client has gone away meanwhile
  context_.timers.cancel(found->second.timer);
  carry_out(id, found->second.call.step(context_.view(), input));
}

void HttpDoor::carry_out(CallId id, api::Outcome outcome) {
  std::visit(Overloaded{
                 [&](api::Answer& end) { answer(id, std::move(end)); },
                 [&](api::Wait& pause) { wait(id, std::move(pause)); },
                 [&](api::Propose& propose) {
                   context_.propose(propose.command,
                                    [this, id](const api::Input& end) { step(id, end); });
                 },
                 [&](api::Verify&) {
                   context_.verify([this, id](const api::Input& end) { step(id, end); });
                 },
                 [&](api::Forward& elsewhere) { forward(id, elsewhere); },
                 [&](api::Dial& dial) {
                   exchange_.begin(dial, [this, id](api::Dialled end) { step(id, end); });
                 },
             },
             outcome);
}

void HttpDoor::answer(CallId id, api::Answer answer) {
  const auto node = active_.extract(id);
  Active& call = node.mapped();
  context_.timers.cancel(call.timer);
  waiters_.forget(id);
  if (call.forwarded) {
    context_.host.send(call.client, ForwardedAnswer{call.client_id, std::move(answer)});
  } else {
    context_.host.send(call.client, HttpResponse{call.client_id, std::move(answer)});
  }
}

void HttpDoor::wait(CallId id, api::Wait wait) {
  if (!wait.watches.empty()) waiters_.wait(id, std::move(wait.watches));
  active_.at(id).timer = context_.timers.at(wait.deadline, [this, id] {
    waiters_.forget(id);
    step(id, api::Elapsed{});
  });
}

void HttpDoor::committed(const store::Commit& commit) {
  for (const store::Waiters::Id id : waiters_.wake(commit)) step(id, api::Woken{});
}

void HttpDoor::restored() {
  for (const store::Waiters::Id id : waiters_.abandon()) step(id, api::Abandoned{});
}

// --- calls that belong to the leader ---

void HttpDoor::forward(CallId id, const api::Forward& forward) {
  Active& call = active_.at(id);
  if (!forward.datacenter.value().empty()) {
    // Only WAN federation routes to other datacenters, and it is not built yet.
    return answer(id, api::failed(500, "No path to datacenter"));
  }
  if (call.forwarded) {
    // A follower took us for the leader; it is to look again.
    return answer(id, api::failed(500, "No cluster leader"));
  }
  const bool read = call.call.request().method == "GET";
  call.search.emplace(context_.host.now(), context_.config.settings.rpc_hold_timeout, read,
                      context_.host.random("forward").fork(std::to_string(id)));
  move(id, call.search->start(context_.host.now(), context_.situation));
}

void HttpDoor::move(CallId id, const server::LeaderSearch::Move& move) {
  using Search = server::LeaderSearch;
  Active& call = active_.at(id);
  std::visit(Overloaded{
                 [&](const Search::Ask& ask) {
                   call.leader = context_.host.connect(address_of(ask.address));
                   context_.host.send(call.leader, ForwardedRequest{id, call.call.request()});
                 },
                 [&](const Search::Pause& pause) {
                   call.timer = context_.timers.at(pause.until, [this, id] {
                     Active& waiting = active_.at(id);
                     waiting.timer = 0;
                     this->move(id,
                                waiting.search->resume(context_.host.now(), context_.situation));
                   });
                 },
                 [&](const Search::Serve&) {
                   call.search.reset();
                   carry_out(id, call.call.start(context_.view()));
                 },
                 [](const Search::Relay&) {},  // the caller has the answer at hand
                 [&](const Search::GiveUp& end) { step(id, api::NotApplied{end.why}); },
             },
             move);
}

void HttpDoor::on(engine::ConnectionId from, ForwardedAnswer&& forwarded) {
  context_.host.close(from);
  const CallId id = forwarded.id;
  const auto found = active_.find(id);
  if (found == active_.end() || found->second.leader != from) return;  // nobody waits any more
  Active& call = found->second;
  call.leader = {};
  const std::string error = forwarded.answer.status >= 400 ? forwarded.answer.body : std::string();
  const server::LeaderSearch::Move next = call.search->answered(context_.host.now(), error);
  if (std::holds_alternative<server::LeaderSearch::Relay>(next)) {
    return answer(id, api::relayed(std::move(forwarded.answer)));
  }
  move(id, next);
}

void HttpDoor::closed(engine::ConnectionId connection, net::Closing why) {
  std::vector<CallId> gone;
  std::vector<CallId> searching;
  for (const auto& [id, call] : active_) {
    if (call.client == connection) gone.push_back(id);
    if (call.search && call.leader == connection) searching.push_back(id);
  }
  for (const CallId id : gone) {
    context_.timers.cancel(active_.at(id).timer);
    waiters_.forget(id);
    active_.erase(id);
  }
  for (const CallId id : searching) {
    const auto found = active_.find(id);
    if (found == active_.end()) continue;
    found->second.leader = {};
    const bool was_open = why == net::Closing::by_peer || why == net::Closing::reset;
    move(id, found->second.search->unreachable(context_.host.now(), was_open,
                                               std::string(net::text(why))));
  }
}

}  // namespace peerlab::actors
