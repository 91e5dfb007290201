#pragma once

#include "peerlab/base/random.hpp"

namespace peerlab::trust {

/// Makes OpenSSL draw every random byte from the current `EntropyScope`, in the whole process and
/// for good. Asking for a byte outside of any scope ends the process with a message: a run that
/// touched the system's entropy could not be repeated. Called by everything in this room that
/// draws; whoever uses OpenSSL elsewhere (TLS in `wire`) calls it first. Calling it again is free.
void use_scoped_entropy();

/// While it lives, what OpenSSL draws on this thread comes from `random` and advances it: keys,
/// ECDSA nonces, TLS randoms. Equal streams give equal bytes. Scopes nest; the innermost serves.
class EntropyScope {
 public:
  /// `random` must outlive the scope.
  explicit EntropyScope(Random& random);
  ~EntropyScope();

  EntropyScope(const EntropyScope&) = delete;
  EntropyScope& operator=(const EntropyScope&) = delete;

 private:
  Random* outer_;
};

}  // namespace peerlab::trust
