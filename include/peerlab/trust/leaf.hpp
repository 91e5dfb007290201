#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "peerlab/trust/certificate.hpp"
#include "peerlab/trust/key.hpp"

namespace peerlab::trust {

/// A leaf certificate with its key, as a proxy, gateway or server holds it. Key and certificate may
/// come into being at the first look (Signer::issue); identity, serial and dates are there at once.
/// A value; copies share the key. Not for several threads.
class Leaf {
 public:
  struct Facts {
    SpiffeId id;
    std::uint64_t serial = 0;
    Validity validity;
    std::string root_id;  ///< the root that signs it
  };
  struct Pair {
    PrivateKey key;
    CertificateChain chain;
  };

  /// One that exists already. `chain` must not be empty and its first URI SAN must be a SPIFFE id;
  /// fails with `malformed_message` otherwise.
  static Result<Leaf> from(PrivateKey key, CertificateChain chain, std::string root_id);

  /// One that `make` will give when it is needed, once. `make` must be a pure function.
  Leaf(Facts facts, std::function<Pair()> make);

  const SpiffeId& id() const { return state_->facts.id; }
  std::uint64_t serial() const { return state_->facts.serial; }
  const Validity& validity() const { return state_->facts.validity; }
  const std::string& root_id() const { return state_->facts.root_id; }

  const PrivateKey& key() const { return pair().key; }
  /// The leaf, then the intermediates.
  const CertificateChain& chain() const { return pair().chain; }
  /// Whether key and certificate have been made.
  bool made() const { return state_->pair != nullptr; }

 private:
  struct State {
    Facts facts;
    std::function<Pair()> make;
    std::unique_ptr<Pair> pair;
  };

  const Pair& pair() const;

  std::shared_ptr<State> state_;
};

/// When a client renews a leaf: a uniform instant between 60 % and 90 % of its life, or `now` when
/// that has passed. `draw` is uniform in [0, renewal_steps). (T-012, T-013)
Instant renewal_time(const Validity& validity, Instant now, std::uint64_t draw);

/// How finely renewal_time divides the window.
inline constexpr std::uint64_t renewal_steps = 1'000'000;

}  // namespace peerlab::trust
