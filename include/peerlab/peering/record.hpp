#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/catalog/types.hpp"
#include "peerlab/peering/remote.hpp"
#include "peerlab/peering/tracker.hpp"

namespace peerlab::peering {

/// What a peering is in. ACTIVE and FAILING are never stored but computed on each read; UNDEFINED
/// in a write says "keep the old state". (spec 4.2)
enum class PeeringState { undefined, pending, establishing, active, failing, deleting, terminated };

/// `PENDING`, as Consul writes it.
std::string_view state_name(PeeringState state);

/// The record of one peering, as it is replicated. Secrets lie apart from it. (spec 4.1; Consul:
/// peering.proto, Peering)
struct Peering {
  PeerId id;                ///< made here, never changes
  PeerName name;            ///< unique in its partition, whatever the case
  PartitionName partition;  ///< empty in Community Edition
  std::optional<Instant> deleted_at;
  std::map<std::string, std::string> meta;
  PeeringState state = PeeringState::undefined;
  PeerId remote_id;  ///< `PeerID`: the acceptor's ID of it; empty at the acceptor itself
  std::vector<std::string> peer_ca_pems;
  std::string peer_server_name;
  std::vector<std::string> peer_server_addresses;
  std::vector<std::string> manual_server_addresses;  ///< where present, only these are dialed
  RemoteInfo remote;
  catalog::RaftIndexes indexes;

  /// Having addresses is what makes a record a dialer's; nothing else is looked at.
  bool should_dial() const {
    return !peer_server_addresses.empty() || !manual_server_addresses.empty();
  }
  const std::vector<std::string>& addresses_to_dial() const {
    return manual_server_addresses.empty() ? peer_server_addresses : manual_server_addresses;
  }
  bool is_active() const { return state != PeeringState::terminated && !deleted_at; }

  friend bool operator==(const Peering&, const Peering&) = default;
};

/// True where `remote` says nothing: a locality without region and zone counts as none.
bool is_empty(const RemoteInfo& remote);

/// The state a read reports: ACTIVE with a connected stream, FAILING after one that ended with an
/// error, else the stored one, which is not looked at before. (spec 4.3, "Computed on read")
PeeringState shown_state(const Peering& peering, const StreamStatus* stream);

/// The peering as Consul's HTTP API writes it: keys in Consul's order, empty ones left out or null
/// as there. `stream` is null where this server never tracked the peering.
std::string to_json(const Peering& peering, const StreamStatus* stream, const Mutants& mutants);

}  // namespace peerlab::peering
