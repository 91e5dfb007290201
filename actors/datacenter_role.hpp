#pragma once

#include <optional>
#include <string>
#include <vector>

#include "peerlab/engine/engine.hpp"
#include "peerlab/engine/role.hpp"

namespace peerlab::actors {

/// A host that a datacenter provides.
struct Provision {
  net::HostName host;
  engine::RoleFactory factory;
  std::vector<std::string> addresses{};
};

/// Tells a datacenter what happens to hosts of it: power, processes, pauses.
struct PowerOrder {
  static constexpr std::string_view frame_name = "site/power";
  std::vector<net::Fault> faults;
  std::optional<Duration> lasts;  ///< after this time `ends` happen
  std::vector<net::Fault> ends;

  static constexpr std::size_t encoded_size() { return 0; }
  void hash_into(Hasher& hasher) const;
};

/// The name of the actor of a datacenter. No host of a topology can have it.
std::string site_name(const std::string& cluster);

/// A datacenter: the site, which provides hosts with their addresses and their power. It stands
/// outside its own network and is never down.
class DatacenterRole final : public engine::Role {
 public:
  /// Both must outlive the role.
  DatacenterRole(engine::Host& host, engine::Engine& engine,
                 const std::vector<Provision>& provisions)
      : host_(host), engine_(engine), provisions_(provisions) {}

  void start() override;
  void on(engine::Command&& command) override;
  void on(const engine::Due& due) override;
  using Role::on;

 private:
  engine::Host& host_;
  engine::Engine& engine_;
  const std::vector<Provision>& provisions_;
  std::vector<std::vector<net::Fault>> ends_;  // by the number of their timer
};

}  // namespace peerlab::actors
