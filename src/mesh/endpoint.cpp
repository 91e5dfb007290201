#include "peerlab/mesh/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace peerlab::mesh {
namespace {

constexpr std::int64_t largest_weight = 128;

bool has_status(const catalog::CheckServiceNode& instance, std::string_view status) {
  return std::ranges::any_of(instance.checks,
                             [&](const auto& check) { return check.status == status; });
}

}  // namespace

std::string to_text(const Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", address.host, address.port)
            : fmt::format("{}:{}", address.host, address.port);
}

Address address_of(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos || text.ends_with(']')) return {std::string(text), 0};
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  std::int64_t port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {std::string(host), port};
}

bool is_ip(std::string_view host) {
  if (host.find(':') != host.npos) return true;  // no host name holds a colon
  int parts = 0;
  for (std::string_view rest = host; !rest.empty(); ++parts) {
    const auto dot = std::min(rest.find('.'), rest.size());
    int value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + dot, value);
    if (error != std::errc() || end != rest.data() + dot || value < 0 || value > 255) return false;
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  return parts == 4;
}

Address best_address(const catalog::CheckServiceNode& instance, Reach reach) {
  const auto& service = instance.service;
  if (reach == Reach::wan) {
    const auto tagged = service.tagged_addresses.find("wan");
    if (tagged != service.tagged_addresses.end() && !tagged->second.address.empty()) {
      return {tagged->second.address, tagged->second.port};
    }
  }
  if (!service.address.empty()) return {service.address, service.port};
  if (reach == Reach::wan) {
    const auto tagged = instance.node.tagged_addresses.find("wan");
    if (tagged != instance.node.tagged_addresses.end() && !tagged->second.empty()) {
      return {tagged->second, service.port};
    }
  }
  return {instance.node.address, service.port};
}

Endpoint endpoint_of(const catalog::CheckServiceNode& instance, Reach reach,
                     const Mutants& mutants) {
  const bool warning = has_status(instance, catalog::health::warning);
  const auto& weights = instance.service.weights;
  const std::int64_t weight = warning ? weights.warning : weights.passing;
  const bool out_of_service =
      has_status(instance, catalog::health::critical) ||
      (has_status(instance, catalog::health::maintenance) && !mutants.has(Mutant::QT_08));
  return {best_address(instance, reach),
          out_of_service || weight < 1 ? Health::unhealthy : Health::healthy,
          static_cast<std::uint32_t>(std::clamp<std::int64_t>(weight, 1, largest_weight))};
}

std::vector<Endpoint> endpoints_of(const std::vector<catalog::CheckServiceNode>& instances,
                                   Reach reach, const Mutants& mutants) {
  std::vector<Endpoint> out;
  out.reserve(instances.size());
  for (const auto& instance : instances) out.push_back(endpoint_of(instance, reach, mutants));
  return out;
}

}  // namespace peerlab::mesh
