#include "peerlab/peering/message.hpp"

#include <fmt/format.h>

namespace peerlab::peering {
namespace {

constexpr std::size_t mebibyte = 1024UL * 1024UL;

// agent/consul/leader_peering.go (both ways) and agent/grpc-external/server.go. What an acceptor
// sends Consul does not limit; its peers do.
constexpr std::size_t dialer_limit = 8 * mebibyte;
constexpr std::size_t acceptor_receives = 50 * mebibyte;
// What gRPC takes where nobody says anything else.
constexpr std::size_t grpc_default = 4 * mebibyte;

Status exhausted(std::string_view what, std::size_t size, std::size_t limit) {
  return {GrpcCode::resource_exhausted,
          fmt::format("{} message larger than max ({} vs. {})", what, size, limit),
          {}};
}

}  // namespace

std::string_view kind_of(const ReplicationMessage& message) {
  static constexpr std::string_view kinds[] = {"NoPayload", "Open",       "Request",
                                               "Response",  "Terminated", "Heartbeat"};
  static_assert(std::size(kinds) == std::variant_size_v<ReplicationMessage>);
  return kinds[message.index()];
}

std::optional<Status> too_large_to_send(Side sender, std::size_t size, const Mutants& mutants) {
  if (sender == Side::acceptor) return std::nullopt;
  const std::size_t limit = mutants.has(Mutant::HB_054) ? grpc_default : dialer_limit;
  if (size <= limit) return std::nullopt;
  return exhausted("trying to send", size, limit);
}

std::optional<Status> too_large_to_receive(Side receiver, std::size_t size,
                                           const Mutants& mutants) {
  std::size_t limit = receiver == Side::acceptor ? acceptor_receives : dialer_limit;
  if (mutants.has(Mutant::HB_053)) limit = grpc_default;
  if (size <= limit) return std::nullopt;
  return exhausted("grpc: received", size, limit);
}

}  // namespace peerlab::peering
