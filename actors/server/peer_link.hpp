#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/server/stream_run.hpp"
#include "peerlab/mesh/sidecar.hpp"
#include "peerlab/peering/exporter.hpp"
#include "peerlab/peering/importer.hpp"

namespace peerlab::actors {

/// What a cluster tells all of its peers alike. Kept by PeerStreams, read by every link.
struct Exported {
  trust::TrustBundle roots;
  std::vector<catalog::CheckServiceNode> ready_servers;
};

/// One peer stream with what flows along it: what this cluster exports to the peer goes out, and
/// what comes in is stored.
class PeerLink {
 public:
  /// The link may be destroyed once this event is over.
  using Ended = std::function<void(const peering::Status&)>;

  /// Of an acceptor. `exported` must outlive the link.
  PeerLink(ServerContext& context, const Exported& exported, Ended ended);
  /// Of a dialer.
  PeerLink(ServerContext& context, const Exported& exported,
           const peering::DialerIdentity& identity, Ended ended);

  void open(engine::ConnectionId connection) { run_.open(connection); }
  void step(const peering::Input& input) { run_.step(input); }

  /// An entry of the log was applied; the store was replaced by a snapshot; what all peers are told
  /// has changed.
  void committed(const store::Commit& commit);
  void restored();
  void roots_changed();
  void servers_changed();

  const std::optional<PeerId>& peering() const { return run_.peering(); }

 private:
  StreamRun::Owner owner(Ended ended);
  void export_all();
  template <class Change>
  void tell(const Change& change);
  void import(const peering::Import& import, std::function<void(std::optional<std::string>)> done);

  ServerContext& context_;
  const Exported& exported_;
  StreamRun run_;
  std::optional<peering::Exporter> exporter_;  // from the peer's first subscription on
  PeerName peer_;
  PartitionName partition_;
};

}  // namespace peerlab::actors
