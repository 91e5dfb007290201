#pragma once

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "peerlab/base/assert.hpp"
#include "peerlab/trust/certificate.hpp"

/// Small help around OpenSSL's C interface, private to this room.
namespace peerlab::trust::ssl {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};

template <class T, auto release>
using Owned = std::unique_ptr<T, Release<release>>;

using Bio = Owned<BIO, BIO_free_all>;
using Time = Owned<ASN1_TIME, ASN1_TIME_free>;
using Integer = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;
using Octets = Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using Extension = Owned<X509_EXTENSION, X509_EXTENSION_free>;
using Name = Owned<X509_NAME, X509_NAME_free>;
using Request = Owned<X509_REQ, X509_REQ_free>;

/// Takes back what OpenSSL puts into this thread's list of errors while it lives. Input that cannot
/// be read is told by return values; an entry left behind would be taken for one of a later TLS
/// connection.
class QuietErrors {
 public:
  QuietErrors() { ERR_set_mark(); }
  ~QuietErrors() { ERR_pop_to_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
};

inline Bio reader(std::string_view bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

/// What `write` puts into a BIO.
template <class Write>
std::string written(Write write) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEERLAB_ASSERT(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

/// The DER form by one of OpenSSL's i2d functions.
template <class T, class Encode>
std::string der(T* object, Encode encode) {
  unsigned char* data = nullptr;
  const int size = encode(object, &data);
  PEERLAB_ASSERT(size >= 0);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(
      data, [](unsigned char* bytes) { OPENSSL_free(bytes); });
  return std::string(data, data + size);
}

std::string digest(const EVP_MD* algorithm, std::string_view bytes);

/// The value of a SubjectAlternativeName extension: DNS, e-mail, IP, URI, in Go's order.
std::string encode_names(const AlternativeNames& names);
AlternativeNames read_names(const STACK_OF(GENERAL_NAME) * names);

/// An extension whose value is already encoded.
Extension extension(int nid, bool critical, std::string_view value);

}  // namespace peerlab::trust::ssl
