#include "peerlab/engine/role.hpp"

#include <fmt/format.h>

namespace peerlab::engine {

void Role::unhandled(std::string_view what) {
  throw Unhandled(fmt::format("the role has no answer to {}", what));
}

void Role::on(net::Frame&& frame, ConnectionId) {
  unhandled(fmt::format("frame {}", frame.name()));
}
void Role::on(const Due& due) {
  unhandled(fmt::format("timer {}/{}", due.key.owner, due.key.timer));
}
void Role::on(Command&& command) { unhandled(fmt::format("command {}", command.what.name())); }
void Role::on(const Accepted& accepted) {
  unhandled(fmt::format("a connection to port {}", accepted.port));
}
void Role::on(const Connected&) {}
void Role::on(const Closed& closed) {
  unhandled(fmt::format("a connection that ended: {}", net::text(closed.why)));
}
void Role::on(Datagram&& datagram) { unhandled(fmt::format("datagram {}", datagram.frame.name())); }

}  // namespace peerlab::engine
