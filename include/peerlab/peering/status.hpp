#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace peerlab::peering {

/// The canonical codes of gRPC and google.rpc.Code. A stranger may send any other number, too.
enum class GrpcCode : std::int32_t {
  ok = 0,
  cancelled = 1,
  unknown = 2,
  invalid_argument = 3,
  deadline_exceeded = 4,
  not_found = 5,
  already_exists = 6,
  permission_denied = 7,
  resource_exhausted = 8,
  failed_precondition = 9,
  aborted = 10,
  out_of_range = 11,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  data_loss = 15,
  unauthenticated = 16,
};

/// How a stream ended, or inside a Request (then a NACK) why a resource was not applied.
struct Status {
  GrpcCode code = GrpcCode::ok;
  std::string message;
  /// The one detail that Consul ever attaches: where a follower believes its leader to be (server
  /// RPC address, may be empty). A hint that dialers ignore.
  std::optional<std::string> leader_address;
  friend bool operator==(const Status&, const Status&) = default;
};

/// `PermissionDenied`; `Code(99)` for a number without a name.
std::string code_name(GrpcCode code);

/// As an error of a Go client reads: `rpc error: code = Unknown desc = heartbeat timeout`.
std::string text_of(const Status& status);

}  // namespace peerlab::peering
