#include "openssl.hpp"

#include <arpa/inet.h>

#include <array>
#include <optional>

namespace peerlab::trust::ssl {
namespace {

// Context tags of GeneralName (RFC 5280, section 4.2.1.6).
constexpr char email_tag = '\x81';
constexpr char dns_tag = '\x82';
constexpr char uri_tag = '\x86';
constexpr char ip_tag = '\x87';
constexpr char sequence_tag = '\x30';

std::string tagged(char tag, std::string_view value) {
  std::string out(1, tag);
  if (value.size() < 0x80) {
    out += static_cast<char>(value.size());
  } else {
    std::string length;
    for (std::size_t rest = value.size(); rest > 0; rest >>= 8U) {
      length.insert(length.begin(), static_cast<char>(rest & 0xffU));
    }
    out += static_cast<char>(0x80U | length.size());
    out += length;
  }
  return out.append(value);
}

std::optional<std::string> ip_bytes(const std::string& text) {
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 4);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 16);
  return std::nullopt;
}

std::string ip_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  inet_ntop(family, bytes.data(), text.data(), text.size());
  return text.data();
}

std::string text_of(const ASN1_STRING* string) {
  const unsigned char* data = ASN1_STRING_get0_data(string);
  return std::string(data, data + ASN1_STRING_length(string));
}

}  // namespace

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  PEERLAB_ASSERT(EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr) ==
                 1);
  return std::string(out.data(), out.data() + size);
}

std::string encode_names(const AlternativeNames& names) {
  std::string all;
  for (const auto& name : names.dns) all += tagged(dns_tag, name);
  for (const auto& name : names.emails) all += tagged(email_tag, name);
  for (const auto& name : names.ips) {
    const auto bytes = ip_bytes(name);
    PEERLAB_ASSERT(bytes);
    all += tagged(ip_tag, *bytes);
  }
  for (const auto& name : names.uris) all += tagged(uri_tag, name);
  return tagged(sequence_tag, all);
}

AlternativeNames read_names(const STACK_OF(GENERAL_NAME) * names) {
  AlternativeNames out;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type);
    const auto* text = static_cast<const ASN1_STRING*>(value);
    if (type == GEN_DNS) out.dns.push_back(text_of(text));
    if (type == GEN_EMAIL) out.emails.push_back(text_of(text));
    if (type == GEN_URI) out.uris.push_back(text_of(text));
    if (type == GEN_IPADD) {
      // Whoever asks with an address of five bytes gets none.
      if (auto ip = ip_text(text_of(text)); !ip.empty()) out.ips.push_back(std::move(ip));
    }
  }
  return out;
}

Extension extension(int nid, bool critical, std::string_view value) {
  const Octets octets(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(octets.get(), reinterpret_cast<const unsigned char*>(value.data()),
                        static_cast<int>(value.size()));
  return Extension(X509_EXTENSION_create_by_NID(nullptr, nid, critical ? 1 : 0, octets.get()));
}

}  // namespace peerlab::trust::ssl
