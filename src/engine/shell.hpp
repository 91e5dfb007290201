#pragma once

#include <caf/event_based_actor.hpp>
#include <memory>

#include "life.hpp"
#include "peerlab/net/frame.hpp"

namespace peerlab::engine {

/// The one message type between actors: a frame for the role.
struct Envelope {
  std::shared_ptr<net::Frame> what;
};

/// The CAF actor that hosts one life of a simulated host. What is sent to it goes into the engine's
/// queue instead of a mailbox.
class SimShell final : public caf::event_based_actor {
 public:
  SimShell(caf::actor_config& config, Core& core, Machine& machine, Life& life);

  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override;
  void launch(caf::execution_unit*, bool lazy, bool hide) override;

  Life& life() { return life_; }

 private:
  caf::behavior make_behavior() override;

  Life& life_;
};

}  // namespace peerlab::engine

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(peerlab::engine::Envelope)
