#include "actors/call.hpp"

namespace peerlab::actors {
namespace {

void add(Hasher& hasher, const std::optional<mesh::HttpRequest>& http) {
  if (!http) return;
  hasher.add(http->method);
  hasher.add(http->path);
  for (const auto& [name, value] : http->headers) {
    hasher.add(name);
    hasher.add(value);
  }
}

}  // namespace

std::size_t CallRequest::encoded_size() const {
  std::size_t size = 128;  // a short request
  if (!http) return size;
  for (const auto& [name, value] : http->headers) size += name.size() + value.size() + 4;
  return size;
}

void CallRequest::hash_into(Hasher& hasher) const {
  hasher.add(call);
  add(hasher, http);
}

void MakeCall::hash_into(Hasher& hasher) const {
  hasher.add(call);
  hasher.add(to.host);
  hasher.add(to.port);
  hasher.add(name);
  add(hasher, http);
  hasher.add(static_cast<std::uint64_t>(timeout.count()));
}

}  // namespace peerlab::actors
