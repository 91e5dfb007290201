#include "peerlab/peering/status.hpp"

#include <fmt/format.h>

namespace peerlab::peering {

std::string code_name(GrpcCode code) {
  // Go's names (google.golang.org/grpc/codes, String), with its American spelling.
  static constexpr const char* names[] = {
      "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
      "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
      "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
      "DataLoss", "Unauthenticated"};
  const auto number = static_cast<std::int32_t>(code);
  // Go's type is unsigned, and so is what it prints.
  if (number < 0 || number > 16) return fmt::format("Code({})", static_cast<std::uint32_t>(number));
  return names[number];
}

std::string text_of(const Status& status) {
  return fmt::format("rpc error: code = {} desc = {}", code_name(status.code), status.message);
}

}  // namespace peerlab::peering
