#include "peerlab/peering/http.hpp"

#include <utility>

#include "go_struct.hpp"
#include "peerlab/base/go_json.hpp"

namespace peerlab::peering {
namespace {

auto refused(std::string text) { return failure(Errc::invalid_argument, std::move(text)); }

/// What Go's decoder says of the body, after it filled the fields that `fields` names.
template <class Fields>
Result<void> read_body(std::string_view body, std::string_view type, Fields fields) {
  const auto json = read_go_json(body, GoJsonExtent::first);
  if (!json) return refused("Body decoding failed: " + json.error());
  GoStructReader reader(GoStructReader::UnknownKeys::refused);
  fields(reader, *json, type);
  if (reader.fault()) return refused("Body decoding failed: " + *reader.fault());
  return {};
}

}  // namespace

Result<GenerateTokenRequest> read_generate_body(std::string_view body) {
  GenerateTokenRequest out;
  auto read = read_body(
      body, "api.PeeringGenerateTokenRequest",
      [&](GoStructReader& reader, const GoJson& json, std::string_view type) {
        reader.object(json, "", type,
                      {reader.text("PeerName", out.peer_name),
                       reader.text("Partition", out.partition), reader.map("Meta", out.meta),
                       reader.list("ServerExternalAddresses", out.server_external_addresses)});
      });
  if (!read) return tl::unexpected<Error>(std::move(read.error()));
  if (out.peer_name.value().empty()) {
    return refused("PeerName is required in the payload when generating a new peering token.");
  }
  return out;
}

Result<EstablishRequest> read_establish_body(std::string_view body) {
  EstablishRequest out;
  auto read = read_body(
      body, "api.PeeringEstablishRequest",
      [&](GoStructReader& reader, const GoJson& json, std::string_view type) {
        reader.object(
            json, "", type,
            {reader.text("PeerName", out.peer_name), reader.text("PeeringToken", out.peering_token),
             reader.text("Partition", out.partition), reader.map("Meta", out.meta)});
      });
  if (!read) return tl::unexpected<Error>(std::move(read.error()));
  if (out.peer_name.value().empty()) {
    return refused("PeerName is required in the payload when establishing a peering.");
  }
  if (out.peering_token.empty()) {
    return refused("PeeringToken is required in the payload when establishing a peering.");
  }
  return out;
}

std::string token_answer(std::string_view token) {
  return "{\"PeeringToken\":" + go_json_quote(token) + "}";
}

}  // namespace peerlab::peering
