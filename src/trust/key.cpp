#include "peerlab/trust/key.hpp"

#include <openssl/core_names.h>
#include <openssl/encoder.h>
#include <openssl/rsa.h>

#include "openssl.hpp"
#include "peerlab/trust/entropy.hpp"

namespace peerlab::trust {
namespace {

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
  PEERLAB_ASSERT(key != nullptr);
  return {key, EVP_PKEY_free};
}

const char* curve(int bits) {
  switch (bits) {
    case 224:
      return "P-224";
    case 384:
      return "P-384";
    case 521:
      return "P-521";
    default:
      PEERLAB_ASSERT(bits == 256);
      return "P-256";
  }
}

}  // namespace

std::string_view to_text(KeySpec::Type type) { return type == KeySpec::Type::ec ? "ec" : "rsa"; }

std::string PublicKey::key_id() const {
  return ssl::digest(EVP_sha256(), ssl::der(key_.get(), i2d_PUBKEY));
}

KeySpec PublicKey::spec() const {
  const bool rsa = EVP_PKEY_is_a(key_.get(), "RSA") == 1;
  return {rsa ? KeySpec::Type::rsa : KeySpec::Type::ec, EVP_PKEY_get_bits(key_.get())};
}

bool operator==(const PublicKey& one, const PublicKey& other) {
  return EVP_PKEY_eq(one.native(), other.native()) == 1;
}

PrivateKey PrivateKey::generate(const KeySpec& spec) {
  use_scoped_entropy();
  if (spec.type == KeySpec::Type::ec) return PrivateKey(owned(EVP_EC_gen(curve(spec.bits))));
  return PrivateKey(owned(EVP_RSA_gen(static_cast<unsigned int>(spec.bits))));
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  const ssl::QuietErrors quiet;
  const auto bio = ssl::reader(pem);
  // An encrypted key must not make OpenSSL ask the terminal for a passphrase.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr);
  if (key == nullptr) return failure(Errc::malformed_message, "not a private key in PEM");
  return PrivateKey(owned(key));
}

std::string PrivateKey::pem() const {
  return ssl::written([&](BIO* bio) {
    return PEM_write_bio_PrivateKey_traditional(bio, key_.get(), nullptr, nullptr, 0, nullptr,
                                                nullptr);
  });
}

}  // namespace peerlab::trust
