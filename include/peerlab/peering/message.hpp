#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/peering/names.hpp"
#include "peerlab/peering/remote.hpp"
#include "peerlab/peering/resource.hpp"
#include "peerlab/peering/status.hpp"

/// The messages of Consul's PeerStreamService as typed values. They can hold what a stranger may
/// send, not only what Consul does; `wire` turns them into Protobuf and back.
namespace peerlab::peering {

/// Bytes inside an Any that are no resource we know: its type URL is unknown, or they do not
/// parse as that type.
struct Undecoded {
  std::string bytes;
  std::string cause;  ///< why they did not parse, in Go's words; empty for an unknown type
  friend bool operator==(const Undecoded&, const Undecoded&) = default;
};

/// google.protobuf.Any: a value that says its own type.
struct Any {
  std::string type_url;
  std::variant<Resource, Undecoded> value;
  friend bool operator==(const Any&, const Any&) = default;
};

/// There is no delete: removal is an ExportedService without nodes, or a name missing in the list.
/// A stranger may send any other number.
enum class Operation : std::int32_t { unspecified = 0, upsert = 1 };

/// A message without payload, or with fields only that nobody knows. A running stream ignores it.
struct NoPayload {
  friend bool operator==(const NoPayload&, const NoPayload&) = default;
};

/// The dialer's first message, and only there.
struct Open {
  PeerId peer_id;  ///< the receiver's ID of the peering
  StreamSecret secret;
  std::optional<RemoteInfo> remote;  ///< the sender
  friend bool operator==(const Open&, const Open&) = default;
};

/// A subscription (no nonce), an ACK (a nonce), or a NACK (a nonce and an error).
struct Request {
  PeerId peer_id;  ///< set in a dialer's subscriptions, and nowhere else
  Nonce response_nonce;
  std::string resource_url;
  std::optional<Status> error;
  friend bool operator==(const Request&, const Request&) = default;
};

/// One resource, whole. What counts is the last one received.
struct Response {
  Nonce nonce;
  std::string resource_url;
  std::string resource_id;
  std::optional<Any> resource;
  Operation operation = Operation::unspecified;
  friend bool operator==(const Response&, const Response&) = default;
};

/// The sender has deleted the peering.
struct Terminated {
  friend bool operator==(const Terminated&, const Terminated&) = default;
};

struct Heartbeat {
  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

using ReplicationMessage = std::variant<NoPayload, Open, Request, Response, Terminated, Heartbeat>;

/// `Open`, `Request`, ...; for a Request or Response no more than that.
std::string_view kind_of(const ReplicationMessage& message);

/// The unary call that spends a token's establishment secret.
struct ExchangeSecretRequest {
  PeerId peer_id;
  EstablishmentSecret establishment_secret;
  friend bool operator==(const ExchangeSecretRequest&, const ExchangeSecretRequest&) = default;
};

struct ExchangeSecretResponse {
  StreamSecret stream_secret;
  friend bool operator==(const ExchangeSecretResponse&, const ExchangeSecretResponse&) = default;
};

/// The two ends of a stream, told apart by who made the token (acceptor) and who used it (dialer).
enum class Side { acceptor, dialer };

/// What the gRPC library of Consul does about the length of one encoded message (without the five
/// bytes of its frame header): the status that ends the stream, or nothing where it fits.
/// Dialers send and receive up to 8 MiB, acceptors receive up to 50 MiB. (C-230 to C-232)
std::optional<Status> too_large_to_send(Side sender, std::size_t size, const Mutants& mutants = {});
std::optional<Status> too_large_to_receive(Side receiver, std::size_t size,
                                           const Mutants& mutants = {});

}  // namespace peerlab::peering
