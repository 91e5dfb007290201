#pragma once

#include <string>

#include "peerlab/peering/tables.hpp"
#include "peerlab/store/store.hpp"

namespace peerlab::peering {

/// The replicated state of peering in one server, and a log that is applied to it.
struct TablesFixture {
  Mutants mutants;
  store::Store store;
  PeeringTables tables{store};
  store::RaftIndex index = 10;

  /// Applies the command as it comes out of the log, bytes and all. Gives Consul's text where it is
  /// refused, else "".
  std::string apply(const Command& command) {
    store::Transaction transaction(store, ++index);
    const auto applied = tables.apply(decode_command(encode(command)).value(), mutants);
    if (!applied) return applied.error().detail;
    transaction.commit();
    return "";
  }

  const Peering& peering(const std::string& name) const {
    const Peering* found = tables.by_name({}, PeerName(name));
    PEERLAB_ASSERT(found != nullptr);
    return *found;
  }
};

inline const PeerId one_id("11111111-1111-1111-1111-111111111111");
inline const PeerId two_id("22222222-2222-2222-2222-222222222222");

inline Peering acceptor_record(const PeerId& id = one_id, const std::string& name = "b") {
  Peering peering;
  peering.id = id;
  peering.name = PeerName(name);
  return peering;
}

inline Peering dialer_record(const PeerId& id = one_id, const std::string& name = "b") {
  Peering peering = acceptor_record(id, name);
  peering.remote_id = PeerId("99999999-9999-9999-9999-999999999999");
  peering.peer_server_addresses = {"10.0.0.1:8503"};
  return peering;
}

inline Peering marked(Peering peering) {
  peering.state = PeeringState::deleting;
  peering.deleted_at = Instant{} + std::chrono::seconds(1);
  return peering;
}

inline Peering in_state(Peering peering, PeeringState state) {
  peering.state = state;
  return peering;
}

}  // namespace peerlab::peering
