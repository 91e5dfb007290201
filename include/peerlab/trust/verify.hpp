#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "peerlab/base/time.hpp"
#include "peerlab/trust/bundle.hpp"
#include "peerlab/trust/certificate.hpp"

namespace peerlab::trust {

// How one end of a connection judges the certificate of the other (traffic spec 1.8).

/// Why a certificate was refused.
enum class Distrust {
  no_certificate,     ///< the other end presented none
  unknown_authority,  ///< its chain ends in none of the accepted roots, or a signature is wrong
  expired,
  not_yet_valid,
  unknown_trust_domain,  ///< no bundle is held for the trust domain it claims
  wrong_name,            ///< good in itself, but not one of the names that were expected
  no_spiffe_id,          ///< not just one URI SAN, or one that is no SPIFFE id
};

std::string_view to_text(Distrust why);

struct Rejection {
  Distrust why;
  std::string detail;  ///< for people, with the names and dates concerned
};

template <class T>
using Trusted = tl::expected<T, Rejection>;

/// A set of accepted roots. A value; copies share parsed certificates and remembered judgements,
/// which only make it faster: that a chain is signed well does not change with time, its dates are
/// compared at every call. Not for several threads.
class Anchors {
 public:
  Anchors();  ///< accepts nobody
  /// Fails with `malformed_message` and the text of the reference when a root cannot be parsed:
  /// `failed to parse PEM <pem>`. (C: section 7.1)
  static Result<Anchors> from_pems(const std::vector<std::string>& root_pems);

  /// Whether `chain` leads to one of these roots at that time. About 0.1 ms per signature the
  /// first time.
  Trusted<void> verify(const CertificateChain& chain, Instant now) const;

  bool empty() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// As a dialing proxy judges the upstream: the chain, then the URI SAN, which must equal one of
/// `accepted` as a whole string. No names accept any, which is what an import without metadata
/// leads to in the reference (QT-25); callers that do not want that refuse before. (T-043, T-044)
Trusted<SpiffeId> verify_upstream(const CertificateChain& chain, const Anchors& anchors,
                                  const std::vector<std::string>& accepted, Instant now);

/// As a listener judges its client when it knows no peers: any name under the local roots. (T-039)
Trusted<SpiffeId> verify_client(const CertificateChain& chain, const Anchors& anchors, Instant now);

/// The trust bundles of a listener that peers may call: the certificate's trust domain selects the
/// roots. (T-038, T-040)
class SpiffeMap {
 public:
  /// Fails like Anchors::from_pems. A later bundle of the same trust domain replaces an earlier
  /// one.
  Result<void> add(const TrustBundle& bundle);

  Trusted<SpiffeId> verify_client(const CertificateChain& chain, Instant now) const;

  /// Trust domains in plain string order, as the reference lists them.
  std::vector<TrustDomain> trust_domains() const;

 private:
  std::map<TrustDomain, Anchors> anchors_;
};

/// As a server that dials a peer judges it: dates of the leaf, DNS name, chain, in this order.
/// `detail` is the text of Go's x509 package (`x509: certificate is valid for a, not b`), which
/// ends up in the peering's status after `transport: authentication handshake failed: tls: failed
/// to verify certificate: `. (C: section 7.1)
Trusted<void> verify_server_name(const CertificateChain& chain, const Anchors& anchors,
                                 std::string_view server_name, Instant now);

}  // namespace peerlab::trust
