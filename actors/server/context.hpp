#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/connection_user.hpp"
#include "actors/server/raft_member.hpp"
#include "actors/timers.hpp"
#include "peerlab/acl/authorizer.hpp"
#include "peerlab/peering/tracker.hpp"
#include "peerlab/server/api/call.hpp"
#include "peerlab/server/members.hpp"
#include "peerlab/server/settings.hpp"
#include "peerlab/server/state.hpp"

namespace peerlab::actors {

/// What a server is told when its host is made; the same in every life of the host.
struct ServerConfig {
  server::Settings settings;
  consensus::ServerId id;
  consensus::Configuration founders;  ///< addresses are `ip:port` of the RPC listener
  consensus::Timings timings;
  /// All servers of the cluster, as gossip would tell: always alive, since gossip is not built yet.
  std::vector<server::Member> members;
  /// The client agents of each partition, likewise; the default one has the empty name.
  std::map<PartitionName, std::vector<server::Member>> agents;
  std::vector<PartitionName> partitions;  ///< beside the default one
  bool intentions_allow = true;           ///< `default_intention_policy`
  Mutants mutants;
};

/// `10.1.0.1:8300` as the network knows it; port 0 where there is none.
net::Address address_of(const std::string& text);

/// What a proposal came to.
Result<void> result_of(const server::api::Input& end);

/// How many times a server has started from this disk, this time included.
std::uint64_t count_life(net::Disk& disk);

/// What the parts of one server share: its state, its clock, its chance. Parts keep references to
/// it and never to each other.
struct ServerContext {
  ServerContext(engine::Host& its_host, const ServerConfig& its_config)
      : host(its_host),
        config(its_config),
        timers(its_host),
        state(its_config.partitions, its_config.settings.datacenter),
        streams(its_config.mutants),
        random(its_host.random("server").fork(std::to_string(count_life(its_host.disk())))) {}

  /// What an API call may look at, now.
  server::api::View view();

  /// Appends a command; `done` is told what applying it came to, or why it was not applied.
  void propose(const server::Command& command, std::function<void(const server::api::Input&)> done);
  void verify(std::function<void(const server::api::Input&)> done);

  /// Destroys something once the event at hand is over: it may be on the stack now.
  template <class T>
  void retire(std::unique_ptr<T> user) {
    retired.push_back(std::shared_ptr<void>(std::move(user)));
  }

  engine::Host& host;
  const ServerConfig& config;
  Timers timers;
  server::State state;
  server::Situation situation;
  peering::StreamTracker streams;
  std::uint64_t stream_count = 0;  ///< of peer streams so far, either way
  server::api::AgentCache cache;
  /// Ids, secrets and jitter. Of this life alone: a server that starts again must not draw the ids
  /// once more that it gave away before.
  Random random;
  RaftMember* raft = nullptr;  ///< set by the role before anything happens

  /// Connections that belong to one part. All others are those of the RPC and HTTP listeners.
  std::map<engine::ConnectionId, ConnectionUser*> users;

  std::vector<std::shared_ptr<void>> retired;

  /// Results of entries that this server proposed, until their `done` is called.
  std::map<consensus::Index, server::ApplyResult> results;
};

}  // namespace peerlab::actors
