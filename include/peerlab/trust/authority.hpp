#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "peerlab/base/edition.hpp"
#include "peerlab/base/mutants.hpp"
#include "peerlab/base/random.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/trust/bundle.hpp"
#include "peerlab/trust/leaf.hpp"
#include "peerlab/trust/request.hpp"

namespace peerlab::trust {

/// The CA configuration of a cluster (provider `consul`; traffic spec 0.3 and 1.5).
struct CaConfig {
  std::string cluster_id;  ///< a UUID; gives the trust domain
  Duration leaf_ttl = std::chrono::hours(72);
  Duration intermediate_ttl = std::chrono::hours(8760);
  Duration root_ttl = std::chrono::hours(87600);
  KeySpec key;

  friend bool operator==(const CaConfig&, const CaConfig&) = default;
};

/// Checks a configuration as the provider does. Fails with `invalid_argument` and its literal text,
/// without the `error configuring provider: ` that the API puts in front.
Result<void> check(const CaConfig& config);

/// A root as the list of roots shows it.
struct CaRoot {
  std::string id;  ///< SHA-1 fingerprint, colon_hex
  std::uint64_t serial = 0;
  std::string signing_key_id;         ///< SHA-256 key id, colon_hex
  std::string external_trust_domain;  ///< the cluster id
  Validity validity;
  std::string root_pem;
  std::vector<std::string> intermediate_pems;  ///< the cross-signed certificate comes first
  bool active = false;
  KeySpec key;
  std::optional<Instant> rotated_out_at;  ///< when it ceased to be active; not shown by the API

  friend bool operator==(const CaRoot&, const CaRoot&) = default;
};

/// What the API calls every root of the built-in provider.
inline constexpr std::string_view root_name = "Consul CA Primary Cert";

/// All state of a cluster's CA: what a server keeps in its tables. A plain value; the functions
/// below give the next state, so that a leader computes it (and draws what has to be drawn), puts
/// it into the log, and applying draws nothing. Secret because of the key.
struct CaState {
  CaConfig config;
  std::vector<CaRoot> roots;  ///< ordered by id, not by age or activity
  std::string signing_key_pem;
  /// Counts roots, cross-signed certificates and leaves alike.
  std::uint64_t next_serial = 1;

  const CaRoot& active_root() const;
  TrustDomain trust_domain() const { return trust_domain_of(config.cluster_id); }
  /// PEMs of all roots, active and rotated out: what sidecars trust and what peers are sent.
  /// `exported_partition` stays empty in Community Edition. (C: section 8.6, T-029, T-030)
  TrustBundle bundle() const;

  friend bool operator==(const CaState&, const CaState&) = default;
};

/// The CA of a new cluster. A root is valid from `now` on. Draws a key, a name and a signature
/// from the current EntropyScope (about 0.3 ms; needed at once, because tokens hold the root).
CaState make_ca(const CaConfig& config, Instant now);

/// The state after a change of configuration. Another kind of key gives a new root, cross-signed
/// by the old one, which stays in the list as inactive; other changes keep the root. (T-029 ff.,
/// traffic spec 1.6) Fails with `invalid_argument` and the provider's text. Draws like make_ca.
Result<CaState> reconfigure(const CaState& state, const CaConfig& config, Instant now);

/// A new root whatever the configuration says, cross-signed as above.
CaState rotate(const CaState& state, Instant now);

/// Without the inactive roots that were rotated out more than twice the leaf TTL ago; nothing when
/// all are to stay. A leader asks once an hour. (T-037)
std::optional<CaState> prune(const CaState& state, Instant now);

/// Which identity a request is for, before rights are asked. Fails with the literal texts of
/// traffic spec 1.5: `invalid_argument` where the signing service answers InvalidArgument (number
/// of URIs, e-mail, a kind that is not signed), `malformed_message` where it answers Internal and
/// `failed to sign leaf certificate`. (T-006, T-007)
Result<SpiffeId> requested_identity(const CertificateRequest& request);

/// Signs leaves. Made from a CaState and worth keeping while that lasts: it holds the parsed key.
class Signer {
 public:
  /// `state` must come from the functions above. Reads nothing yet: root and key are parsed when
  /// the first certificate is really made.
  Signer(const CaState& state, DatacenterName datacenter, Edition edition = Edition::community,
         const Mutants& mutants = {});

  /// Signs at once, about 0.3 ms; what requests from outside get. `serial` comes from
  /// CaState::next_serial, which the caller counts up. Fails with the texts of traffic spec 1.5:
  /// other datacenter, other trust domain, tenancy (T-008), expired root (T-016). An agent's trust
  /// domain is corrected instead of compared. Draws from the current EntropyScope.
  Result<CertificateChain> sign(const CertificateRequest& request, std::uint64_t serial,
                                Instant now) const;

  /// The same for an identity of the own cluster, but key and certificate come into being when they
  /// are first looked at, from `random` and with the dates of `now`. A leaf that no handshake ever
  /// needs costs nothing. Equal arguments give equal bytes, whenever they are made.
  Result<Leaf> issue(const SpiffeId& id, std::uint64_t serial, Instant now, Random random,
                     const std::vector<std::string>& dns_names = {}) const;

 private:
  struct Material;

  Result<void> may_sign(const SpiffeId& id) const;
  Result<Validity> validity(Instant now) const;

  CaConfig config_;
  CaRoot root_;
  DatacenterName datacenter_;
  Edition edition_;
  Mutants mutants_;
  std::shared_ptr<Material> material_;
};

/// The certificate of the servers for the peering control plane: URI `.../agent/server/dc/<dc>` and
/// DNS name `server.<dc>.peering.<td>`. (C: section 7.2)
Result<Leaf> issue_server_leaf(const Signer& signer, const TrustDomain& trust_domain,
                               const DatacenterName& datacenter, std::uint64_t serial, Instant now,
                               Random random);

}  // namespace peerlab::trust
