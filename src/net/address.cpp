#include "peerlab/net/address.hpp"

#include <fmt/format.h>

namespace peerlab::net {

bool contains(const HostGroup& group, std::string_view name) {
  const std::string& path = group.value();
  if (path.empty()) return true;
  return name.starts_with(path) && (name.size() == path.size() || name[path.size()] == '/');
}

std::string text(const Address& address) {
  return fmt::format("{}:{}", address.host, address.port);
}

}  // namespace peerlab::net
