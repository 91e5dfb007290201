#include "actors.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/logger.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <deque>
#include <utility>
#include <vector>

#include "core.hpp"
#include "peerlab/base/assert.hpp"
#include "shell.hpp"

namespace peerlab::engine {
namespace {

/// Gives our coordinator, which CAF makes itself, its way to the engine.
struct Config : caf::actor_system_config {
  explicit Config(Core& engine);
  Core& core;
};

/// Shows the virtual time, and puts CAF's timeouts and delayed messages into the engine's queue.
class Clock final : public caf::actor_clock {
 public:
  explicit Clock(Core& core) : core_(core) {}

  time_point now() const noexcept override { return time_point(core_.now().time_since_epoch()); }
  duration_type difference(caf::atom_value, long, time_point from,
                           time_point to) const noexcept override {
    return to - from;
  }
  void set_ordinary_timeout(time_point at, caf::abstract_actor* self, caf::atom_value,
                            std::uint64_t id) override {
    timeout(at, self, id, false);
  }
  void set_multi_timeout(time_point at, caf::abstract_actor* self, caf::atom_value,
                         std::uint64_t id) override {
    timeout(at, self, id, false);
  }
  void set_request_timeout(time_point at, caf::abstract_actor* self, caf::message_id id) override {
    timeout(at, self, id.integer_value(), true);
  }
  // CAF 0.17 never cancels the first two; the last comes with an actor's end, and events of the
  // dead are dropped when they come up.
  void cancel_ordinary_timeout(caf::abstract_actor*, caf::atom_value) override {}
  void cancel_request_timeout(caf::abstract_actor*, caf::message_id) override {}
  void cancel_timeouts(caf::abstract_actor*) override {}
  void schedule_message(time_point at, caf::strong_actor_ptr to,
                        caf::mailbox_element_ptr content) override {
    auto* shell = dynamic_cast<SimShell*>(to->get());
    PEERLAB_ASSERT(shell != nullptr);
    Event& event = core_.schedule(Instant(at.time_since_epoch()), What::message);
    event.to = &shell->life();
    event.message = content.release();
  }
  void schedule_message(time_point, caf::group, caf::strong_actor_ptr, caf::message) override {
    // They would deliver in the order of addresses, which differs from run to run.
    constexpr bool groups_are_simulated = false;
    PEERLAB_ASSERT(groups_are_simulated);
  }
  void cancel_all() override {}

 private:
  void timeout(time_point at, caf::abstract_actor* self, std::uint64_t id, bool request) {
    auto* shell = dynamic_cast<SimShell*>(self);
    PEERLAB_ASSERT(shell != nullptr);
    Event& event = core_.schedule(Instant(at.time_since_epoch()), What::timeout);
    event.to = &shell->life();
    event.number = id;
    event.attempt = request ? 1 : 0;
  }

  Core& core_;
};

/// Where CAF prints what actors write with `aout`. Ours do not; what is sent here is forgotten.
class Printer final : public caf::monitorable_actor {
 public:
  explicit Printer(caf::actor_config& config) : caf::monitorable_actor(config) {}
  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
};

/// Our scheduler as a module of CAF. It starts no thread; events lie in the engine's queue, and
/// only CAF's own helper actors are run from here.
class Coordinator final : public caf::scheduler::abstract_coordinator {
 public:
  explicit Coordinator(caf::actor_system& system)
      : abstract_coordinator(system),
        clock_(static_cast<const Config&>(system.config()).core),
        unit_(*this, system) {}

  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new Coordinator(system);  // CAF owns its modules
  }

  bool detaches_utility_actors() const override { return false; }
  caf::actor_clock& clock() noexcept override { return clock_; }
  void enqueue(caf::resumable* helper) override { helpers_.push_back(helper); }

  caf::execution_unit& unit() { return unit_; }

  void run_helpers() {
    while (!helpers_.empty()) {
      caf::resumable* helper = helpers_.front();
      helpers_.pop_front();
      switch (helper->resume(&unit_, 1)) {
        case caf::resumable::resume_later:
          helpers_.push_back(helper);
          break;
        case caf::resumable::shutdown_execution_unit:
          break;
        case caf::resumable::done:
        case caf::resumable::awaiting_message:
          caf::intrusive_ptr_release(helper);
          break;
      }
    }
  }

