#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "actors/server/grpc.hpp"
#include "peerlab/peering/stream.hpp"

namespace peerlab::actors {

/// One end of one peer stream inside a server: gives the core what happens and carries out what it
/// asks for.
class StreamRun {
 public:
  struct Owner {
    /// The peer wants resources of this type from now on.
    std::function<void(peering::ResourceType)> subscribed;
    /// Applies a resource of the peer; `done` gets nothing, or why it failed.
    std::function<void(const peering::Import&,
                       std::function<void(std::optional<std::string>)> done)>
        import;
    /// The stream is over. The run may be destroyed after this event.
    std::function<void(const peering::Status&)> ended;
  };

  /// An acceptor's end.
  StreamRun(ServerContext& context, Owner owner);
  /// A dialer's end.
  StreamRun(ServerContext& context, const peering::DialerIdentity& identity, Owner owner);
  ~StreamRun();
  StreamRun(const StreamRun&) = delete;
  StreamRun& operator=(const StreamRun&) = delete;

  /// Begins, on a connection whose client has called StreamResources, or that is ready for the
  /// call. The owner may be told of the end from within.
  void open(engine::ConnectionId connection);
  void step(const peering::Input& input);

  /// Our own ID of the peering, once it is known.
  const std::optional<PeerId>& peering() const { return peering_; }

 private:
  void received(net::Frame&& frame);
  void broken(peering::Status why);

  void record(const peering::ReplicationMessage& message, bool sent);
  void record_begin();

  void carry_out(const peering::Send& send);
  void carry_out(const peering::Arm& arm);
  void carry_out(const peering::CheckOpen& check);
  void carry_out(const peering::PromoteSecret& promote);
  void carry_out(const peering::Subscribed& subscribed);
  void carry_out(const peering::Import& import);
  void carry_out(const peering::MarkTerminated& mark);
  void carry_out(const peering::HalfClose& close);
  void carry_out(const peering::Hangup& hangup);
  void carry_out(const peering::Crash& crash);

  peering::Leadership leadership() const;

  ServerContext& context_;
  peering::PeerStream stream_;
  peering::Side side_;
  std::optional<PeerId> peering_;
  std::string peer_;      // its name at the beginning, for the trace
  std::uint64_t number_;  // among the streams of this server, for the trace
  Owner owner_;
  std::unique_ptr<GrpcChannel> channel_;
  std::map<peering::Timer, Timers::Id> timers_;
  std::deque<peering::Input> inputs_;
  bool stepping_ = false;
  bool ended_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace peerlab::actors
