#include "issuing.hpp"

#include <openssl/rand.h>

#include "openssl.hpp"
#include "peerlab/trust/entropy.hpp"

namespace peerlab::trust {
namespace {

using namespace std::string_view_literals;

// Encoded values of extensions that are always the same.
constexpr auto ca_key_usage = "\x03\x02\x01\x86"sv;    // digital signature, cert sign, CRL sign
constexpr auto leaf_key_usage = "\x03\x02\x03\xb8"sv;  // signature, key and data enc., agreement
constexpr auto ca_constraints = "\x30\x03\x01\x01\xff"sv;
constexpr auto leaf_constraints = "\x30\x00"sv;
constexpr auto client_and_server =
    "\x30\x14\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"sv;

/// Both key ids are SHA-256 over the PKIX form, hence 32 bytes.
std::string subject_key_value(std::string_view id) { return "\x04\x20" + std::string(id); }
std::string authority_key_value(std::string_view id) {
  return "\x30\x22\x80\x20" + std::string(id);
}

ssl::Name common_name(std::string_view name) {
  ssl::Name out(X509_NAME_new());
  if (!name.empty()) {
    X509_NAME_add_entry_by_NID(out.get(), NID_commonName, V_ASN1_PRINTABLESTRING,
                               reinterpret_cast<const unsigned char*>(name.data()),
                               static_cast<int>(name.size()), -1, 0);
  }
  return out;
}

void add(X509* certificate, int nid, bool critical, std::string_view value) {
  const auto extension = ssl::extension(nid, critical, value);
  PEERLAB_ASSERT(X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// Everything but the extensions and the signature.
std::shared_ptr<X509> frame(const X509_NAME* subject, const X509_NAME* issuer, EVP_PKEY* key,
                            std::uint64_t serial, const Validity& validity) {
  std::shared_ptr<X509> out(X509_new(), X509_free);
  X509_set_version(out.get(), 2);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(out.get()), serial);
  X509_set_issuer_name(out.get(), issuer);
  X509_set_subject_name(out.get(), subject);
  ASN1_TIME_set(X509_getm_notBefore(out.get()), validity.not_before);
  ASN1_TIME_set(X509_getm_notAfter(out.get()), validity.not_after);
  X509_set_pubkey(out.get(), key);
  return out;
}

void add_ca_extensions(X509* certificate, const PublicKey& key, std::string_view issuer_key_id,
                       const AlternativeNames& names) {
  add(certificate, NID_key_usage, true, ca_key_usage);
  add(certificate, NID_basic_constraints, true, ca_constraints);
  add(certificate, NID_subject_key_identifier, false, subject_key_value(key.key_id()));
  add(certificate, NID_authority_key_identifier, false, authority_key_value(issuer_key_id));
  add(certificate, NID_subject_alt_name, false, ssl::encode_names(names));
}

Certificate signed_by(std::shared_ptr<X509> certificate, const PrivateKey& key) {
  use_scoped_entropy();
  PEERLAB_ASSERT(X509_sign(certificate.get(), key.native(), EVP_sha256()) > 0);
  return Certificate(std::move(certificate));
}

}  // namespace

Certificate self_sign(const Template& root, const PrivateKey& key) {
  const auto name = common_name(root.common_name);
  auto out = frame(name.get(), name.get(), key.native(), root.serial, root.validity);
  const PublicKey public_key = key.public_key();
  add_ca_extensions(out.get(), public_key, public_key.key_id(), root.names);
  return signed_by(std::move(out), key);
}

Certificate cross_sign(const Certificate& root, std::uint64_t serial, const Validity& validity,
                       const Certificate& issuer, const PrivateKey& issuer_key) {
  const PublicKey key = root.public_key();
  auto out = frame(X509_get_subject_name(root.native()), X509_get_subject_name(issuer.native()),
                   key.native(), serial, validity);
  add_ca_extensions(out.get(), key, issuer.subject_key_id(), root.names());
  return signed_by(std::move(out), issuer_key);
}

CertificateChain sign_leaf(const Template& leaf, const PublicKey& key,
                           const IssuerMaterial& issuer) {
  const auto no_name = common_name({});
  auto out = frame(no_name.get(), X509_get_subject_name(issuer.root.native()), key.native(),
                   leaf.serial, leaf.validity);
  add(out.get(), NID_key_usage, true, leaf_key_usage);
  add(out.get(), NID_ext_key_usage, false, client_and_server);
  add(out.get(), NID_basic_constraints, true, leaf_constraints);
  add(out.get(), NID_subject_key_identifier, false, subject_key_value(key.key_id()));
  add(out.get(), NID_authority_key_identifier, false,
      authority_key_value(issuer.root.subject_key_id()));
  // Critical, because there is no subject to identify the holder by (RFC 5280, 4.2.1.6).
  add(out.get(), NID_subject_alt_name, true, ssl::encode_names(leaf.names));

  CertificateChain chain{signed_by(std::move(out), issuer.key)};
  chain.insert(chain.end(), issuer.intermediates.begin(), issuer.intermediates.end());
  return chain;
}

std::string random_base36(int count) {
  use_scoped_entropy();
  std::string out;
  for (int i = 0; i < count; ++i) {
    // Eight bytes for each character leave no bias worth the name.
    std::uint64_t word = 0;
    PEERLAB_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(&word), sizeof word) == 1);
    out += "0123456789abcdefghijklmnopqrstuvwxyz"[word % 36];
  }
  return out;
}

}  // namespace peerlab::trust
