#include "peerlab/trust/request.hpp"

#include "openssl.hpp"

namespace peerlab::trust {
namespace {

using Extensions = ssl::Owned<STACK_OF(X509_EXTENSION), [](STACK_OF(X509_EXTENSION) * list) {
  sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
}>;
using Names = ssl::Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

AlternativeNames names_of(X509_REQ* request) {
  const Extensions extensions(X509_REQ_get_extensions(request));
  if (!extensions) return {};
  const Names names(static_cast<GENERAL_NAMES*>(
      X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)));
  return names ? ssl::read_names(names.get()) : AlternativeNames{};
}

}  // namespace

Result<CertificateRequest> CertificateRequest::from_pem(std::string_view pem) {
  const ssl::QuietErrors quiet;
  if (pem.empty()) return failure(Errc::invalid_argument, "CSR is required");
  if (pem.find("-----BEGIN ") == pem.npos) {
    return failure(Errc::invalid_argument, "no PEM-encoded data found");
  }
  const auto bio = ssl::reader(pem);
  const ssl::Request request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  if (!request) {
    return failure(Errc::invalid_argument, "first PEM-block should be CERTIFICATE REQUEST type");
  }
  EVP_PKEY* key = X509_REQ_get_pubkey(request.get());
  if (key == nullptr) return failure(Errc::invalid_argument, "x509: unsupported public key");
  PublicKey public_key({key, EVP_PKEY_free});
  if (X509_REQ_verify(request.get(), key) != 1) {
    return failure(Errc::invalid_argument, "x509: signature of the CSR does not fit its key");
  }
  return CertificateRequest{std::move(public_key), names_of(request.get())};
}

CertificateRequest request_for(const SpiffeId& id, const PrivateKey& key) {
  return {key.public_key(), {.dns = {}, .emails = {}, .ips = {}, .uris = {to_uri(id)}}};
}

std::string to_pem(const CertificateRequest& request, const PrivateKey& key,
                   std::string_view common_name) {
  PEERLAB_ASSERT(request.public_key == key.public_key());
  const ssl::Request out(X509_REQ_new());
  X509_REQ_set_version(out.get(), 0);
  if (!common_name.empty()) {
    X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(out.get()), NID_commonName, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.data()),
                               static_cast<int>(common_name.size()), -1, 0);
  }
  X509_REQ_set_pubkey(out.get(), key.native());
  const Extensions extensions(sk_X509_EXTENSION_new_null());
  if (request.names != AlternativeNames{}) {
    sk_X509_EXTENSION_push(
        extensions.get(),
        ssl::extension(NID_subject_alt_name, false, ssl::encode_names(request.names)).release());
    X509_REQ_add_extensions(out.get(), extensions.get());
  }
  PEERLAB_ASSERT(X509_REQ_sign(out.get(), key.native(), EVP_sha256()) > 0);
  return ssl::written([&](BIO* bio) { return PEM_write_bio_X509_REQ(bio, out.get()); });
}

}  // namespace peerlab::trust
