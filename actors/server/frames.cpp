#include "actors/server/frames.hpp"

namespace peerlab::actors {
namespace {

std::size_t size_of(const server::api::Headers& headers) {
  std::size_t size = 2;
  for (const auto& [name, value] : headers) size += name.size() + value.size() + 4;
  return size;
}

void add(Hasher& hasher, const server::api::Headers& headers) {
  for (const auto& [name, value] : headers) {
    hasher.add(name);
    hasher.add(value);
  }
}

// Of HTTP/1.1: `GET /v1/x?a=b HTTP/1.1`, the headers, an empty line, the body.
std::size_t size_of(const server::api::Request& request) {
  return request.method.size() + request.path.size() + request.query.size() + 14 +
         size_of(request.headers) + request.body.size();
}

void add(Hasher& hasher, std::uint64_t id, const server::api::Request& request) {
  hasher.add(id);
  hasher.add(request.method);
  hasher.add(request.path);
  hasher.add(request.query);
  add(hasher, request.headers);
  hasher.add(request.body);
}

std::size_t size_of(const server::api::Answer& answer) {
  return 17 + size_of(answer.headers) + answer.body.size();
}

void add(Hasher& hasher, std::uint64_t id, const server::api::Answer& answer) {
  hasher.add(id);
  hasher.add(static_cast<std::uint64_t>(answer.status));
  add(hasher, answer.headers);
  hasher.add(answer.body);
}

}  // namespace

std::size_t HttpRequest::encoded_size() const { return size_of(request); }
void HttpRequest::hash_into(Hasher& hasher) const { add(hasher, id, request); }
std::size_t HttpResponse::encoded_size() const { return size_of(answer); }
void HttpResponse::hash_into(Hasher& hasher) const { add(hasher, id, answer); }
std::size_t ForwardedRequest::encoded_size() const { return 8 + size_of(request); }
void ForwardedRequest::hash_into(Hasher& hasher) const { add(hasher, id, request); }
std::size_t ForwardedAnswer::encoded_size() const { return 8 + size_of(answer); }
void ForwardedAnswer::hash_into(Hasher& hasher) const { add(hasher, id, answer); }

}  // namespace peerlab::actors
