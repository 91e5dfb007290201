#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "peerlab/base/hash.hpp"
#include "peerlab/trust/leaf.hpp"

namespace peerlab::actors {

// The TLS handshake of a simulated connection: who asks for which name, and the certificates that
// are shown. The certificates are real and are really checked; records are not encrypted, and the
// key exchange is taken for granted. Sizes are those of a TLS 1.3 handshake, rounded.

/// The first flight of a client.
struct TlsClientHello {
  static constexpr std::string_view frame_name = "tls/client-hello";
  std::string sni;         ///< empty: the client names none
  std::string alpn;        ///< the one protocol it offers; empty: none
  std::uint64_t call = 0;  ///< not sent: tells the trace for which call of the run this is

  std::size_t encoded_size() const { return 250 + sni.size() + alpn.size(); }
  void hash_into(Hasher& hasher) const {
    hasher.add(sni);
    hasher.add(alpn);
  }
};

/// The server's certificate, and whether it wants one of the client.
struct TlsServerHello {
  static constexpr std::string_view frame_name = "tls/server-hello";
  trust::Leaf leaf;
  bool wants_certificate = false;

  static constexpr std::size_t encoded_size() { return 1000; }
  void hash_into(Hasher& hasher) const {
    hasher.add(trust::to_uri(leaf.id()));
    hasher.add(leaf.serial());
    hasher.add(static_cast<std::uint64_t>(wants_certificate));
  }
};

/// The client has accepted the server; shows its own certificate where one was wanted.
struct TlsFinished {
  static constexpr std::string_view frame_name = "tls/finished";
  std::optional<trust::Leaf> leaf;

  std::size_t encoded_size() const { return leaf ? 900 : 74; }
  void hash_into(Hasher& hasher) const {
    hasher.add(static_cast<std::uint64_t>(leaf ? leaf->serial() : 0));
    if (leaf) hasher.add(trust::to_uri(leaf->id()));
  }
};

/// One side refuses the other; the connection ends after it. `text` is that of Go's tls package:
/// `unrecognized name`.
struct TlsAlert {
  static constexpr std::string_view frame_name = "tls/alert";
  std::string text;

  static constexpr std::size_t encoded_size() { return 24; }
  void hash_into(Hasher& hasher) const { hasher.add(text); }
};

}  // namespace peerlab::actors
