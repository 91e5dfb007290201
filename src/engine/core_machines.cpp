#include <utility>

#include "core.hpp"
#include "peerlab/base/assert.hpp"
#include "peerlab/base/hash.hpp"
#include "peerlab/base/overloaded.hpp"

namespace peerlab::engine {

Machine& Core::add(const net::HostName& name, RoleFactory factory) {
  PEERLAB_ASSERT(!name.value().empty());
  auto machine = std::make_unique<Machine>();
  machine->name = name;
  machine->hash = hash_of(name.value());
  machine->index = static_cast<std::uint32_t>(machines_.size());
  machine->where = trace_.intern(name.value());
  machine->factory = std::move(factory);
  const bool is_new = by_hash_.emplace(machine->hash, machine.get()).second;
  PEERLAB_ASSERT(is_new);
  machines_.push_back(std::move(machine));
  return *machines_.back();
}

Machine* Core::find(std::string_view name) {
  const auto found = by_hash_.find(hash_of(name));
  const bool known = found != by_hash_.end() && found->second->name.value() == name;
  return known ? found->second : nullptr;
}

Machine& Core::get(const net::HostName& name) {
  Machine* machine = find(name.value());
  PEERLAB_ASSERT(machine != nullptr);
  return *machine;
}

Machine* Core::resolve(const std::string& host) {
  if (Machine* machine = find(host)) return machine;
  const auto found = addresses_.find(host);
  return found != addresses_.end() ? found->second : nullptr;
}

net::Disk& Core::disk(Machine& machine) {
  if (machine.disk == nullptr) machine.disk = std::make_unique<net::Disk>();
  return *machine.disk;
}

void Core::start(Machine& machine) {
  if (machine.life != nullptr) return;
  machine.life = &actors_.spawn(machine);
  if (std::exchange(machine.dark, false)) connections_.power_back(machine);
}

void Core::end(Machine& machine, Connections::Ending ending) {
  using Ending = Connections::Ending;
  Life* life = machine.life;
  if (life != nullptr && life == handling_life_) {
    Event& event = schedule(now_, What::end);
    event.to = life;
    event.number = static_cast<std::uint64_t>(ending);
    return;
  }
  if (life != nullptr) {
    if (ending == Ending::stopped && life->role_if_any() != nullptr) {
      life->tick(now_);
      Life* const outer = std::exchange(handling_life_, life);
      life->role().stop();
      handling_life_ = outer;
    }
    connections_.life_ended(*life, ending);
    for (const Key key : life->take_parked()) {
      if (!is_timer(slot_of(key))) drop_event(index_of(slot_of(key)));
    }
    life->end();
    actors_.retire(*life);
    machine.life = nullptr;
    switch (ending) {
      case Ending::power:
        record(machine.where, trace::HostCrashed{});
        break;
      case Ending::killed:
        record(machine.where, trace::HostKilled{});
        break;
      case Ending::stopped:
        record(machine.where, trace::HostStopped{});
        break;
    }
  }
  if (ending == Ending::power) {
    machine.dark = true;
    if (machine.disk != nullptr) machine.disk->crash();
    connections_.links_changed();
  }
}

void Core::drop_event(std::uint32_t index) {
  if (std::exchange(events_[index].what, What::none) == What::message)
    Actors::drop(events_[index].message);
  give(index);
}

void Core::pause(Machine& machine) {
  if (machine.life == nullptr || !machine.life->running()) return;
  machine.life->pause();
  record(machine.where, trace::HostPaused{});
}

void Core::resume(Machine& machine) {
  if (machine.life == nullptr || machine.life->state() != Life::State::paused) return;
  machine.life->resume();
  record(machine.where, trace::HostResumed{});
  for (const Key old : machine.life->take_parked()) {
    const std::uint32_t slot = slot_of(old);
    const Key key = next_key(now_, slot);
    if (is_timer(slot)) {
      TimerSlot& timer = timers_[index_of(slot)];
      timer.due = timer.queued = key;
    }
    queue_.push(key);
  }
}

void Core::clock_changed(Machine& machine) {
  if (machine.life != nullptr) machine.life->clock_changed();
}

void Core::shape(const net::ShapeLink& shape) {
  links_.shape(shape);
  connections_.links_changed();
}

void Core::command(Machine& machine, net::Frame what) {
  if (machine.life != nullptr) actors_.command(*machine.life, std::move(what));
}

void Core::command_at(Instant at, Machine& machine, net::Frame what) {
  Event& event = schedule(at, What::command);
  event.half = machine.index;
  event.frame = std::move(what);
}

void Core::apply_at(Instant at, const net::Fault& fault) {
  Event& event = schedule(at, What::fault);
  event.number = faults_.size();
  faults_.push_back(fault);
}

template <class Do>
void Core::for_each_in(const net::HostGroup& group, Do act) {
  // By index: what is done may add machines.
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    if (net::contains(group, machines_[i]->name.value())) act(*machines_[i]);
  }
}

void Core::apply(const net::Fault& fault) {
  const trace::RecordId cause_before = event_cause_;
  event_cause_ = record(world_, trace::FaultApplied{fault});
  using Ending = Connections::Ending;
  std::visit(
      Overloaded{
          [this](const net::ShapeLink& f) { shape(f); },
          [this](const net::Cut& f) {
            links_.cut(f);
            connections_.links_changed();
          },
          [this](const net::Heal& f) {
            links_.heal(f);
            connections_.links_changed();
          },
          [this](const net::Mute& f) {
            for_each_in(f.hosts, [](Machine& machine) { machine.muted = true; });
            connections_.links_changed();
          },
          [this](const net::Unmute& f) {
            for_each_in(f.hosts, [](Machine& machine) { machine.muted = false; });
            connections_.links_changed();
          },
          [this](const net::ResetConnections& f) { connections_.reset_between(f.one, f.other); },
          [this](const net::HalfOpen& f) { connections_.half_open(f.one, f.other); },
          [this](const net::Crash& f) {
            for_each_in(f.hosts, [this](Machine& machine) { end(machine, Ending::power); });
          },
          [this](const net::Kill& f) {
            for_each_in(f.hosts, [this](Machine& machine) { end(machine, Ending::killed); });
          },
          [this](const net::Stop& f) {
            for_each_in(f.hosts, [this](Machine& machine) { end(machine, Ending::stopped); });
          },
          [this](const net::Start& f) {
            for_each_in(f.hosts, [this](Machine& machine) { start(machine); });
          },
          [this](const net::Pause& f) {
            for_each_in(f.hosts, [this](Machine& machine) { pause(machine); });
          },
          [this](const net::Resume& f) {
            for_each_in(f.hosts, [this](Machine& machine) { resume(machine); });
          },
          [this](const net::JumpClock& f) {
            for_each_in(f.hosts, [this, &f](Machine& machine) {
              machine.clock.jump(now_, f.by);
              clock_changed(machine);
            });
          },
          [this](const net::DriftClock& f) {
            for_each_in(f.hosts, [this, &f](Machine& machine) {
              machine.clock.drift(now_, f.ppm);
              clock_changed(machine);
            });
          },
      },
      fault);
  event_cause_ = cause_before;
}

}  // namespace peerlab::engine
