#include "peerlab/engine/engine.hpp"

#include <fmt/format.h>

#include <utility>

#include "core.hpp"

namespace peerlab::engine {

std::string_view text(StopReason reason) {
  switch (reason) {
    case StopReason::idle:
      return "nothing is left to happen";
    case StopReason::end_time:
      return "end time";
    case StopReason::step_limit:
      return "step limit";
    case StopReason::failed:
      return "failed";
  }
  return "?";
}

std::string text(const Failure& failure) {
  return fmt::format("{} failed at {} on {}: {}", failure.host.value(),
                     seconds_text(failure.at.time_since_epoch()), failure.event, failure.what);
}

Engine::Engine(const Options& options) : core_(std::make_unique<Core>(options)) {}
Engine::~Engine() = default;

void Engine::add_host(const net::HostName& host, RoleFactory factory, bool start) {
  Machine& machine = core_->add(host, std::move(factory));
  if (start) core_->start(machine);
}

void Engine::set_address(const std::string& address, const net::HostName& host) {
  core_->set_address(address, core_->get(host));
}

void Engine::set_factory(const net::HostName& host, RoleFactory factory) {
  core_->get(host).factory = std::move(factory);
}

bool Engine::has_host(const net::HostName& host) const {
  return core_->find(host.value()) != nullptr;
}

bool Engine::is_running(const net::HostName& host) const {
  return core_->get(host).life != nullptr;
}

net::Disk& Engine::disk(const net::HostName& host) { return core_->disk(core_->get(host)); }

const net::ClockModel& Engine::clock(const net::HostName& host) const {
  return core_->get(host).clock;
}

void Engine::set_clock(const net::HostName& host, const net::ClockModel& clock) {
  Machine& machine = core_->get(host);
  machine.clock = clock;
  core_->clock_changed(machine);
}

Role* Engine::role(const net::HostName& host) {
  Life* life = core_->get(host).life;
  return life != nullptr ? life->role_if_any() : nullptr;
}

void Engine::shape_link(const net::HostGroup& from, const net::HostGroup& to,
                        const net::LinkModel& model, net::Direction direction) {
  core_->shape({from, to, model, direction});
}

void Engine::apply(const net::Fault& fault) { core_->apply(fault); }
void Engine::apply_at(Instant at, const net::Fault& fault) { core_->apply_at(at, fault); }

void Engine::command(const net::HostName& host, net::Frame what) {
  core_->command(core_->get(host), std::move(what));
}
void Engine::command_at(Instant at, const net::HostName& host, net::Frame what) {
  core_->command_at(at, core_->get(host), std::move(what));
}

Outcome Engine::run(const Limits& limits) { return core_->run(limits); }
bool Engine::step() {
  const Outcome outcome = core_->run({.until = Instant::max(), .steps = 1});
  return outcome.steps == 1 && outcome.reason != StopReason::failed;
}

Instant Engine::now() const { return core_->now(); }
std::optional<Instant> Engine::next_due() const { return core_->next_due(); }
std::uint64_t Engine::steps() const { return core_->steps(); }
const std::optional<Failure>& Engine::failure() const { return core_->failure(); }
const trace::Trace& Engine::trace() const { return core_->trace(); }
std::uint64_t Engine::hash() const { return core_->hash(); }

trace::RecordId Engine::record(std::string_view where, trace::Fact fact, trace::RecordId cause) {
  return core_->record_from_outside(where, std::move(fact), cause);
}

}  // namespace peerlab::engine
