#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/agent/frames.hpp"
#include "actors/agent/server_calls.hpp"
#include "peerlab/catalog/command.hpp"
#include "peerlab/engine/role.hpp"

namespace peerlab::actors {

/// A check that an agent runs: a TCP connection to `probes`, or the alias of another service.
struct LocalCheck {
  catalog::Check row;  ///< with its first status
  std::optional<net::Address> probes;
  std::optional<catalog::ServiceId> alias_of;
};

/// What a client agent is told when its host is made; the same in every life of the host.
struct AgentSetup {
  PartitionName partition;
  catalog::Node node;
  std::vector<catalog::Service> services;
  std::vector<LocalCheck> checks;
  std::vector<net::Address> servers;
};

/// A client agent: it knows which services run on its node and how they are, and keeps the catalog
/// in step with that. (Datacenter 4.1 to 4.4)
class AgentRole final : public engine::Role {
 public:
  /// `setup` must outlive the role.
  AgentRole(engine::Host& host, const AgentSetup& setup);
  ~AgentRole() override;

  void start() override;
  void on(net::Frame&& frame, engine::ConnectionId from) override;
  void on(const engine::Due& due) override;
  void on(const engine::Connected& connected) override;
  void on(const engine::Closed& closed) override;
  using Role::on;

 private:
  class Prober;

  // Anti-entropy.
  void full_sync();
  void compare(const NodeRows& rows);
  void push();
  void written(const std::string& error, const std::function<void()>& agreed);
  void again_after(Duration pause);
  bool in_sync() const;
  struct Write {
    catalog::Command command;
    std::function<void()> agreed;  ///< the catalog has taken it
  };
  Write next_write();

  // Checks.
  void turn(std::size_t check, std::string_view status, std::string output);
  void look_at_aliases();
  void look_whether_ready();

  engine::Host& host_;
  const AgentSetup& setup_;
  Timers timers_;
  ConnectionUsers users_;
  Random random_;
  ServerCalls servers_;

  std::vector<catalog::Check> rows_;  // of the checks, as they are now
  std::set<std::size_t> checks_run_;  // that have had a result
  std::vector<std::unique_ptr<Prober>> probers_;

  // What the catalog does not agree with yet.
  bool node_differs_ = true;
  std::set<std::size_t> services_differ_;
  std::set<std::size_t> checks_differ_;
  std::vector<catalog::Deregister> strangers_;
  bool pushing_ = false;
  bool ever_synced_ = false;
  bool was_ready_ = false;
  Timers::Id timer_ = 0;
};

}  // namespace peerlab::actors
