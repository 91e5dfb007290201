#pragma once

#include <cstdint>
#include <string>

#include "peerlab/base/hash.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/net/address.hpp"

namespace peerlab::actors {

/// Where every service instance listens for callers that come straight to it.
inline constexpr net::Port service_port = 8080;

/// A caller's request to a service, as its application sends it.
struct CallRequest {
  static constexpr std::string_view frame_name = "service/request";
  std::uint64_t call = 0;  ///< which call of the run it belongs to

  static constexpr std::size_t encoded_size() { return 128; }  // a short HTTP request
  void hash_into(Hasher& hasher) const { hasher.add(call); }
};

/// The answer of a service: it says who it is.
struct CallResponse {
  static constexpr std::string_view frame_name = "service/response";
  std::uint64_t call = 0;
  std::string answered_by;  ///< host of the instance

  std::size_t encoded_size() const { return 128 + answered_by.size(); }
  void hash_into(Hasher& hasher) const {
    hasher.add(call);
    hasher.add(answered_by);
  }
};

/// Tells a service to make a call. What comes of it is recorded as trace::CallEnded.
struct MakeCall {
  static constexpr std::string_view frame_name = "service/make-call";
  std::uint64_t call = 0;
  net::Address to;
  Duration timeout{0};

  static constexpr std::size_t encoded_size() { return 0; }
  void hash_into(Hasher& hasher) const {
    hasher.add(call);
    hasher.add(to.host);
    hasher.add(to.port);
    hasher.add(static_cast<std::uint64_t>(timeout.count()));
  }
};

}  // namespace peerlab::actors
