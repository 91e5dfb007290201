#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "peerlab/mesh/facts.hpp"

/// The clusters on which `golden/traffic` was recorded, as far as the mesh looks at them. A case's
/// setup.json is written into their catalogs, what is exported is imported at the other side, and
/// then they give the facts of each proxy.
namespace peerlab::mesh::tests {

/// One cluster: its catalog, and whom it knows.
class RecordedCluster {
 public:
  RecordedCluster(std::string datacenter, std::string node, std::string address, std::string id,
                  std::string label);

  void put(catalog::Register registration);
  void put(catalog::ConfigEntry entry);

  const catalog::CatalogTables& tables() const { return *tables_; }
  /// The service with that id on the cluster's own node.
  const catalog::Service& service(const std::string& id) const;
  std::vector<catalog::CheckServiceNode> gateways() const;
  bool peers_through_gateways() const;
  catalog::Node own_node() const;

  OwnCluster own;
  NodeName node;
  std::string address;
  std::map<PeerName, std::string> peers;  ///< own name for a peer -> letter of the other cluster
  std::vector<PeerName> dialed;

 private:
  void apply(const catalog::Command& command);

  std::unique_ptr<store::Store> store_ = std::make_unique<store::Store>();
  std::unique_ptr<catalog::CatalogTables> tables_ =
      std::make_unique<catalog::CatalogTables>(*store_);
  store::RaftIndex index_ = 0;
};

class RecordedWorld {
 public:
  /// Plays `tests/golden/traffic/<folder>/setup.json`.
  explicit RecordedWorld(const std::string& folder, const Mutants& mutants = {});

  /// The configuration of the proxy with that ID in cluster `letter`.
  ProxyConfig config(const std::string& letter, const std::string& id) const;

  /// What `letter` imported of a service from its peer.
  std::vector<catalog::CheckServiceNode> imported(const std::string& letter, const PeerName& peer,
                                                  const std::string& service) const;

 private:
  void play(const nlohmann::json& step);
  void import(const std::string& letter, const PeerName& peer);
  MeshState state(const RecordedCluster& cluster) const;
  GatewayFacts gateway(const RecordedCluster& cluster, const catalog::Service& gateway) const;

  std::map<std::string, RecordedCluster> clusters_;
  Action default_action_ = Action::deny;
  Mutants mutants_;
};

}  // namespace peerlab::mesh::tests
