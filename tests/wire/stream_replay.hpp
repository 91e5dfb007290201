#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "peering/tables_fixture.hpp"
#include "peerlab/catalog/tables.hpp"
#include "peerlab/peering/stream.hpp"

namespace peerlab::peering::tests {

/// The defects of the Consul that was recorded, as far as a stream shows them.
inline const Mutants as_recorded{Mutant::QP_04, Mutant::QP_05, Mutant::QP_06, Mutant::QP_10,
                                 Mutant::QP_12, Mutant::QP_20, Mutant::QP_25, Mutant::QP_26};

/// When a line of a recording was written, `t_ms` or `t_s` as it stands there.
Instant at_ms(double milliseconds);

/// One server that holds recorded streams: tables, catalog and tracker.
struct ReplayedServer : TablesFixture {
  catalog::CatalogTables catalog{store};
  StreamTracker tracker{as_recorded};

  ReplayedServer() { mutants = as_recorded; }

  /// Applies a resource of a peer, write by write. Gives "" or the cause of the refusal.
  std::string import(const PeerId& peering, const Import& import);

 private:
  Result<void> write(const std::variant<catalog::Command, Command>& command);
};

/// One end of a recorded stream: carries out what the core asks for and notes what it sends.
class StreamReplay {
 public:
  StreamReplay(ReplayedServer& server, PeerStream stream, PeerId of = {})
      : peering(std::move(of)), server_(&server), stream_(std::move(stream)) {}

  /// Lets the timers run that are due before `now`, in the order of their times, then those that
  /// are due at `now` itself.
  void advance(Instant now);
  void feed(Instant now, const Input& input);
  /// Bytes from the peer; what is not Protobuf is answered as Consul's gRPC library does.
  void receive(Instant now, const std::string& bytes);

  struct Sent {
    Instant at;
    ReplicationMessage message;
  };
  std::vector<Sent> sent;
  /// The same as JSON, to be compared with `msg_json`.
  std::vector<nlohmann::json> sent_json() const;
  std::optional<Status> ended;
  std::optional<Instant> ended_at;
  bool half_closed = false;
  bool crashed = false;

  /// Which peering of the server the imports belong to.
  PeerId peering;

  const PeerStream& stream() const { return stream_; }

 private:
  void carry_out(Instant now, const Output& output);

  ReplayedServer* server_;
  PeerStream stream_;
  std::map<Timer, Instant> timers_;
};

}  // namespace peerlab::peering::tests
