#include "peerlab/peering/token.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "certificates.hpp"
#include "go_struct.hpp"
#include "json_text.hpp"
#include "peerlab/base/encoding.hpp"
#include "peerlab/base/go_json.hpp"

namespace peerlab::peering {
namespace {

/// What Go's decoder says of the JSON, after it filled `token`.
std::optional<std::string> read_fields(const GoJson& json, PeeringToken& token) {
  GoStructReader reader(GoStructReader::UnknownKeys::ignored);
  const auto locality = [&](const GoJson& value, const std::string& path) {
    auto& out = token.remote.locality;
    if (value.kind == GoJson::Kind::null) return out.reset();
    Locality read = out.value_or(Locality{});
    reader.object(value, path, "structs.Locality",
                  {reader.text("Region", read.region), reader.text("Zone", read.zone)});
    out = std::move(read);
  };
  const auto remote = [&](const GoJson& value, const std::string& path) {
    reader.object(value, path, "structs.PeeringTokenRemote",
                  {reader.text("Partition", token.remote.partition),
                   reader.text("Datacenter", token.remote.datacenter),
                   {"Locality", locality}});
  };
  reader.object(json, "", "structs.PeeringToken",
                {reader.list("CA", token.ca),
                 reader.list("ManualServerAddresses", token.manual_server_addresses),
                 reader.list("ServerAddresses", token.server_addresses),
                 reader.text("ServerName", token.server_name),
                 reader.text("PeerID", token.peer_id),
                 reader.text("EstablishmentSecret", token.establishment_secret),
                 {"Remote", remote}});
  return reader.fault();
}

/// The port of `host:port` after the rules of Go's net.SplitHostPort, or nothing.
std::optional<std::string_view> port_of(std::string_view address) {
  const auto last_colon = address.rfind(':');
  if (last_colon == std::string_view::npos) return std::nullopt;
  std::size_t open_from = 0;   // where a further '[' would be one too many
  std::size_t close_from = 0;  // where a further ']' would be
  if (address.front() == '[') {
    const auto close = address.find(']');
    if (close == std::string_view::npos || close + 1 != last_colon) return std::nullopt;
    open_from = 1;
    close_from = close + 1;
  } else if (address.substr(0, last_colon).find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  if (address.find('[', open_from) != std::string_view::npos) return std::nullopt;
  if (address.find(']', close_from) != std::string_view::npos) return std::nullopt;
  return address.substr(last_colon + 1);
}

auto malformed(std::string text) { return failure(Errc::malformed_token, std::move(text)); }

}  // namespace

std::string encode_token(const PeeringToken& token) {
  return to_base64(fmt::format(
      R"({{"CA":{},"ManualServerAddresses":{},"ServerAddresses":{},"ServerName":{},"PeerID":{},)"
      R"("EstablishmentSecret":{},"Remote":{{"Partition":{},"Datacenter":{},"Locality":{}}}}})",
      json_list(token.ca), json_list(token.manual_server_addresses),
      json_list(token.server_addresses), go_json_quote(token.server_name),
      go_json_quote(token.peer_id.value()), go_json_quote(token.establishment_secret.value()),
      go_json_quote(token.remote.partition), go_json_quote(token.remote.datacenter),
      token.remote.locality ? json_locality(*token.remote.locality) : "null"));
}

Result<PeeringToken> decode_token(std::string_view base64) {
  std::size_t bad_offset = 0;
  const auto bytes = from_base64(base64, &bad_offset);
  if (!bytes) {
    return malformed(
        fmt::format("failed to decode token: illegal base64 data at input byte {}", bad_offset));
  }
  const auto json = read_go_json(*bytes, GoJsonExtent::whole);
  if (!json) return malformed(json.error());
  PeeringToken token;
  if (auto fault = read_fields(*json, token)) return malformed(std::move(*fault));
  return token;
}

bool is_server_address(std::string_view address) {
  const auto port = port_of(address);
  if (!port) return false;
  // Go's strconv.Atoi takes a plus sign, std::from_chars does not.
  const std::string_view digits = port->substr(port->starts_with('+') ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return false;
  }
  std::uint32_t number = 0;
  const auto end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number);
  return parsed.ec == std::errc() && number >= 1 && number <= 65535;
}

Result<void> validate_token(const PeeringToken& token, const Mutants& mutants) {
  for (const auto& pem : token.ca) {
    if (auto fault = fault_of_ca(pem)) {
      return malformed("peering token invalid CA: " + std::move(*fault));
    }
  }
  if (token.server_addresses.empty() && token.manual_server_addresses.empty()) {
    return malformed("peering token server addresses value is empty");
  }
  for (const auto* addresses : {&token.manual_server_addresses, &token.server_addresses}) {
    for (const auto& address : *addresses) {
      const bool named = mutants.has(Mutant::HB_011) &&
                         address.find_first_of("ghijklmnopqrstuvwxyz") != std::string::npos;
      if (!is_server_address(address) || named) {
        return malformed(address + " is not a valid peering server address");
      }
    }
  }
  if (!token.ca.empty() && token.server_name.empty()) {
    return malformed("peering token server name value is empty");
  }
  if (token.peer_id.value().empty()) return malformed("peering token peer ID value is empty");
  return {};
}

std::string join_host_port(std::string_view host, int port) {
  const bool v6 = host.find(':') != std::string_view::npos;
  return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace peerlab::peering
