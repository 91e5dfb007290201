#include "peerlab/scenario/names.hpp"

#include <fmt/format.h>

#include <charconv>

namespace peerlab::scenario {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

std::optional<unsigned> index_of(std::string_view text) {
  unsigned index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return index;
}

/// The partition with the path `dc1` or `dc1@web`.
Found partition_at(std::string_view path, const Topology& topology) {
  for (const ClusterPlan& cluster : topology.clusters) {
    for (const PartitionPlan& partition : cluster.partitions) {
      if (partition_path(cluster, partition) == path) return {&cluster, &partition, nullptr};
    }
  }
  return {};
}

const ServicePlan* find_service(const PartitionPlan& partition, std::string_view name) {
  for (const ServicePlan& service : partition.services) {
    if (service.name.value() == name) return &service;
  }
  return nullptr;
}

/// How many hosts of a kind that is counted there are.
unsigned count_of(const Found& at, std::string_view kind) {
  if (kind == "server") return at.partition->name.value().empty() ? at.cluster->servers : 0;
  if (kind == "agent") return at.partition->agents;
  return kind == "gateway" ? at.partition->gateways : 0;
}

/// `<kind>/<index>` of hosts that are counted, such as servers.
std::optional<std::string> counted(std::string_view home, std::string_view kind,
                                   std::string_view index, unsigned count) {
  const std::optional<unsigned> number = index_of(index);
  if (!number || *number >= count) return std::nullopt;
  return fmt::format("{}/{}/{}", home, kind, *number);
}

/// `service/<name>[/<index>]` or the same of sidecars.
std::optional<std::string> of_service(std::string_view home, std::string_view kind,
                                      const PartitionPlan& partition,
                                      const std::vector<std::string_view>& parts) {
  if (parts.empty() || parts.size() > 2) return std::nullopt;
  const ServicePlan* service = find_service(partition, parts[0]);
  if (service == nullptr || (kind == "sidecar" && !service->mesh)) return std::nullopt;
  const std::string all = fmt::format("{}/{}/{}", home, kind, parts[0]);
  if (parts.size() == 1) return all;
  const std::optional<unsigned> index = index_of(parts[1]);
  if (!index || *index >= service->instances) return std::nullopt;
  return fmt::format("{}/{}", all, *index);
}

void add_counted(std::vector<std::string>& paths, const std::string& home, std::string_view kind,
                 unsigned count) {
  for (unsigned index = 0; index < count; ++index) {
    paths.push_back(fmt::format("{}/{}/{}", home, kind, index));
  }
}

}  // namespace

std::string partition_path(const ClusterPlan& cluster, const PartitionPlan& partition) {
  const std::string& name = partition.name.value();
  return name.empty() ? cluster.name.value() : cluster.name.value() + "@" + name;
}

std::string sidecar_of(std::string_view instance) {
  constexpr std::string_view service = "/service/";
  std::string path(instance);
  return path.replace(path.find(service), service.size(), "/sidecar/");
}

std::optional<std::string> host_path(std::string_view path, const Topology& topology) {
  std::vector<std::string_view> parts = split(path);
  const std::string_view home = parts.front();
  const Found at = partition_at(home, topology);
  if (at.partition == nullptr) return std::nullopt;
  parts.erase(parts.begin());
  if (parts.empty()) return std::string(home);
  if (parts.size() == 2 && parts[0] == "server" && parts[1] == "leader") {
    if (count_of(at, "server") > 0) return std::string(path);
    return std::nullopt;
  }
  if (const unsigned count = count_of(at, parts[0]); count > 0) {
    if (parts.size() == 1) return std::string(path);
    if (parts.size() == 2) return counted(home, parts[0], parts[1], count);
  }
  const bool sidecar = parts.front() == "sidecar" && parts.size() > 1;
  if (sidecar || (parts.front() == "service" && parts.size() > 1)) parts.erase(parts.begin());
  return of_service(home, sidecar ? "sidecar" : "service", *at.partition, parts);
}

Found service_at(std::string_view service_path, const Topology& topology) {
  const std::vector<std::string_view> parts = split(service_path);
  Found found = partition_at(parts.front(), topology);
  if (found.partition == nullptr || parts.size() < 3 || parts[1] != "service") return {};
  found.service = find_service(*found.partition, parts[2]);
  return found;
}

std::vector<std::string> instances(std::string_view service_path, const Topology& topology) {
  std::vector<std::string> hosts;
  const net::HostGroup wanted{std::string(service_path)};
  for (const ClusterPlan& cluster : topology.clusters) {
    for (const PartitionPlan& partition : cluster.partitions) {
      const std::string home = partition_path(cluster, partition);
      for (const ServicePlan& service : partition.services) {
        for (unsigned index = 0; index < service.instances; ++index) {
          std::string host = fmt::format("{}/service/{}/{}", home, service.name.value(), index);
          if (net::contains(wanted, host)) hosts.push_back(std::move(host));
        }
      }
    }
  }
  return hosts;
}

std::vector<std::string> known_paths(const Topology& topology) {
  std::vector<std::string> paths;
  for (const ClusterPlan& cluster : topology.clusters) {
    for (const PartitionPlan& partition : cluster.partitions) {
      const std::string home = partition_path(cluster, partition);
      paths.push_back(home);
      for (const char* kind : {"server", "agent", "gateway"}) {
        const unsigned count = count_of({&cluster, &partition, nullptr}, kind);
        if (count > 0) paths.push_back(fmt::format("{}/{}", home, kind));
        add_counted(paths, home, kind, count);
        if (kind == std::string_view("server") && count > 0)
          paths.push_back(home + "/server/leader");
      }
      for (const ServicePlan& service : partition.services) {
        const std::string& name = service.name.value();
        paths.push_back(home + "/" + name);
        add_counted(paths, home, name, service.instances);
        if (service.mesh) add_counted(paths, home, "sidecar/" + name, service.instances);
      }
    }
  }
  return paths;
}

}  // namespace peerlab::scenario
