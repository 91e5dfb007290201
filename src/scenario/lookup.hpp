#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/checks/expectation.hpp"
#include "peerlab/scenario/plan.hpp"
#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/node.hpp"

namespace peerlab::scenario {

/// Looks up what the scalars of a scenario name. What there is not is a finding, and an empty name.
class Lookup {
 public:
  /// Both must outlive this; the topology may still grow.
  Lookup(const Topology& topology, text::Diagnostics& diagnostics)
      : topology_(topology), diagnostics_(diagnostics) {}

  /// A path of hosts, as host_path gives it.
  std::optional<std::string> host(const text::Node& name) const;
  std::string cluster(const text::Node& name) const;
  /// A cluster (`dc1`) or a partition of one (`dc1@web`); nobody where there is none.
  checks::Tenant tenant(const text::Node& name) const;
  /// The host of a server; of a cluster the first one.
  std::string server(const text::Node& name) const;
  /// A service, or one of its instances.
  std::string service(const text::Node& name) const;
  /// The hosts of a service, as `service` gave it.
  std::vector<std::string> instances(const std::string& service) const;
  /// Of several instances the first.
  std::string instance(const text::Node& name) const;
  /// What a cluster calls itself.
  DatacenterName datacenter(const std::string& cluster) const;
  Edition edition(const std::string& cluster) const;
  /// Every cluster that has servers.
  std::vector<std::string> clusters_with_servers() const;

  /// The number, which must lie between two others; the smaller one if it does not.
  std::uint64_t within(const text::Node& node, std::uint64_t least, std::uint64_t most,
                       std::string_view what) const;

  /// The finding that nothing of a kind has this name, with what could be meant.
  void unknown(const text::Code& code, text::Span span, std::string_view kind,
               const std::string& name, const std::vector<std::string>& known) const;

  text::Diagnostics& diagnostics() const { return diagnostics_; }
  const Topology& topology() const { return topology_; }

 private:
  const ClusterPlan* find(std::string_view name) const;
  std::vector<std::string> cluster_names() const;
  static std::vector<std::string> partition_names(const ClusterPlan& cluster);

  const Topology& topology_;
  text::Diagnostics& diagnostics_;
};

}  // namespace peerlab::scenario
