#pragma once

#include <map>
#include <memory>

#include "actors/server/agent_door.hpp"
#include "actors/server/certificate.hpp"
#include "actors/server/context.hpp"
#include "actors/server/grpc_door.hpp"
#include "actors/server/http_door.hpp"
#include "actors/server/leader_duties.hpp"
#include "actors/server/peer_streams.hpp"
#include "actors/server/peering_cleanup.hpp"
#include "actors/server/proxy_door.hpp"
#include "actors/server/sightings.hpp"
#include "peerlab/engine/role.hpp"

namespace peerlab::actors {

/// Tells a server that leads to hand leadership to another.
struct TransferLeadership {
  static constexpr std::string_view frame_name = "operator/transfer-leadership";
  static constexpr std::size_t encoded_size() { return 0; }
  static void hash_into(Hasher&) {}
};

/// A Consul server: Raft, the tables, the HTTP API, and the leader's duties.
class ServerRole final : public engine::Role {
 public:
  /// `config` must outlive the role.
  ServerRole(engine::Host& host, const ServerConfig& config);

  void start() override;
  void on(net::Frame&& frame, engine::ConnectionId from) override;
  void on(const engine::Due& due) override;
  void on(engine::Command&& command) override;
  void on(const engine::Accepted& accepted) override;
  void on(const engine::Connected& connected) override;
  void on(const engine::Closed& closed) override;
  using Role::on;

  /// For observers: what is stored and who leads.
  const server::State& state() const { return context_.state; }
  const server::Situation& situation() const { return context_.situation; }

 private:
  RaftMember::Owner raft_owner();
  void send_raft(consensus::ServerId to, const consensus::Message& message);
  void take(net::Frame&& frame, engine::ConnectionId from);
  void apply(consensus::Index index, const std::string& bytes);
  void restore(const std::string& snapshot);
  void look_at_leadership();
  void look_whether_ready();
  void reconcile();
  void reconcile(const PartitionName& partition, const std::vector<server::Member>& members);
  void make_ca(std::function<void(bool)> done);

  ServerContext context_;
  RaftMember raft_;
  GrpcDialer dialer_;
  SecretExchange exchange_;
  LeaderCalls leader_calls_;
  HttpDoor http_;
  SecretGranter granter_;
  PeerStreams streams_;
  PeeringCleanup cleanup_;
  GrpcDoor grpc_;
  ServerCertificate certificate_;
  ProxyDoor proxies_;
  AgentDoor agents_;
  LeaderDuties duties_;
  Sightings sightings_;
  std::map<consensus::ServerId, engine::ConnectionId> raft_links_;
  bool was_ready_ = false;
};

}  // namespace peerlab::actors
