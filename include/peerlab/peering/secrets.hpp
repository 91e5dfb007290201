#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/peering/names.hpp"
#include "peerlab/peering/status.hpp"

namespace peerlab::peering {

/// The secrets one cluster holds for one peering, apart from the record and never returned by the
/// API. An empty secret is none. (spec 2.1; Consul: peering.proto, PeeringSecrets)
struct PeeringSecrets {
  PeerId peer_id;  ///< ours
  EstablishmentSecret establishment;
  StreamSecret pending;  ///< exchanged, not yet shown by the dialer
  StreamSecret active;   ///< in use; all that a dialer keeps

  friend bool operator==(const PeeringSecrets&, const PeeringSecrets&) = default;
};

/// An acceptor made a token.
struct GenerateTokenWrite {
  EstablishmentSecret establishment;
  friend bool operator==(const GenerateTokenWrite&, const GenerateTokenWrite&) = default;
};

/// A dialer presented the establishment secret and gets a stream secret.
struct ExchangeSecretWrite {
  EstablishmentSecret establishment;
  StreamSecret pending;
  friend bool operator==(const ExchangeSecretWrite&, const ExchangeSecretWrite&) = default;
};

/// A dialer showed the pending secret in `Open`.
struct PromotePendingWrite {
  StreamSecret active;
  friend bool operator==(const PromotePendingWrite&, const PromotePendingWrite&) = default;
};

/// A dialer stores what ExchangeSecret gave it.
struct EstablishWrite {
  StreamSecret active;
  friend bool operator==(const EstablishWrite&, const EstablishWrite&) = default;
};

using SecretsChange =
    std::variant<GenerateTokenWrite, ExchangeSecretWrite, PromotePendingWrite, EstablishWrite>;

/// A change of the secrets of one peering, as it stands in the log.
struct SecretsWrite {
  PeerId peer_id;
  SecretsChange change;
  friend bool operator==(const SecretsWrite&, const SecretsWrite&) = default;
};

/// Fails with the text Consul gives a write that lacks its peer ID or a secret, prefix included:
/// `invalid secret write request: missing secret ID`.
Result<void> validate(const SecretsWrite& write);

/// Whether a secret UUID is in use by any peering that this cluster accepted. A dialer's secrets
/// never count. (spec 2.1)
using SecretInUse = std::function<bool(const std::string& uuid)>;

/// The state table of spec 2.2 and 2.3: what `write` makes of the secrets of its peering, which are
/// `before` (null where there are none yet). `dialer` tells on which side of the peering this
/// cluster is. Fails with Consul's text when the guard of the operation does not hold.
Result<PeeringSecrets> apply_change(const PeeringSecrets* before, const SecretsWrite& write,
                                    bool dialer, const SecretInUse& in_use, const Mutants& mutants);

/// The dialer may go on with what it showed in `Open`.
struct SecretAccepted {};
/// It may go on once this has been applied: it showed the pending secret for the first time.
struct SecretToPromote {
  SecretsWrite write;
};
using OpenVerdict = std::variant<SecretAccepted, SecretToPromote, Status>;

/// Judges the secret a dialer shows in `Open`; `secrets` is null where the peering has none.
/// (spec 2.3; a Status is a refusal)
OpenVerdict judge_open(const PeeringSecrets* secrets, const StreamSecret& shown);

/// The RPC ExchangeSecret as the acceptor's leader answers it (spec 2.4): the write to propose, or
/// the refusal. `fresh` is a UUID drawn for this call; when the write is applied it is the answer,
/// else `exchange_failed` makes the answer from the error of applying it.
std::variant<SecretsWrite, Status> judge_exchange(const PeerId& peer_id,
                                                  const EstablishmentSecret& presented,
                                                  const PeeringSecrets* secrets,
                                                  const StreamSecret& fresh);
Status exchange_failed(const Error& error);

/// What Consul's index says of a text that is no UUID, empty where it is one: `UUID must be 36
/// characters`, `invalid UUID: encoding/hex: invalid byte: U+007A 'z'`.
std::string uuid_fault(std::string_view text);

}  // namespace peerlab::peering
