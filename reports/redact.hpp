#pragma once

#include <string>

#include "peerlab/checks/secrets.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::reports {

/// Takes secrets out of texts. Everything that leaves the program about a run passes through one of
/// these on its last step, whatever report it is part of.
///
/// Recognised are, also where a text breaks off in the middle of one:
///   - base64 of a JSON object that is a peering token or a JWT,
///   - private keys in PEM,
///   - the value of a key that is called as Consul calls its secrets (`SecretID`, ...), in JSON,
///   HCL,
///     YAML, an HTTP header or the query of a URL,
///   - the UUIDs that were learned to be secrets of peerings in this run.
/// A secret under a name of the user's own, or encoded twice, is not recognised.
class Redactor {
 public:
  /// With `reveal` every text is left as it is.
  explicit Redactor(bool reveal = false) : reveal_(reveal) {}

  /// Takes the secrets that a run told of for secrets from now on.
  void learn(const trace::Trace& trace) {
    if (!reveal_) secrets_.add(trace);
  }

  std::string operator()(std::string text) const;

 private:
  bool reveal_;
  checks::KnownSecrets secrets_;
};

}  // namespace peerlab::reports
