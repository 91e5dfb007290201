#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "peerlab/base/strong.hpp"

namespace peerlab::net {

/// The stable name of a host, a path such as `dc1/server/1`. It keys the host's random streams and
/// stands in traces, so adding a host changes nothing for the others.
using HostName = Strong<struct HostNameTag, std::string>;

/// All hosts whose name is this path or lies below it: `dc1` holds `dc1/server/1` and, as its
/// partition, `dc1@web/gateway/0`. The empty path holds every host.
using HostGroup = Strong<struct HostGroupTag, std::string>;

/// Whether the host called `name` belongs to `group`.
bool contains(const HostGroup& group, std::string_view name);

using Port = std::uint16_t;

/// Where a role connects to: the name of a host, or an address that was given to one.
struct Address {
  std::string host;
  Port port = 0;
  friend auto operator<=>(const Address&, const Address&) = default;
};

/// `host:port`.
std::string text(const Address& address);

}  // namespace peerlab::net
