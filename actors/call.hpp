#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "peerlab/base/hash.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/mesh/rules.hpp"
#include "peerlab/net/address.hpp"

namespace peerlab::actors {

/// Where the application of every service instance listens.
inline constexpr net::Port service_port = 8080;

/// What a caller's application sends to a service: an HTTP request, or bytes that no proxy reads.
struct CallRequest {
  static constexpr std::string_view frame_name = "service/request";
  std::uint64_t call = 0;  ///< which call of the run it belongs to
  std::optional<mesh::HttpRequest> http = {};

  std::size_t encoded_size() const;
  void hash_into(Hasher& hasher) const;
};

/// The answer of a service, which says who it is; or that of a proxy on the way.
struct CallResponse {
  static constexpr std::string_view frame_name = "service/response";
  std::uint64_t call = 0;
  std::string answered_by;  ///< host of the instance; empty for a proxy
  int status = 0;           ///< of HTTP
  std::string body = {};    ///< of a proxy: its text

  std::size_t encoded_size() const { return 128 + answered_by.size() + body.size(); }
  void hash_into(Hasher& hasher) const {
    hasher.add(call);
    hasher.add(answered_by);
    hasher.add(static_cast<std::uint64_t>(status));
    hasher.add(body);
  }
};

/// Tells a service to make a call. What comes of it is recorded as trace::CallEnded.
struct MakeCall {
  static constexpr std::string_view frame_name = "service/make-call";
  std::uint64_t call = 0;
  net::Address to;
  std::string name;  ///< what is called, for the trace: a host, or the name of an upstream
  std::optional<mesh::HttpRequest> http;
  Duration timeout{0};

  static constexpr std::size_t encoded_size() { return 0; }
  void hash_into(Hasher& hasher) const;
};

}  // namespace peerlab::actors
