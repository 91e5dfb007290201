#include "shell.hpp"

#include <utility>

#include "core.hpp"
#include "peerlab/engine/role.hpp"

namespace peerlab::engine {
namespace {

caf::result<caf::message> refuse(caf::scheduled_actor*, caf::message_view&) {
  throw Unhandled("the actor does not know this CAF message");
}

}  // namespace

SimShell::SimShell(caf::actor_config& config, Core& core, Machine& machine, Life& life)
    : caf::event_based_actor(config), life_(life) {
  life_.init(core, machine, *this);
  set_default_handler(refuse);
  // CAF catches what a handler throws; it is kept here until CAF has let go of the actor.
  set_exception_handler([this](std::exception_ptr& thrown) {
    life_.core().actors().keep(thrown);
    return caf::make_error(caf::sec::runtime_error);
  });
}

void SimShell::enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) {
  Core& core = life_.core();
  Event& event = core.schedule(core.now(), What::message);
  event.to = &life_;
  event.message = element.release();
}

void SimShell::launch(caf::execution_unit*, bool, bool) {
  Core& core = life_.core();
  core.schedule(core.now(), What::start).to = &life_;
}

caf::behavior SimShell::make_behavior() {
  life_.begin();
  return {[this](Envelope& envelope) { life_.command(std::move(*envelope.what)); }};
}

}  // namespace peerlab::engine
