#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "peerlab/base/result.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace peerlab::trust {

/// `PrivateKeyType` and `PrivateKeyBits` of Consul's CA configuration. Leaves are always the
/// default here, whatever the CA uses. (T-010)
struct KeySpec {
  enum class Type { ec, rsa };
  Type type = Type::ec;
  int bits = 256;

  friend bool operator==(const KeySpec&, const KeySpec&) = default;
};

std::string_view to_text(KeySpec::Type type);  ///< `ec` or `rsa`

/// The public half of a key. A value; copies share one OpenSSL object, which nobody changes.
class PublicKey {
 public:
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  /// SHA-256 over the PKIX form, 32 raw bytes: Consul's subject and authority key id.
  std::string key_id() const;
  KeySpec spec() const;
  evp_pkey_st* native() const { return key_.get(); }

  friend bool operator==(const PublicKey& one, const PublicKey& other);

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

/// A private key with its public half. Secret: never print it, write it only where the reference
/// does. A value; copies share one OpenSSL object.
class PrivateKey {
 public:
  /// Draws from the current EntropyScope; 30 us for the default, seconds for RSA.
  static PrivateKey generate(const KeySpec& spec = {});

  /// Reads what `pem` wrote, or PKCS #8. Fails with `malformed_message`.
  static Result<PrivateKey> from_pem(std::string_view pem);

  /// `EC PRIVATE KEY` or `RSA PRIVATE KEY`, as Consul keeps and hands out keys.
  std::string pem() const;
  PublicKey public_key() const { return PublicKey(key_); }
  evp_pkey_st* native() const { return key_.get(); }

 private:
  explicit PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace peerlab::trust
