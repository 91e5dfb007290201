#pragma once

#include <compare>
#include <cstdint>

#include "peerlab/net/address.hpp"
#include "peerlab/net/fault.hpp"
#include "peerlab/net/frame.hpp"

namespace peerlab::engine {

/// One end of a connection, as its host sees it. The two ends have two ids. Never used twice.
struct ConnectionId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;  ///< 0 in no connection
  friend auto operator<=>(const ConnectionId&, const ConnectionId&) = default;
};

/// A peer has connected to a port on which this host listens.
struct Accepted {
  ConnectionId id;
  net::Port port = 0;
  net::HostName from;
};

/// The connection that this host asked for is there. Frames sent before are on their way only now.
struct Connected {
  ConnectionId id;
};

/// The connection is gone; sending on it does nothing. Told once, and not to the side that closed
/// or aborted it.
struct Closed {
  ConnectionId id;
  net::Closing why = net::Closing::by_peer;
};

/// A frame outside any connection (UDP).
struct Datagram {
  net::HostName from;
  net::Port port = 0;  ///< to which it was sent
  net::Frame frame;
};

}  // namespace peerlab::engine
