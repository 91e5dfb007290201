#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "peerlab/base/random.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/peering/command.hpp"
#include "peerlab/peering/message.hpp"
#include "peerlab/peering/service.hpp"

namespace peerlab::peering {

/// Defaults of Consul (leader_peering.go and rpc/peering/service.go; spec 7.3).
struct EstablishTimings {
  Duration gateway_wait = std::chrono::seconds(1);  ///< lets a local gateway learn the new route
  Duration budget = std::chrono::seconds(3);        ///< of each list of addresses
  Duration pause = std::chrono::milliseconds(150);  ///< plus up to a quarter, by chance
  /// Between runs of the whole call after RESOURCE_EXHAUSTED: the caller's own gRPC retries.
  std::vector<Duration> retries = {std::chrono::seconds(1), std::chrono::seconds(2),
                                   std::chrono::seconds(4), std::chrono::seconds(5)};
};

/// One call of Establish on the dialer's leader: the record is written, the secret exchanged by
/// dialing the addresses in turn, and the record written again with what the acceptor gave. The
/// first write is not taken back when the exchange fails (spec 3.4, QP-24).
class EstablishCall {
 public:
  // What it asks for. Just one of Propose, Exchange, Arm and StartOver is under way at any time.

  struct Propose {
    WritePeering write;
  };
  /// Dial `address` (TLS with `ca_pems` and `server_name`; plaintext where there are no PEMs), call
  /// ExchangeSecret, close.
  struct Exchange {
    std::string address;
    std::vector<std::string> ca_pems;
    std::string server_name;
    ExchangeSecretRequest request;
  };
  struct Arm {
    Instant due;
  };
  /// Call `start` again: the state may have changed since.
  struct StartOver {};
  /// The answer to the caller; code `ok` where the peering is established.
  struct Answer {
    Status status;
  };
  using Output = std::variant<Propose, Exchange, Arm, StartOver, Answer>;

  // What it is told.

  struct Applied {
    Result<void> result;
  };
  struct Exchanged {
    std::variant<ExchangeSecretResponse, Status> answer;
  };
  struct Due {};
  using Input = std::variant<Applied, Exchanged, Due>;

  /// `token` is what `check` gave for `request`.
  EstablishCall(EstablishRequest request, PeeringToken token, Random random, Mutants mutants = {},
                EstablishTimings timings = {});

  /// The checks on the leader, and the first write. Draws the ID of a new peering.
  Output start(const ServiceContext& context);
  Output step(Instant now, const Input& input);

 private:
  enum class Stage { created, first_write, gateways, all, last_write, retry, done };

  Output on(Instant now, const Applied& applied);
  Output on(Instant now, const Exchanged& exchanged);
  Output on(Instant now, const Due& due);

  Output begin_list(Instant now, Stage stage);
  Output attempt(Instant now);
  Output collect(Instant now, Status failure);
  Output give_up(Instant now);
  Output fail(Instant now, Status status);
  Output answer(Status status);

  EstablishRequest request_;
  PeeringToken token_;
  Random random_;
  Mutants mutants_;
  EstablishTimings timings_;

  Stage stage_ = Stage::created;
  Peering peering_;
  std::vector<std::string> gateways_;
  std::vector<std::string> ring_;
  std::size_t next_ = 0;
  Instant list_began_;
  std::vector<Status> failures_;
  std::size_t retries_ = 0;
};

}  // namespace peerlab::peering
