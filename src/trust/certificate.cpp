#include "peerlab/trust/certificate.hpp"

#include <fmt/format.h>

#include <chrono>

#include "openssl.hpp"
#include "peerlab/base/encoding.hpp"

namespace peerlab::trust {
namespace {

using Names = ssl::Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

std::int64_t unix_seconds(const ASN1_TIME* time) {
  std::tm date{};
  if (ASN1_TIME_to_tm(time, &date) != 1) return 0;
  const auto day = std::chrono::year(date.tm_year + 1900) / (date.tm_mon + 1) / date.tm_mday;
  const auto days = std::chrono::sys_days(day).time_since_epoch().count();
  return std::int64_t{days} * 86'400 + date.tm_hour * 3'600 + date.tm_min * 60 + date.tm_sec;
}

std::string name_text(const X509_NAME* name) {
  return ssl::written(
      [&](BIO* bio) { return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0 ? 1 : 0; });
}

std::string octets(const ASN1_OCTET_STRING* value) {
  if (value == nullptr) return {};
  const unsigned char* data = ASN1_STRING_get0_data(value);
  return std::string(data, data + ASN1_STRING_length(value));
}

/// The next certificate of a PEM text, or null.
std::shared_ptr<X509> next_certificate(BIO* bio) {
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  if (certificate == nullptr) return nullptr;
  return {certificate, X509_free};
}

bool readable(X509* certificate) {
  return X509_get0_pubkey(certificate) != nullptr &&
         (X509_get_extension_flags(certificate) & EXFLAG_INVALID) == 0;
}

}  // namespace

bool Validity::holds(Instant now) const {
  const std::int64_t nanos = unix_nanos(now);
  return nanos >= not_before * 1'000'000'000 && nanos / 1'000'000'000 <= not_after;
}

std::string colon_hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    out += fmt::format("{}{:02x}", out.empty() ? "" : ":", static_cast<unsigned char>(byte));
  }
  return out;
}

Certificate::Certificate(std::shared_ptr<X509> certificate)
    : certificate_(std::move(certificate)),
      validity_{unix_seconds(X509_get0_notBefore(certificate_.get())),
                unix_seconds(X509_get0_notAfter(certificate_.get()))} {}

Result<Certificate> Certificate::from_pem(std::string_view pem) {
  const ssl::QuietErrors quiet;
  const auto bio = ssl::reader(pem);
  auto certificate = next_certificate(bio.get());
  if (certificate == nullptr || !readable(certificate.get())) {
    return failure(Errc::malformed_message, "not a certificate in PEM");
  }
  return Certificate(std::move(certificate));
}

std::string Certificate::pem() const {
  return ssl::written([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate_.get()); });
}

std::string Certificate::der() const { return ssl::der(certificate_.get(), i2d_X509); }

std::string Certificate::subject() const {
  return name_text(X509_get_subject_name(certificate_.get()));
}

std::string Certificate::issuer() const {
  return name_text(X509_get_issuer_name(certificate_.get()));
}

std::uint64_t Certificate::serial() const {
  std::uint64_t serial = 0;
  ASN1_INTEGER_get_uint64(&serial, X509_get0_serialNumber(certificate_.get()));
  return serial;
}

AlternativeNames Certificate::names() const {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate_.get(), NID_subject_alt_name, nullptr, nullptr)));
  return names ? ssl::read_names(names.get()) : AlternativeNames{};
}

bool Certificate::is_ca() const { return X509_check_ca(certificate_.get()) == 1; }

PublicKey Certificate::public_key() const {
  EVP_PKEY* key = X509_get_pubkey(certificate_.get());
  PEERLAB_ASSERT(key != nullptr);
  return PublicKey({key, EVP_PKEY_free});
}

std::string Certificate::subject_key_id() const {
  return octets(X509_get0_subject_key_id(certificate_.get()));
}

std::string Certificate::authority_key_id() const {
  return octets(X509_get0_authority_key_id(certificate_.get()));
}

std::string Certificate::fingerprint() const { return colon_hex(ssl::digest(EVP_sha1(), der())); }

std::string Certificate::sha256() const { return to_hex(ssl::digest(EVP_sha256(), der())); }

Result<SpiffeId> Certificate::spiffe_id() const {
  const auto names = this->names();
  if (names.uris.size() != 1) {
    return failure(Errc::malformed_message,
                   fmt::format("certificate has {} URI SANs instead of one", names.uris.size()));
  }
  return parse_spiffe_id(names.uris.front());
}

Result<CertificateChain> chain_from_pem(std::string_view pem) {
  const ssl::QuietErrors quiet;
  const auto bio = ssl::reader(pem);
  CertificateChain chain;
  while (auto certificate = next_certificate(bio.get())) {
    if (!readable(certificate.get())) return failure(Errc::malformed_message, "bad certificate");
    chain.emplace_back(std::move(certificate));
  }
  // The reader also stops at a certificate that is broken; only the end of the text is fine.
  const auto blocks = [&] {
    std::size_t count = 0;
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
    for (auto at = pem.find(begin); at != pem.npos; at = pem.find(begin, at + 1)) ++count;
    return count;
  }();
  if (chain.empty() || chain.size() != blocks) {
    return failure(Errc::malformed_message, "not a chain of certificates in PEM");
  }
  return chain;
}

std::string to_pem(const CertificateChain& chain) {
  std::string out;
  for (const auto& certificate : chain) out += certificate.pem();
  return out;
}

}  // namespace peerlab::trust
