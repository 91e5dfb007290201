#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/peering/status.hpp"

namespace peerlab::peering {

/// The pause before a dialer's next attempt after `failures` failures in a row, the last of which
/// ended with `code` (OK where the acceptor ended the stream without Terminated). No jitter.
/// (Consul: agent/consul/leader_peering.go, retryTimeout; C-222 to C-224)
///
/// Consul's doubling overflows after about 60 failures and the pauses become 0 (QP-05); ours do
/// not.
Duration redial_delay(std::uint64_t failures, GrpcCode code, const Mutants& mutants = {});

/// Counts the failures of one reconnect loop. There is no last attempt and no status that means
/// "give up"; only a graceful end of a stream, or of the peering, stops the loop.
class Redial {
 public:
  explicit Redial(Mutants planted = {}) : mutants_(planted) {}

  /// An attempt failed, or the stream that it led to did after `stream_lasted` (0: there was none).
  /// Gives the pause until the next one. A stream that lasted at least as long as the longest pause
  /// counts as stable, and the count starts again; Consul never does that (QP-06).
  Duration failed(GrpcCode code, Duration stream_lasted);

  std::uint64_t failures() const { return failures_; }

 private:
  std::uint64_t failures_ = 0;
  Mutants mutants_;
};

/// The addresses of a peer, each attempt takes the next one round and round. The position goes on
/// after a success, too. (Consul: newPeerDialer's ring; C-225, C-226)
class AddressRing {
 public:
  explicit AddressRing(Mutants planted = {}) : mutants_(planted) {}

  /// Local mesh gateways first (if peering goes through them), then the peer's servers. Begins at
  /// the start again if the list differs from the one before; an empty list is no list, and leaves
  /// the old one.
  void replace(const std::vector<std::string>& gateways, const std::vector<std::string>& servers);

  bool empty() const { return addresses_.empty(); }
  /// Must not be called on an empty ring.
  std::string next();

 private:
  std::vector<std::string> addresses_;
  std::size_t position_ = 0;
  Mutants mutants_;
};

}  // namespace peerlab::peering
