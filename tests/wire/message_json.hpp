#pragma once

#include <nlohmann/json.hpp>

#include "peerlab/peering/message.hpp"

namespace peerlab::peering::tests {

/// The standard Protobuf JSON mapping of a message, as the golden files have it in `msg_json`.
nlohmann::json to_json(const ReplicationMessage& message);

/// The other way, for those forms that stand in recordings without their bytes: requests, and
/// responses with an empty resource.
ReplicationMessage from_json(const nlohmann::json& message);

}  // namespace peerlab::peering::tests
