#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "peerlab/base/result.hpp"
#include "peerlab/peering/message.hpp"

/// Consul's PeerStreamService between typed messages and Protobuf bytes (without the five bytes of
/// a gRPC frame header).
///
/// Encoding is deterministic: fields and map keys ascend. So are the bytes of a real Consul, but
/// for the order of map entries, which there is random.
///
/// Decoding takes any bytes and keeps what an importer could look at. What it drops: unknown
/// fields, Enterprise metadata (Community Edition ignores it, and always sends it empty), raft
/// indexes, check definitions, and those parts of a proxy that no exporter fills.
namespace peerlab::wire {

std::string encode(const peering::ReplicationMessage& message);

/// What gRPC compares with its limits: the length of `encode(message)`.
std::size_t encoded_size(const peering::ReplicationMessage& message);

/// Fails with `malformed_message` on bytes that are not Protobuf; `detail` is Go's text about them,
/// which reaches a peer inside `grpc: failed to unmarshal the received message: ...`. A resource
/// that does not parse is no failure of its message: it comes out as Undecoded.
Result<peering::ReplicationMessage> decode_replication_message(std::string_view bytes);

std::string encode(const peering::ExchangeSecretRequest& request);
std::string encode(const peering::ExchangeSecretResponse& response);
Result<peering::ExchangeSecretRequest> decode_exchange_secret_request(std::string_view bytes);
Result<peering::ExchangeSecretResponse> decode_exchange_secret_response(std::string_view bytes);

/// The google.rpc.Status behind `grpc-status-details-bin`, which tells a LeaderAddress. Empty for a
/// status without that detail: then the header is left out.
std::string encode_status_details(const peering::Status& status);
/// A status with what its details say. Bytes that do not parse count as no details.
peering::Status with_status_details(peering::Status status, std::string_view details);

}  // namespace peerlab::wire
