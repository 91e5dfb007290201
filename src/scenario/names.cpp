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

const ClusterPlan* find_cluster(const Topology& topology, std::string_view name) {
  for (const ClusterPlan& cluster : topology.clusters) {
    if (cluster.name.value() == name) return &cluster;
  }
  return nullptr;
}

const ServicePlan* find_service(const ClusterPlan& cluster, std::string_view name) {
  for (const ServicePlan& service : cluster.services) {
    if (service.name.value() == name) return &service;
  }
  return nullptr;
}

}  // namespace

std::optional<std::string> host_path(std::string_view path, const Topology& topology) {
  std::vector<std::string_view> parts = split(path);
  const ClusterPlan* cluster = find_cluster(topology, parts.front());
  if (cluster == nullptr) return std::nullopt;
  parts.erase(parts.begin());
  if (parts.empty()) return cluster->name.value();
  if (parts.front() == "server" && parts.size() == 2) {
    const std::optional<unsigned> index = index_of(parts[1]);
    if (parts[1] != "leader" && (!index || *index >= cluster->servers)) return std::nullopt;
    if (cluster->servers == 0) return std::nullopt;
    return fmt::format("{}/server/{}", cluster->name.value(), parts[1]);
  }
  if (parts.front() == "service" && parts.size() > 1) parts.erase(parts.begin());
  const ServicePlan* service = find_service(*cluster, parts.front());
  if (service == nullptr || parts.size() > 2) return std::nullopt;
  std::string host = fmt::format("{}/service/{}", cluster->name.value(), service->name.value());
  if (parts.size() == 1) return host;
  const std::optional<unsigned> index = index_of(parts[1]);
  if (!index || *index >= service->instances) return std::nullopt;
  return fmt::format("{}/{}", host, *index);
}

std::vector<std::string> instances(std::string_view service_path, const Topology& topology) {
  std::vector<std::string> hosts;
  for (const ClusterPlan& cluster : topology.clusters) {
    for (const ServicePlan& service : cluster.services) {
      for (unsigned index = 0; index < service.instances; ++index) {
        std::string host =
            fmt::format("{}/service/{}/{}", cluster.name.value(), service.name.value(), index);
        if (net::contains(net::HostGroup(std::string(service_path)), host)) {
          hosts.push_back(std::move(host));
        }
      }
    }
  }
  return hosts;
}

std::vector<std::string> known_paths(const Topology& topology) {
  std::vector<std::string> paths;
  for (const ClusterPlan& cluster : topology.clusters) {
    paths.push_back(cluster.name.value());
    for (unsigned index = 0; index < cluster.servers; ++index) {
      paths.push_back(fmt::format("{}/server/{}", cluster.name.value(), index));
    }
    if (cluster.servers > 0) paths.push_back(cluster.name.value() + "/server/leader");
    for (const ServicePlan& service : cluster.services) {
      const std::string short_path = cluster.name.value() + "/" + service.name.value();
      paths.push_back(short_path);
      for (unsigned index = 0; index < service.instances; ++index) {
        paths.push_back(fmt::format("{}/{}", short_path, index));
      }
    }
  }
  return paths;
}

}  // namespace peerlab::scenario
