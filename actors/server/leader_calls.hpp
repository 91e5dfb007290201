#pragma once

#include <functional>
#include <memory>

#include "actors/server/context.hpp"

namespace peerlab::actors {

/// Small calls that a follower makes to its leader, each on a connection of its own.
class LeaderCalls {
 public:
  explicit LeaderCalls(ServerContext& context) : context_(context) {}

  /// `done` gets the frame that came back, or an empty one if there is no leader, it could not be
  /// reached, or it said nothing for seven seconds (the hold time of an RPC).
  using Done = std::function<void(net::Frame&&)>;
  void call(net::Frame request, Done done);

 private:
  class Call;
  ServerContext& context_;
};

}  // namespace peerlab::actors
