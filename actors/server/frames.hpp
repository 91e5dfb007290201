#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "peerlab/base/hash.hpp"
#include "peerlab/consensus/message.hpp"
#include "peerlab/net/address.hpp"
#include "peerlab/server/api/http.hpp"

namespace peerlab::actors {

// The ports of a Consul server (datacenter spec 1.1).
inline constexpr net::Port http_port = 8500;
inline constexpr net::Port rpc_port = 8300;
inline constexpr net::Port grpc_tls_port = 8503;

/// What servers of one cluster say to each other about Raft.
struct RaftFrame {
  static constexpr std::string_view frame_name = "raft/message";
  consensus::ServerId from;
  consensus::Message message;

  std::size_t encoded_size() const { return 8 + consensus::encoded_size(message); }
  void hash_into(Hasher& hasher) const {
    hasher.add(from.value());
    consensus::add(hasher, message);
  }
};

/// An HTTP request on a connection; `id` pairs it with its answer.
struct HttpRequest {
  static constexpr std::string_view frame_name = "http/request";
  std::uint64_t id = 0;
  server::api::Request request;

  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};
struct HttpResponse {
  static constexpr std::string_view frame_name = "http/response";
  std::uint64_t id = 0;
  server::api::Answer answer;

  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};

/// A call that a follower hands on to the leader, and what the leader made of it.
struct ForwardedRequest {
  static constexpr std::string_view frame_name = "rpc/request";
  std::uint64_t id = 0;
  server::api::Request request;

  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};
struct ForwardedAnswer {
  static constexpr std::string_view frame_name = "rpc/answer";
  std::uint64_t id = 0;
  server::api::Answer answer;

  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};

}  // namespace peerlab::actors
