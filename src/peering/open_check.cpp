#include "peerlab/peering/open_check.hpp"

#include "peerlab/base/assert.hpp"

namespace peerlab::peering {

OpenChecked check_open(const PeeringTables& tables, const CheckOpen& open, bool connect_ca_ready) {
  OpenChecked facts;
  facts.connect_ca_ready = connect_ca_ready;
  if (!uuid_fault(open.peer_id.value()).empty()) {
    facts.record = OpenChecked::Record::unreadable;
    return facts;
  }
  const Peering* peering = tables.by_id(open.peer_id);
  if (peering == nullptr) {
    facts.record = OpenChecked::Record::unknown;
    return facts;
  }
  facts.id = peering->id;
  if (!peering->is_active()) {
    facts.state = peering->state == PeeringState::terminated ? OpenChecked::State::terminated
                                                             : OpenChecked::State::deleting;
  }
  facts.dials = !peering->remote_id.value().empty();
  facts.secret = judge_open(tables.secrets(peering->id), open.secret);
  return facts;
}

Command promotion(const PeeringTables& tables, const PromoteSecret& promote) {
  const Peering* peering = tables.by_id(promote.peering);
  PEERLAB_ASSERT(peering != nullptr);
  Peering promoted = *peering;
  if (promote.remote) promoted.remote = *promote.remote;
  return WritePeering{promoted, promote.write};
}

}  // namespace peerlab::peering
