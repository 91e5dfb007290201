#include "peerlab/peering/token.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <initializer_list>
#include <optional>

#include "certificates.hpp"
#include "json_text.hpp"
#include "peerlab/base/encoding.hpp"
#include "peerlab/base/go_json.hpp"

namespace peerlab::peering {
namespace {

bool equal_fold(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

/// Fills Go-like structs from a JSON tree. Go goes on after a value of a wrong type and reports the
/// first one at the end, so `fault` keeps the first.
class Reader {
 public:
  explicit Reader(PeeringToken& token) : token_(token) {}

  std::optional<std::string> fault;

  void read(const GoJson& root) {
    if (root.kind == GoJson::Kind::null) return;
    if (root.kind != GoJson::Kind::object) {
      fault = fmt::format("json: cannot unmarshal {} into Go value of type structs.PeeringToken",
                          go_json_kind(root.kind));
      return;
    }
    for (const auto& [key, value] : root.members) {
      if (equal_fold(key, "CA")) list("CA", value, token_.ca);
      if (equal_fold(key, "ManualServerAddresses")) {
        list("ManualServerAddresses", value, token_.manual_server_addresses);
      }
      if (equal_fold(key, "ServerAddresses")) {
        list("ServerAddresses", value, token_.server_addresses);
      }
      if (equal_fold(key, "ServerName")) {
        string("PeeringToken.ServerName", value, token_.server_name);
      }
      if (equal_fold(key, "PeerID")) strong("PeeringToken.PeerID", value, token_.peer_id);
      if (equal_fold(key, "EstablishmentSecret")) {
        strong("PeeringToken.EstablishmentSecret", value, token_.establishment_secret);
      }
      if (equal_fold(key, "Remote")) remote(value);
    }
  }

 private:
  void mismatch(const GoJson& value, std::string_view field, std::string_view type) {
    if (fault) return;
    fault = fmt::format("json: cannot unmarshal {} into Go struct field {} of type {}",
                        go_json_kind(value.kind), field, type);
  }

  /// Null leaves the field as it was, also after an earlier member of the same name.
  void string(std::string_view field, const GoJson& value, std::string& out) {
    if (value.kind == GoJson::Kind::null) return;
    if (value.kind != GoJson::Kind::string) return mismatch(value, field, "string");
    out = value.text;
  }

  template <class Tag>
  void strong(std::string_view field, const GoJson& value, Strong<Tag, std::string>& out) {
    std::string text = out.value();
    string(field, value, text);
    out = Strong<Tag, std::string>(std::move(text));
  }

  void list(std::string_view name, const GoJson& value, std::vector<std::string>& out) {
    const std::string field = fmt::format("PeeringToken.{}", name);
    if (value.kind == GoJson::Kind::null) return out.clear();
    if (value.kind != GoJson::Kind::array) return mismatch(value, field, "[]string");
    out.clear();
    for (const auto& element : value.elements) string(field, element, out.emplace_back());
  }

  void remote(const GoJson& value) {
    if (value.kind == GoJson::Kind::null) return;
    if (value.kind != GoJson::Kind::object) {
      return mismatch(value, "PeeringToken.Remote", "structs.PeeringTokenRemote");
    }
    for (const auto& [key, member] : value.members) {
      if (equal_fold(key, "Partition")) {
        string("PeeringTokenRemote.Remote.Partition", member, token_.remote.partition);
      }
      if (equal_fold(key, "Datacenter")) {
        string("PeeringTokenRemote.Remote.Datacenter", member, token_.remote.datacenter);
      }
      if (equal_fold(key, "Locality")) locality(member);
    }
  }

  void locality(const GoJson& value) {
    auto& out = token_.remote.locality;
    if (value.kind == GoJson::Kind::null) return out.reset();
    if (value.kind != GoJson::Kind::object) {
      return mismatch(value, "PeeringTokenRemote.Remote.Locality", "structs.Locality");
    }
    if (!out) out.emplace();
    for (const auto& [key, member] : value.members) {
      if (equal_fold(key, "Region")) {
        string("Locality.Remote.Locality.Region", member, out->region);
      }
      if (equal_fold(key, "Zone")) string("Locality.Remote.Locality.Zone", member, out->zone);
    }
  }

  PeeringToken& token_;
};

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
  Reader reader(token);
  reader.read(*json);
  if (reader.fault) return malformed(std::move(*reader.fault));
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
