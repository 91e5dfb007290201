#include "peerlab/peering/record.hpp"

#include <fmt/format.h>

#include "json_text.hpp"
#include "peerlab/base/go_json.hpp"

namespace peerlab::peering {
namespace {

constexpr std::string_view year_one = "\"0001-01-01T00:00:00Z\"";

std::string json_time(const std::optional<Instant>& time, std::string_view absent) {
  return time ? go_json_quote(rfc3339(*time)) : std::string(absent);
}

std::string json_stream(const StreamStatus* stream, const Mutants& mutants) {
  const StreamStatus nothing;
  const StreamStatus& view = stream != nullptr ? *stream : nothing;
  // Without an entry in the tracker all is null; with one, two of the times are year 1 until
  // something happened (C-244, seen in http-exchanges.jsonl).
  const std::string_view never = stream != nullptr ? year_one : "null";
  const std::string_view no_heartbeat = mutants.has(Mutant::HB_058) ? year_one : "null";
  return fmt::format(
      R"({{"ImportedServices":{},"ExportedServices":{},"LastHeartbeat":{},"LastReceive":{},)"
      R"("LastSend":{}}})",
      json_list(view.imported_services), json_list(view.exported_services),
      json_time(view.last_heartbeat, no_heartbeat), json_time(view.last_receive(), never),
      json_time(view.last_send(), never));
}

/// Members of a JSON object, one after the other.
class Members {
 public:
  void add(std::string_view key, std::string_view json) {
    text_ += fmt::format("{}\"{}\":{}", text_.empty() ? "" : ",", key, json);
  }
  void add_text(std::string_view key, std::string_view text) { add(key, go_json_quote(text)); }
  void add_unless_empty(std::string_view key, std::string_view text) {
    if (!text.empty()) add_text(key, text);
  }
  void add_unless_empty(std::string_view key, const std::vector<std::string>& texts) {
    if (!texts.empty()) add(key, json_list(texts));
  }
  std::string object() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

std::string json_remote(const RemoteInfo& remote) {
  Members out;
  out.add_text("Partition", remote.partition);
  out.add_text("Datacenter", remote.datacenter);
  if (remote.locality) out.add("Locality", json_locality(*remote.locality));
  return out.object();
}

std::string json_meta(const std::map<std::string, std::string>& meta) {
  Members out;
  for (const auto& [key, value] : meta) out.add_text(key, value);
  return out.object();
}

}  // namespace

std::string_view state_name(PeeringState state) {
  switch (state) {
    case PeeringState::undefined:
      return "UNDEFINED";
    case PeeringState::pending:
      return "PENDING";
    case PeeringState::establishing:
      return "ESTABLISHING";
    case PeeringState::active:
      return "ACTIVE";
    case PeeringState::failing:
      return "FAILING";
    case PeeringState::deleting:
      return "DELETING";
    case PeeringState::terminated:
      return "TERMINATED";
  }
  return "";
}

bool is_empty(const RemoteInfo& remote) {
  const bool nowhere =
      !remote.locality || (remote.locality->region.empty() && remote.locality->zone.empty());
  return remote.partition.empty() && remote.datacenter.empty() && nowhere;
}

PeeringState shown_state(const Peering& peering, const StreamStatus* stream) {
  if (stream == nullptr) return peering.state;
  switch (liveness(*stream)) {
    case Liveness::connected:
      return PeeringState::active;
    case Liveness::failed:
      return PeeringState::failing;
    case Liveness::idle:
      break;
  }
  return peering.state;
}

std::string to_json(const Peering& peering, const StreamStatus* stream, const Mutants& mutants) {
  Members out;
  out.add_text("ID", peering.id.value());
  out.add_text("Name", peering.name.value());
  out.add_unless_empty("Partition", peering.partition.value());
  if (peering.deleted_at) out.add_text("DeletedAt", rfc3339(*peering.deleted_at));
  if (!peering.meta.empty()) out.add("Meta", json_meta(peering.meta));
  out.add_text("State", state_name(shown_state(peering, stream)));
  out.add_unless_empty("PeerID", peering.remote_id.value());
  out.add_unless_empty("PeerCAPems", peering.peer_ca_pems);
  out.add_unless_empty("PeerServerName", peering.peer_server_name);
  out.add_unless_empty("PeerServerAddresses", peering.peer_server_addresses);
  out.add("StreamStatus", json_stream(stream, mutants));
  out.add("CreateIndex", std::to_string(peering.indexes.create));
  out.add("ModifyIndex", std::to_string(peering.indexes.modify));
  out.add("Remote", json_remote(peering.remote));
  return out.object();
}

}  // namespace peerlab::peering
