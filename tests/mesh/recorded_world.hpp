#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "peerlab/mesh/config_entries.hpp"
#include "peerlab/mesh/gateway.hpp"
#include "peerlab/mesh/sidecar.hpp"

/// The clusters on which `golden/traffic` was recorded, as far as the mesh looks at them. A case's
/// setup.json is played into them; then they give the facts of each proxy.
namespace peerlab::mesh::tests {

/// What a request registered.
struct Registered {
  catalog::Service service;
  std::vector<catalog::Check> checks;
};

struct RecordedCluster {
  OwnCluster own;
  NodeName node;
  std::string address;
  std::map<PeerName, std::string> peers;  ///< own name for a peer -> letter of the other cluster
  std::vector<PeerName> dialed;
  std::map<std::string, Registered> services;          ///< by ID
  std::map<std::string, catalog::ConfigEntry> config;  ///< by `<kind>/<name>`

  template <class Entry>
  const Entry* entry(const std::string& name) const {
    const auto found = config.find(std::string(Entry::kind) + "/" + name);
    return found == config.end() ? nullptr : std::get_if<Entry>(&found->second);
  }
  std::string protocol(const std::string& service) const;
  std::vector<catalog::CheckServiceNode> instances(const std::string& connect_name) const;
  std::vector<catalog::CheckServiceNode> gateways() const;
};

class RecordedWorld {
 public:
  /// Plays `tests/golden/traffic/<folder>/setup.json`.
  explicit RecordedWorld(const std::string& folder, const Mutants& mutants = {});

  /// Facts of the proxy with that ID in cluster `letter`.
  SidecarFacts sidecar(const std::string& letter, const std::string& id) const;
  GatewayFacts gateway(const std::string& letter, const std::string& id) const;
  bool is_gateway(const std::string& letter, const std::string& id) const;

  /// What `letter` imported of a service from its peer.
  std::vector<catalog::CheckServiceNode> imported(const std::string& letter, const PeerName& peer,
                                                  const std::string& service) const;

 private:
  void play(const nlohmann::json& step);
  std::vector<PeerName> consumers(const RecordedCluster& cluster, const std::string& service,
                                  bool most_specific_only) const;
  trust::TrustBundle bundle(const RecordedCluster& holder, const PeerName& peer) const;

  std::map<std::string, RecordedCluster> clusters_;
  Action default_action_ = Action::deny;
  Mutants mutants_;
};

}  // namespace peerlab::mesh::tests