 protected:
  // The base would spawn a printer with a thread of its own.
  void start() override {
    caf::actor_config config{&unit_};
    caf::actor_system& home = system();
    utility_actors_[printer_id] =
        caf::make_actor<Printer, caf::actor>(home.next_actor_id(), home.node(), &home, config);
  }
  // The base's stop_actors would wait for actors that nobody runs.
  void stop() override { run_helpers(); }

 private:
  struct Unit final : caf::execution_unit {
    Unit(Coordinator& owner, caf::actor_system& system)
        : caf::execution_unit(&system), coordinator(owner) {}
    void exec_later(caf::resumable* helper) override { coordinator.helpers_.push_back(helper); }
    Coordinator& coordinator;
  };

  Clock clock_;
  Unit unit_;
  std::deque<caf::resumable*> helpers_;
};

Config::Config(Core& engine) : core(engine) { load<Coordinator>(); }

}  // namespace

struct Actors::System {
  explicit System(Core& core) : config(core), system(config) {
    system.await_actors_before_shutdown(false);
  }
  Coordinator& coordinator() { return static_cast<Coordinator&>(system.scheduler()); }

  Config config;
  caf::actor_system system;
  std::vector<caf::actor> shells;  // of all lives, past ones too
};

Actors::Actors(Core& core) : core_(core), system_(std::make_unique<System>(core)) {}

Actors::~Actors() {
  for (const caf::actor& handle : system_->shells) {
    auto* shell = static_cast<SimShell*>(caf::actor_cast<caf::abstract_actor*>(handle));
    retire(shell->life());
  }
  system_->shells.clear();
}

Life& Actors::spawn(Machine& machine) {
  system_->shells.push_back(system_->system.spawn<SimShell, caf::hidden>(
      std::ref(core_), std::ref(machine), std::ref(core_.new_life())));
  auto* shell =
      static_cast<SimShell*>(caf::actor_cast<caf::abstract_actor*>(system_->shells.back()));
  return shell->life();
}

void Actors::start(Life& life) {
  // Each spawn has set it; while it is set, CAF takes a lock for each message.
  caf::logger::set_current_actor_system(nullptr);
  life.shell().activate(&system_->coordinator().unit());
  rethrow();
  system_->coordinator().run_helpers();
}

void Actors::rethrow() {
  if (thrown_ != nullptr) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void Actors::command(Life& life, net::Frame what) {
  Envelope envelope{std::make_shared<net::Frame>(std::move(what))};
  life.shell().enqueue(
      caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::move(envelope)),
      &system_->coordinator().unit());
}

void Actors::deliver(Life& life, caf::mailbox_element* message) {
  const caf::mailbox_element_ptr element(message);
  caf::logger::set_current_actor_system(nullptr);
  core_.handling(life, "CAF message", {});
  const auto result = life.shell().activate(&system_->coordinator().unit(), *element);
  rethrow();
  PEERLAB_ASSERT(result != caf::scheduled_actor::activation_result::skipped);
  system_->coordinator().run_helpers();
}

void Actors::deliver_timeout(Life& life, const Event& event) {
  caf::mailbox_element_ptr element;
  if (event.attempt != 0) {
    element = caf::make_mailbox_element(nullptr, caf::message_id{event.number}, {},
                                        caf::make_error(caf::sec::request_timeout));
  } else {
    element = caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                        caf::timeout_msg{caf::atom("receive"), event.number});
  }
  deliver(life, element.release());
}

void Actors::drop(caf::mailbox_element* message) {
  const caf::mailbox_element_ptr element(message);
  if (!element->mid.is_request()) return;
  caf::detail::sync_request_bouncer bounce{caf::exit_reason::user_shutdown};
  bounce(*element);
}

void Actors::retire(Life& life) {
  // `finalize` and not `cleanup`, which would leave what the actor holds alive.
  SimShell& shell = life.shell();
  if (shell.getf(caf::abstract_actor::is_cleaned_up_flag)) return;
  shell.context(&system_->coordinator().unit());
  shell.quit(caf::exit_reason::user_shutdown);
  shell.finalize();
}

}  // namespace peerlab::engine
