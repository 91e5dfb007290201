#include "lookup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "peerlab/scenario/names.hpp"
#include "peerlab/text/suggest.hpp"
#include "peerlab/text/utf8.hpp"
#include "values.hpp"

namespace peerlab::scenario {

using text::Node;

std::optional<std::string> Lookup::host(const Node& name) const {
  std::optional<std::string> path = host_path(name.text, topology_);
  if (!path) {
    unknown(text::codes::unknown_host, name.span, "host", name.text, known_paths(topology_));
  }
  return path;
}

const ClusterPlan* Lookup::find(std::string_view name) const {
  for (const ClusterPlan& each : topology_.clusters) {
    if (each.name.value() == name) return &each;
  }
  return nullptr;
}

std::vector<std::string> Lookup::partition_names(const ClusterPlan& cluster) {
  std::vector<std::string> names{"default"};
  for (const PartitionPlan& each : cluster.partitions) {
    if (!each.name.value().empty()) names.push_back(each.name.value());
  }
  return names;
}

std::vector<std::string> Lookup::cluster_names() const {
  std::vector<std::string> names;
  for (const ClusterPlan& each : topology_.clusters) names.push_back(each.name.value());
  return names;
}

std::vector<std::string> Lookup::clusters_with_servers() const {
  std::vector<std::string> names;
  for (const ClusterPlan& each : topology_.clusters) {
    if (each.servers > 0) names.push_back(each.name.value());
  }
  return names;
}

DatacenterName Lookup::datacenter(const std::string& cluster) const {
  const ClusterPlan* found = find(cluster);
  return found != nullptr ? found->datacenter : DatacenterName(cluster);
}

Edition Lookup::edition(const std::string& cluster) const {
  const ClusterPlan* found = find(cluster);
  return found != nullptr ? found->edition : Edition::community;
}

std::string Lookup::cluster(const Node& name) const {
  if (find(name.text) != nullptr) return name.text;
  unknown(text::codes::unknown_host, name.span, "cluster", name.text, cluster_names());
  return {};
}

checks::Tenant Lookup::tenant(const Node& name) const {
  checks::Tenant tenant;
  const std::size_t at = name.text.find('@');
  tenant.cluster = name.text.substr(0, at);
  if (at != std::string::npos) tenant.partition = name.text.substr(at + 1);
  const ClusterPlan* cluster = find(tenant.cluster);
  if (cluster == nullptr) {
    unknown(text::codes::unknown_host, name.span, "cluster", tenant.cluster, cluster_names());
  } else if (cluster->servers == 0) {
    diagnostics_
        .error(text::codes::not_a_server, name.span,
               fmt::format("{} has no servers", text::quote(tenant.cluster)))
        .help("give it some in `topology`: `servers: 3`");
  } else if (tenant.partition.empty()) {
    diagnostics_.error(text::codes::bad_name, name.span, "the name of the partition is missing")
        .help("write `dc1@web`, or `dc1` for the partition `default`");
  } else if (tenant.partition != "default" && cluster->edition == Edition::community) {
    diagnostics_
        .error(text::codes::unknown_partition, name.span,
               fmt::format("{} has no partitions", text::quote(tenant.cluster)))
        .help("partitions need `edition: enterprise`");
  } else if (!std::ranges::count(partition_names(*cluster), tenant.partition)) {
    unknown(text::codes::unknown_partition, name.span, "partition", tenant.partition,
            partition_names(*cluster));
  } else {
    return tenant;
  }
  return {};
}

std::string Lookup::server(const Node& name) const {
  const std::optional<std::string> path = host(name);
  if (!path) return {};
  if (path->find("/server/") != std::string::npos) return *path;
  if (const ClusterPlan* cluster = find(*path); cluster != nullptr && cluster->servers > 0) {
    return *path + "/server/0";
  }
  diagnostics_
      .error(text::codes::not_a_server, name.span,
             fmt::format("{} is no server", text::quote(name.text)))
      .help("name a server (`dc1/server/0`, `dc1/server/leader`) or a cluster that has some");
  return {};
}

std::string Lookup::service(const Node& name) const {
  const std::optional<std::string> path = host(name);
  if (!path) return {};
  if (service_at(*path, topology_).service != nullptr) return *path;
  diagnostics_
      .error(text::codes::not_a_service, name.span,
             fmt::format("{} is no service", text::quote(name.text)))
      .help("name a service (`dc1/web`) or one of its instances (`dc1/web/0`)");
  return {};
}

std::vector<std::string> Lookup::instances(const std::string& service) const {
  return scenario::instances(service, topology_);
}

std::string Lookup::instance(const Node& name) const {
  const std::string path = service(name);
  if (path.empty()) return {};
  const std::vector<std::string> hosts = instances(path);
  if (!hosts.empty()) return hosts.front();
  diagnostics_
      .error(text::codes::not_a_service, name.span,
             fmt::format("{} has no instances in the topology", text::quote(name.text)))
      .help("give it one: `instances: 1`");
  return {};
}

std::uint64_t Lookup::within(const Node& node, std::uint64_t least, std::uint64_t most,
                             std::string_view what) const {
  const std::uint64_t number = whole_number(node);
  if (number >= least && number <= most) return number;
  diagnostics_
      .error(text::codes::bad_number, node.span,
             fmt::format("{} must lie between {} and {}", what, least, most))
      .help(fmt::format("write a whole number from {} to {}", least, most));
  return least;
}

void Lookup::unknown(const text::Code& code, text::Span span, std::string_view kind,
                     const std::string& name, const std::vector<std::string>& known) const {
  text::Diagnostic& finding =
      diagnostics_.error(code, span, fmt::format("there is no {} {}", kind, text::quote(name)));
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  if (const auto near = text::did_you_mean(name, candidates)) {
    finding.help(fmt::format("did you mean `{}`?", *near));
  } else if (known.empty()) {
    finding.help(fmt::format("the scenario has no {} at all", kind));
  } else {
    finding.help("there are " + text::enumerate(candidates));
  }
}

}  // namespace peerlab::scenario
