#pragma once

#include <google/protobuf/message_lite.h>

#include <string>
#include <string_view>

#include "peerlab/peering/resource.hpp"
#include "peerstream/common.pb.h"

/// Shared by the files of the codec; not for others.
namespace peerlab::wire {

namespace pb = ::hashicorp::consul::internal;

/// Why bytes do not parse, as a Go peer would say it.
inline constexpr std::string_view not_protobuf = "proto: cannot parse invalid wire-format data";

std::string serialize(const google::protobuf::MessageLite& message);
bool parse(google::protobuf::MessageLite& message, std::string_view bytes);

std::string encode_resource(const peering::Resource& resource);
/// Nothing if the bytes are no resource of that type.
std::optional<peering::Resource> decode_resource(peering::ResourceType type,
                                                 std::string_view bytes);

inline catalog::Locality from_proto(const pb::common::Locality& from) {
  return {from.region(), from.zone()};
}
inline void to_proto(const catalog::Locality& from, pb::common::Locality& to) {
  to.set_region(from.region);
  to.set_zone(from.zone);
}

}  // namespace peerlab::wire
