#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "actors/server/context.hpp"
#include "actors/server/frames.hpp"
#include "actors/server/secret_exchange.hpp"
#include "peerlab/server/forward.hpp"
#include "peerlab/store/watch.hpp"

namespace peerlab::actors {

/// The HTTP API of a server, and the calls that other servers hand on to it as their leader.
/// Carries out what an api::Call asks for until it has its answer.
class HttpDoor {
 public:
  HttpDoor(ServerContext& context, SecretExchange& exchange)
      : context_(context), exchange_(exchange) {}

  /// A client's request, or (forwarded) one that a follower hands on.
  void on(engine::ConnectionId from, HttpRequest&& request);
  void on(engine::ConnectionId from, ForwardedRequest&& request);
  /// The leader's answer to what this server handed on.
  void on(engine::ConnectionId from, ForwardedAnswer&& answer);

  /// The connection is gone: its calls are dropped; what waits for the leader looks for another.
  void closed(engine::ConnectionId connection, net::Closing why);

  /// The store has changed: wakes the queries that wait for it.
  void committed(const store::Commit& commit);
  /// The store was replaced by a snapshot.
  void restored();

 private:
  using CallId = std::uint64_t;

  struct Active {
    server::api::Call call;
    engine::ConnectionId client;
    std::uint64_t client_id = 0;  ///< the client's number of the request
    bool forwarded = false;       ///< the client is a follower of ours
    Timers::Id timer = 0;
    std::optional<server::LeaderSearch> search{};
    engine::ConnectionId leader{};  ///< where the search asks
  };

  void begin(Active active);
  void step(CallId id, const server::api::Input& input);
  void carry_out(CallId id, server::api::Outcome outcome);
  void answer(CallId id, server::api::Answer answer);
  void wait(CallId id, server::api::Wait wait);
  void forward(CallId id, const server::api::Forward& forward);
  void move(CallId id, const server::LeaderSearch::Move& move);

  ServerContext& context_;
  SecretExchange& exchange_;
  store::Waiters waiters_;
  std::map<CallId, Active> active_;
  CallId calls_ = 0;
};

}  // namespace peerlab::actors
