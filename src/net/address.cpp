#include "peerlab/net/address.hpp"

#include <fmt/format.h>

namespace peerlab::net {

bool contains(const HostGroup& group, std::string_view name) {
  const std::string& path = group.value();
  if (path.empty()) return true;
  if (!name.starts_with(path)) return false;
  if (name.size() == path.size()) return true;
  return name[path.size()] == '/' || name[path.size()] == '@';
}

std::string text(const Address& address) {
  return fmt::format("{}:{}", address.host, address.port);
}

}  // namespace peerlab::net
