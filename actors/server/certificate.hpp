#pragma once

#include <functional>
#include <string>

#include "actors/server/leader_calls.hpp"
#include "peerlab/trust/leaf.hpp"

namespace peerlab::actors {

/// A follower asks its leader for the next serial number of the CA.
struct SerialRequest {
  static constexpr std::string_view frame_name = "rpc/take-serial";
  static constexpr std::size_t encoded_size() { return 32; }
  static void hash_into(Hasher&) {}
};
struct SerialReply {
  static constexpr std::string_view frame_name = "rpc/take-serial-reply";
  std::uint64_t serial = 0;  ///< 0: there is none to be had
  static constexpr std::size_t encoded_size() { return 40; }
  void hash_into(Hasher& hasher) const { hasher.add(serial); }
};

/// Keeps the certificate of this server for the peering control plane: gets one when the cluster
/// has a CA, another when a new root signs, and a fresh one before it runs out. (C: section 7.2)
class ServerCertificate {
 public:
  using Issued = std::function<void(const trust::Leaf&)>;

  ServerCertificate(ServerContext& context, LeaderCalls& leader, Issued issued)
      : context_(context), leader_(leader), issued_(std::move(issued)) {}

  /// Something may have changed: the CA, or who leads. Cheap.
  void look();

  /// The next serial number of the CA, 0 where there is none; asks the leader. `done` may be called
  /// at once.
  void take_serial(std::function<void(std::uint64_t)> done);

 private:
  void ask();
  void issue(std::uint64_t serial);

  ServerContext& context_;
  LeaderCalls& leader_;
  Issued issued_;
  std::string root_id_;  // the root that signed what we have; empty: we have nothing
  bool asking_ = false;
  Timers::Id timer_ = 0;
};

}  // namespace peerlab::actors
