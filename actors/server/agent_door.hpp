#pragma once

#include "actors/agent/frames.hpp"
#include "actors/server/context.hpp"
#include "actors/server/leader_calls.hpp"

namespace peerlab::actors {

/// Answers the client agents of the datacenter.
class AgentDoor {
 public:
  AgentDoor(ServerContext& context, LeaderCalls& leader) : context_(context), leader_(leader) {}

  void on(engine::ConnectionId from, CatalogWrite&& write);
  void on(engine::ConnectionId from, const NodeRead& read);

 private:
  ServerContext& context_;
  LeaderCalls& leader_;
};

}  // namespace peerlab::actors
