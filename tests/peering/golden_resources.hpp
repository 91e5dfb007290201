#pragma once

#include <map>
#include <string>
#include <vector>

#include "golden_lines.hpp"
#include "peerlab/base/encoding.hpp"
#include "peerlab/peering/message.hpp"
#include "peerlab/wire/peerstream_codec.hpp"

namespace peerlab::tests {

/// One line of a recorded stream: what was done, or a message.
struct GoldenEvent {
  std::string step;  ///< empty for a message
  bool from_consul = false;
  peering::ReplicationMessage message;

  const peering::Response* response() const { return std::get_if<peering::Response>(&message); }
  const peering::Resource& resource() const {
    return std::get<peering::Resource>(response()->resource->value);
  }
};

inline std::vector<GoldenEvent> golden_events(const std::string& file) {
  std::vector<GoldenEvent> events;
  for (const auto& line : golden_lines(file)) {
    GoldenEvent event;
    if (line.contains("step")) {
      event.step = line["step"];
    } else if (line.contains("hex") && line["msg_json"].is_object()) {
      const std::string bytes = from_hex(line["hex"].get<std::string>()).value();
      event.from_consul = line["dir"] == "from_consul";
      event.message = wire::decode_replication_message(bytes).value();
    } else {
      continue;
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace peerlab::tests
