#pragma once

#include <cstdint>
#include <string>

#include "peerlab/trust/certificate.hpp"

/// Making certificates, byte for byte in the form of the reference. Private to this room. All of
/// it draws from the current EntropyScope.
namespace peerlab::trust {

struct Template {
  std::string common_name;  ///< empty for leaves
  AlternativeNames names;
  std::uint64_t serial = 0;
  Validity validity;
};

/// What signs leaves, parsed.
struct IssuerMaterial {
  Certificate root;
  PrivateKey key;
  CertificateChain intermediates;
};

Certificate self_sign(const Template& root, const PrivateKey& key);

/// A certificate for the key and name of `root`, issued by another root.
Certificate cross_sign(const Certificate& root, std::uint64_t serial, const Validity& validity,
                       const Certificate& issuer, const PrivateKey& issuer_key);

CertificateChain sign_leaf(const Template& leaf, const PublicKey& key,
                           const IssuerMaterial& issuer);

/// `count` random characters out of 0-9 and a-z.
std::string random_base36(int count);

}  // namespace peerlab::trust
