#pragma once

#include <cstdint>
#include <exception>
#include <memory>

#include "peerlab/base/time.hpp"
#include "peerlab/net/frame.hpp"
#include "slots.hpp"

namespace peerlab::engine {

class Core;
class Life;
struct Machine;

/// The CAF side of the engine: the actor system with our scheduler, and the actors that lives lie
/// in. Everything else in the engine is free of CAF.
class Actors {
 public:
  explicit Actors(Core& core);
  ~Actors();
  Actors(const Actors&) = delete;
  Actors& operator=(const Actors&) = delete;

  /// Spawns the actor of a new life and has it started as an event at this instant.
  Life& spawn(Machine& machine);
  /// Activates the actor, which begins its life.
  void start(Life& life);
  /// Sends a command as a CAF message: it arrives as an event at this instant.
  void command(Life& life, net::Frame what);
  /// Has the actor consume a message, and throws what its handler threw.
  void deliver(Life& life, caf::mailbox_element* message);
  /// A CAF timeout: of a request if `attempt` says so, else of a receive.
  void deliver_timeout(Life& life, const Event& event);
  /// For messages to the dead: answers requests with an error.
  static void drop(caf::mailbox_element* message);
  /// Keeps what a handler threw until CAF has let go of the actor.
  void keep(const std::exception_ptr& thrown) { thrown_ = thrown; }
  /// The actor quits; its life has ended.
  void retire(Life& life);

 private:
  struct System;
  void rethrow();

  Core& core_;
  std::unique_ptr<System> system_;
  std::exception_ptr thrown_;
};

}  // namespace peerlab::engine
