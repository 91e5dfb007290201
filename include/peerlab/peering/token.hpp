#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/peering/names.hpp"
#include "peerlab/peering/remote.hpp"

namespace peerlab::peering {

/// What an operator carries from the acceptor to the dialer. (spec 1.1; Consul: structs/peering.go)
struct PeeringToken {
  std::vector<std::string> ca;                       ///< PEM roots of the acceptor; empty: no TLS
  std::vector<std::string> manual_server_addresses;  ///< given by hand; where present, they win
  std::vector<std::string> server_addresses;         ///< `host:port` of servers or gateways
  std::string server_name;                           ///< for SNI and certificate verification
  PeerId peer_id;                                    ///< the acceptor's
  EstablishmentSecret establishment_secret;
  RemoteInfo remote;  ///< about the acceptor

  friend bool operator==(const PeeringToken&, const PeeringToken&) = default;
};

/// The token as Consul writes it: padded base64 of a compact JSON object with its keys in a fixed
/// order, empty lists as null.
std::string encode_token(const PeeringToken& token);

/// Reads a token as an operator pastes it. Fails with `malformed_token` and the text that Consul
/// gives (spec 1.4, steps 1 and 2). Never looks at what the fields mean; any bytes are safe.
Result<PeeringToken> decode_token(std::string_view base64);

/// The checks of spec 1.4, steps 3 to 9, in that order and with those texts.
Result<void> validate_token(const PeeringToken& token, const Mutants& mutants);

/// True for `host:port` as Consul accepts it in tokens: the host may be anything, empty and names
/// included, IPv6 in brackets; the port is a decimal number in 1..65535.
bool is_server_address(std::string_view address);

/// `host:port`, an IPv6 host in brackets.
std::string join_host_port(std::string_view host, int port);

}  // namespace peerlab::peering
