#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/result.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/trust/key.hpp"
#include "peerlab/trust/spiffe.hpp"

struct x509_st;  // OpenSSL's X509

namespace peerlab::trust {

/// Subject alternative names, each kind in the order of the certificate.
struct AlternativeNames {
  std::vector<std::string> dns;
  std::vector<std::string> emails;
  std::vector<std::string> ips;  ///< as people write them: `127.0.0.1`, `::1`
  std::vector<std::string> uris;

  friend bool operator==(const AlternativeNames&, const AlternativeNames&) = default;
};

/// The dates of a certificate, in whole seconds since 1970, both inclusive.
struct Validity {
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;

  bool holds(Instant now) const;
  friend bool operator==(const Validity&, const Validity&) = default;
};

/// Bytes as Consul's API shows fingerprints and key ids: `d9:24:76:...`.
std::string colon_hex(std::string_view bytes);

/// An X.509 certificate. A value; copies share one OpenSSL object, which nobody changes.
class Certificate {
 public:
  explicit Certificate(std::shared_ptr<x509_st> certificate);

  /// The first certificate of a PEM text. Fails with `malformed_message`.
  static Result<Certificate> from_pem(std::string_view pem);

  std::string pem() const;
  std::string der() const;
  std::string subject() const;  ///< `CN=...`, empty when there is none
  std::string issuer() const;
  std::uint64_t serial() const;
  const Validity& validity() const { return validity_; }
  AlternativeNames names() const;
  bool is_ca() const;
  PublicKey public_key() const;
  std::string subject_key_id() const;    ///< raw bytes, empty when the extension is missing
  std::string authority_key_id() const;  ///< raw bytes, empty when the extension is missing
  /// SHA-1 over the DER form as colon_hex: the `ID` of a root.
  std::string fingerprint() const;
  /// SHA-256 over the DER form in plain hex: the `Hash` of an XFCC header.
  std::string sha256() const;
  /// The identity in the URI SAN. Fails with `malformed_message` when there is not just one URI or
  /// it is no SPIFFE id.
  Result<SpiffeId> spiffe_id() const;
  x509_st* native() const { return certificate_.get(); }

 private:
  std::shared_ptr<x509_st> certificate_;
  Validity validity_;
};

/// A leaf and then the intermediates that lead to its root; the root is not in it.
using CertificateChain = std::vector<Certificate>;

/// All certificates of a PEM text, in order. Fails with `malformed_message` when there is none or
/// one of them cannot be read.
Result<CertificateChain> chain_from_pem(std::string_view pem);

std::string to_pem(const CertificateChain& chain);

}  // namespace peerlab::trust
