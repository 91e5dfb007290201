#pragma once

#include <string>
#include <string_view>

#include "peerlab/trust/certificate.hpp"

namespace peerlab::trust {

/// What a certificate is asked for. Inside a cluster it travels as this value and needs no
/// signature; where bytes cross a host boundary, as a PKCS #10 request in PEM.
struct CertificateRequest {
  PublicKey public_key;
  AlternativeNames names;

  /// Reads a PEM request and checks its own signature. Fails with `invalid_argument` and the text
  /// of the signing service: `CSR is required`, `no PEM-encoded data found`, ... The subject is
  /// not kept, because it never reaches a certificate.
  static Result<CertificateRequest> from_pem(std::string_view pem);
};

/// A request as agents make it: the identity as the one URI.
CertificateRequest request_for(const SpiffeId& id, const PrivateKey& key);

/// The PEM form, signed with `key`, which must be the private half of `request.public_key`.
/// `common_name` may be empty. Draws from the current EntropyScope.
std::string to_pem(const CertificateRequest& request, const PrivateKey& key,
                   std::string_view common_name = {});

}  // namespace peerlab::trust
