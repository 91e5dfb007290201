#pragma once

#include "peerlab/peering/command.hpp"
#include "peerlab/peering/stream.hpp"
#include "peerlab/peering/tables.hpp"

/// What stands between an acceptor's stream and the tables of its server.
namespace peerlab::peering {

/// Answers CheckOpen.
OpenChecked check_open(const PeeringTables& tables, const CheckOpen& open, bool connect_ca_ready);

/// The command that carries out PromoteSecret: secret and remote in one write (C-108, C-109). The
/// peering must be in the tables.
Command promotion(const PeeringTables& tables, const PromoteSecret& promote);

}  // namespace peerlab::peering
