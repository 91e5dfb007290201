#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/catalog/types.hpp"

namespace peerlab::mesh {

/// Where a connection goes: an IP address or a host name, and a port.
struct Address {
  std::string host;
  std::int64_t port = 0;

  friend auto operator<=>(const Address&, const Address&) = default;
};

/// `10.0.0.1:8443`; an IPv6 address stands in brackets.
std::string to_text(const Address& address);

/// Reads `host:port`. Without a port it is 0.
Address address_of(std::string_view text);

bool is_ip(std::string_view host);

/// From where an instance is dialed: inside its datacenter, or from another cluster.
enum class Reach { lan, wan };

/// The address to dial (traffic spec 2.2): for `wan` the service's `wan` tagged address, its
/// address, the node's `wan` address, the node's address; for `lan` the service's address, the
/// node's. (T-056)
Address best_address(const catalog::CheckServiceNode& instance, Reach reach);

enum class Health { healthy, unhealthy };

/// One place that a cluster of a proxy can send to.
struct Endpoint {
  Address address;
  Health health = Health::healthy;
  std::uint32_t weight = 1;  ///< 1 to 128

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// An instance as an endpoint (traffic spec 7.1): a critical check, or the maintenance that crosses
/// from a peer, makes it unhealthy; a warning chooses the other weight; a weight below 1 makes it
/// unhealthy, one above 128 counts as 128. In the reference maintenance does no harm (QT-08).
/// (T-247)
Endpoint endpoint_of(const catalog::CheckServiceNode& instance, Reach reach,
                     const Mutants& mutants = {});

std::vector<Endpoint> endpoints_of(const std::vector<catalog::CheckServiceNode>& instances,
                                   Reach reach, const Mutants& mutants = {});

}  // namespace peerlab::mesh
