#pragma once

#include <span>
#include <string>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/result.hpp"
#include "peerlab/catalog/types.hpp"

namespace peerlab::peering {

// Where a cluster can be reached by its peers, as read from its own catalog: the instances of
// service `consul` (its servers) and those of kind `mesh-gateway`, both by node name.

using Instances = std::span<const catalog::CheckServiceNode>;

/// ServerAddresses of a token (spec 1.3). Fails with `invalid_argument` and Consul's text when
/// there is none to give.
Result<std::vector<std::string>> token_server_addresses(bool through_gateways, Instances servers,
                                                        Instances gateways, const Mutants& mutants);

/// PeeringServerAddresses for the stream when peering does not go through gateways (spec 7.8).
/// `ready` holds the instances of the servers that can serve. Empty: nothing is sent.
std::vector<std::string> stream_server_addresses(Instances ready, const Mutants& mutants);

/// How gateways are reached from outside.
std::vector<std::string> gateway_wan_addresses(Instances gateways);

/// How our own servers reach our gateways, to dial peers through them (spec 7.5).
std::vector<std::string> gateway_lan_addresses(Instances gateways);

}  // namespace peerlab::peering
