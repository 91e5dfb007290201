#pragma once

#include <string>

#include "peerlab/base/strong.hpp"

namespace peerlab::peering {

/// Pairs a Response with its ACK or NACK. We number from `00000001`; from a peer it is any text.
using Nonce = Strong<struct NonceTag, std::string>;

/// What a dialer presents in Open. Long-lived; made by the acceptor in ExchangeSecret.
using StreamSecret = Strong<struct StreamSecretTag, std::string>;

/// The part of a token that buys one stream secret, once.
using EstablishmentSecret = Strong<struct EstablishmentSecretTag, std::string>;

}  // namespace peerlab::peering
