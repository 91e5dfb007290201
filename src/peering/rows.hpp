#pragma once

#include <string>
#include <string_view>

#include "commands.pb.h"
#include "peerlab/base/result.hpp"
#include "peerlab/peering/record.hpp"
#include "peerlab/peering/secrets.hpp"
#include "peerlab/peering/tables.hpp"

namespace peerlab::peering {

// Between our values and the messages of commands.proto.

proto::Peering to_proto(const Peering& peering);
Peering from_proto(const proto::Peering& message);
proto::Secrets to_proto(const PeeringSecrets& secrets);
PeeringSecrets from_proto(const proto::Secrets& message);
proto::TrustBundle to_proto(const StoredTrustBundle& bundle);
StoredTrustBundle from_proto(const proto::TrustBundle& message);

/// Equal messages give equal bytes, maps included.
std::string to_bytes(const google::protobuf::MessageLite& message);

/// A row as a table keeps it in a snapshot, which is our own work: bytes that do not parse there
/// are a fault of ours.
template <class Message, class Row>
std::string encode_row(const Row& row) {
  return to_bytes(to_proto(row));
}
template <class Message, class Row>
Row decode_row(std::string_view bytes) {
  Message message;
  PEERLAB_ASSERT(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return from_proto(message);
}

}  // namespace peerlab::peering
