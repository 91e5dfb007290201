#include "peerlab/peering/addresses.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "peerlab/peering/token.hpp"

namespace peerlab::peering {
namespace {

using catalog::CheckServiceNode;
using catalog::Meta;

const std::string* find(const Meta& meta, const std::string& key) {
  const auto found = meta.find(key);
  return found == meta.end() ? nullptr : &found->second;
}

int number(const Meta& meta, const std::string& key) {
  const std::string* text = find(meta, key);
  int value = 0;
  if (text == nullptr) return 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, value);
  return parsed.ec == std::errc() && parsed.ptr == end ? value : 0;
}

/// The port on which a server serves its peers; 0 where it has none.
int grpc_port(const CheckServiceNode& server) {
  const int tls = number(server.service.meta, "grpc_tls_port");
  return tls > 0 ? tls : number(server.service.meta, "grpc_port");
}

struct Address {
  std::string host;
  std::int64_t port = 0;
};

Address wan_address(const CheckServiceNode& gateway) {
  const auto& [node, service, checks] = gateway;
  if (const auto tagged = service.tagged_addresses.find("wan");
      tagged != service.tagged_addresses.end()) {
    const auto& wan = tagged->second;
    return {wan.address, wan.port != 0 ? wan.port : service.port};
  }
  if (!service.address.empty()) return {service.address, service.port};
  const std::string* wan = find(node.tagged_addresses, "wan");
  return {wan != nullptr ? *wan : node.address, service.port};
}

Address lan_address(const CheckServiceNode& gateway) {
  const auto& [node, service, checks] = gateway;
  return {service.address.empty() ? node.address : service.address, service.port};
}

std::vector<std::string> texts(Instances gateways, Address (*address_of)(const CheckServiceNode&)) {
  std::vector<std::string> out;
  for (const auto& gateway : gateways) {
    const auto [host, port] = address_of(gateway);
    out.push_back(join_host_port(host, static_cast<int>(port)));
  }
  return out;
}

auto refused(std::string text) { return failure(Errc::invalid_argument, std::move(text)); }

}  // namespace

Result<std::vector<std::string>> token_server_addresses(bool through_gateways, Instances servers,
                                                        Instances gateways,
                                                        const Mutants& mutants) {
  std::vector<std::string> out;
  if (through_gateways) {
    out = gateway_wan_addresses(gateways);
    if (out.empty() && !mutants.has(Mutant::HB_003)) {
      return refused(
          "servers are configured to PeerThroughMeshGateways, but no mesh gateway instances are "
          "registered");
    }
    return out;
  }
  for (const auto& server : servers) {
    const int port = grpc_port(server);
    if (port <= 0) continue;
    const std::string* wan =
        mutants.has(Mutant::HB_012) ? nullptr : find(server.node.tagged_addresses, "wan");
    const std::string& host = wan != nullptr ? *wan : server.node.address;
    out.push_back(mutants.has(Mutant::HB_040) ? fmt::format("{}:{}", host, port)
                                              : join_host_port(host, port));
  }
  if (out.empty() && !mutants.has(Mutant::HB_003)) {
    return refused("a grpc bind port must be specified in the configuration for all servers");
  }
  return out;
}

std::vector<std::string> stream_server_addresses(Instances ready, const Mutants& mutants) {
  std::vector<std::string> out;
  for (const auto& server : ready) {
    const int port =
        mutants.has(Mutant::HB_014) ? number(server.service.meta, "grpc_port") : grpc_port(server);
    if (port <= 0) continue;
    const std::string* wan = find(server.node.tagged_addresses, "wan");
    if (mutants.has(Mutant::HB_013) || (wan != nullptr && wan->empty())) wan = nullptr;
    // Consul sends the LAN address where the WAN one is IPv6, and an IPv6 LAN address without
    // brackets. The dialer then loses the good address of its token (QP-08).
    const bool as_consul = mutants.has(Mutant::QP_08);
    if (as_consul && wan != nullptr && wan->find(':') != std::string::npos) wan = nullptr;
    const std::string& host = wan != nullptr ? *wan : server.node.address;
    out.push_back(as_consul ? fmt::format("{}:{}", host, port) : join_host_port(host, port));
  }
  return out;
}

std::vector<std::string> gateway_wan_addresses(Instances gateways) {
  return texts(gateways, wan_address);
}

std::vector<std::string> gateway_lan_addresses(Instances gateways) {
  return texts(gateways, lan_address);
}

}  // namespace peerlab::peering
