#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "actors/server/peer_link.hpp"
#include "peerlab/peering/redial.hpp"

namespace peerlab::actors {

/// The leader's duty to keep a stream to every acceptor that this cluster was established with (C:
/// sections 7.5 to 7.7).
class PeerDialers {
 public:
  /// All must outlive it.
  PeerDialers(ServerContext& context, GrpcDialer& dialer, const Exported& exported);
  ~PeerDialers();

  /// Dials those peerings that should be and are not connected, and no others any more.
  void pass();
  void stop();

  void for_each(const std::function<void(PeerLink&)>& visit);

 private:
  struct Loop;

  void dial(const PeerId& peering);
  void dialled(const PeerId& peering, std::uint64_t attempt,
               std::variant<engine::ConnectionId, peering::Status> outcome);
  void ended(const PeerId& peering, const peering::Status& status);
  void again(const PeerId& peering, peering::GrpcCode code, Duration lasted);
  void forget(const PeerId& peering);
  /// The record of a peering that should be dialed; null where it should not.
  const peering::Peering* wanted(const PeerId& peering) const;
  std::vector<std::string> gateways() const;

  ServerContext& context_;
  GrpcDialer& dialer_;
  const Exported& exported_;
  std::map<PeerId, std::unique_ptr<Loop>> loops_;
  std::uint64_t attempts_ = 0;
};

}  // namespace peerlab::actors
