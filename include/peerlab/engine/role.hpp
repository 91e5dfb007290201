#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "peerlab/engine/connection.hpp"
#include "peerlab/engine/host.hpp"
#include "peerlab/net/frame.hpp"

namespace peerlab::engine {

/// A timer that the role armed has come due.
struct Due {
  TimerKey key;
};

/// What someone outside the world (the operator, the scenario) tells a role to do.
struct Command {
  net::Frame what;
};

/// Thrown by a role that got what it cannot handle. Fails the run.
struct Unhandled : std::logic_error {
  using std::logic_error::logic_error;
};

/// What an actor is: a plain class that knows its Host and nothing of the engine.
///
/// Made anew for each life of its host, by a RoleFactory. Handlers run one at a time. What a
/// handler throws fails the run. Each default handler says that the event was not expected, except
/// `stop`, which has nothing to do, and `on(Connected)`. A role that overrides some of the
/// overloads of `on` writes `using Role::on;`.
class Role {
 public:
  virtual ~Role() = default;

  /// The host has started. Runs once, before anything else.
  virtual void start() = 0;
  /// The host is about to stop in good order. A crash gives no such chance.
  virtual void stop() {}

  virtual void on(net::Frame&& frame, ConnectionId from);
  virtual void on(const Due& due);
  virtual void on(Command&& command);
  virtual void on(const Accepted& accepted);
  virtual void on(const Connected& connected);
  virtual void on(const Closed& closed);
  virtual void on(Datagram&& datagram);

  Role() = default;
  Role(const Role&) = delete;
  Role& operator=(const Role&) = delete;

 protected:
  /// Fails the run: `what` is something this role has no answer to.
  [[noreturn]] static void unhandled(std::string_view what);
};

/// Makes the role of a host; called at each start. The Host outlives the role.
using RoleFactory = std::function<std::unique_ptr<Role>(Host&)>;

}  // namespace peerlab::engine
