#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "actors/server/peer_dialers.hpp"
#include "peerlab/peering/limiter.hpp"

namespace peerlab::actors {

/// All peer streams of a server: those that peers open here and, on the leader, those that it opens
/// itself.
class PeerStreams {
 public:
  PeerStreams(ServerContext& context, GrpcDialer& dialer)
      : context_(context), dialers_(context, dialer, exported_) {}

  /// A dialer has called StreamResources on this connection.
  void accept(engine::ConnectionId connection);

  /// The leader's duty to dial (server::Duty::peering_streams).
  void start();
  void stop();

  void leadership_changed();
  /// An entry of the log was applied; the store was replaced by a snapshot.
  void committed(const store::Commit& commit);
  void restored();

 private:
  void for_each(const std::function<void(PeerLink&)>& visit);
  void read_peerings();
  void read_servers();
  void read_roots();
  void sync();
  void end_deleted();

  ServerContext& context_;
  Exported exported_;
  PeerDialers dialers_;
  std::map<std::uint64_t, std::unique_ptr<PeerLink>> accepted_;
  std::uint64_t accepts_ = 0;
  store::Waiters waiters_;
  std::optional<peering::Limiter> passes_;  // while this server leads
  Timers::Id next_pass_ = 0;
};

}  // namespace peerlab::actors
