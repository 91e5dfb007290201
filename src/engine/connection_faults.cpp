#include <utility>

#include "connections.hpp"
#include "core.hpp"
#include "life.hpp"

namespace peerlab::engine {
namespace {

/// An IP and UDP header.
constexpr std::size_t datagram_header = 28;

bool between(const Machine& one, const Machine& other, const net::HostGroup& left,
             const net::HostGroup& right) {
  const std::string& first = one.name.value();
  const std::string& second = other.name.value();
  return (net::contains(left, first) && net::contains(right, second)) ||
         (net::contains(left, second) && net::contains(right, first));
}

}  // namespace

void Connections::handle(Event& event) {
  if (halves_[event.half].generation != event.generation) return;
  switch (event.what) {
    case What::syn:
      return on_syn(event);
    case What::syn_ack:
      return on_syn_ack(event);
    case What::accept:
      return on_accept(event);
    case What::fin:
      return on_fin(event);
    case What::rst:
      return on_rst(event);
    case What::dial:
      if (halves_[event.half].state == Half::State::dialing) dial(event.half, event.attempt);
      return;
    case What::retry:
      return on_retry(event);
    case What::give_up:
      return on_give_up(event);
    case What::none:
    case What::frame:
    case What::datagram:
    case What::start:
    case What::end:
    case What::message:
    case What::timeout:
    case What::command:
    case What::fault:
    case What::timer:
      return;
  }
}

void Connections::undeliverable(Event& event) {
  const Half& half = halves_[event.half];
  const bool known = half.generation == event.generation;
  const bool dead = known && half.state == Half::State::dead;
  core_.drops(*event.to, event.frame,
              dead ? trace::DropReason::host_down : trace::DropReason::closed);
  if (!known) return;
  if (dead) {
    // The sender hears nothing and goes on trying.
    if (other(event.half).state == Half::State::open) unanswered(event.half ^ 1U);
  } else {
    send_reset(event.half, net::Closing::reset);
  }
}

// --- datagrams ---

void Connections::send_datagram(Life& life, const net::Address& to, net::Frame frame) {
  Machine* target = core_.resolve(to.host);
  if (target == nullptr) return core_.drops(life, frame, trace::DropReason::unreachable);
  SimLink& link = *links_.between(life.machine(), *target).there;
  if (life.machine().muted && !frame.passes_mute())
    return core_.drops(life, frame, trace::DropReason::muted);
  if (link.cut) return core_.drops(life, frame, trace::DropReason::cut);
  const auto arrival =
      link.path.carry_datagram(core_.now(), datagram_header + frame.encoded_size());
  if (!arrival.has_value()) return core_.drops(life, frame, trace::DropReason::lost);
  Event& event = core_.schedule(*arrival, What::datagram);
  if (core_.records_events()) event.cause = core_.sends(life.machine(), *target, frame);
  event.half = target->index;
  event.generation = to.port;
  event.number = life.machine().index;
  event.frame = std::move(frame);
}

void Connections::deliver_datagram(Event& event) {
  Machine& target = core_.machine(event.half);
  const Machine& from = core_.machine(static_cast<std::uint32_t>(event.number));
  const auto port = static_cast<net::Port>(event.generation);
  Life* life = target.life;
  if (life == nullptr || !life->listens(port)) return;
  core_.arrives(*life, from, event.frame, "datagram");
  life->tick(core_.now());
  life->role().on(Datagram{from.name, port, std::move(event.frame)});
}

// --- faults ---

void Connections::links_changed() {
  for (std::uint32_t index = 0; index < halves_.size(); ++index) {
    if (halves_[index].link == nullptr) continue;
    refresh(index);
    resume(index);
  }
}

void Connections::reset_between(const net::HostGroup& one, const net::HostGroup& other_group) {
  for (std::uint32_t index = 0; index < halves_.size(); ++index) {
    Half& half = halves_[index];
    const bool live = half.state == Half::State::open || half.state == Half::State::accepting ||
                      half.state == Half::State::dialing || half.state == Half::State::closing;
    const Machine* there = other(index).machine;
    if (!live || there == nullptr || !between(*half.machine, *there, one, other_group)) continue;
    tell_reset(index, core_.now(), net::Closing::reset);
  }
}

void Connections::half_open(const net::HostGroup& one, const net::HostGroup& other_group) {
  for (std::uint32_t index = 0; index < halves_.size(); ++index) {
    Half& half = halves_[index];
    if (half.state == Half::State::none || other(index).machine == nullptr) continue;
    if (!between(*half.machine, *other(index).machine, one, other_group)) continue;
    half.swallowed = true;
    refresh(index);
  }
}

void Connections::life_ended(Life& life, Ending ending) {
  for (std::uint32_t index = 0; index < halves_.size(); ++index) {
    Half& half = halves_[index];
    if (half.owner != &life || half.state == Half::State::none) continue;
    const ConnectionId id{index, half.generation};
    switch (ending) {
      case Ending::power:
        half.state = half.state == Half::State::dialing || half.state == Half::State::closed
                         ? Half::State::closed
                         : Half::State::dead;
        half.stall.reset();
        refresh_pair(index);
        release_if_done(index);
        break;
      case Ending::killed:
        if (half.state == Half::State::closing) break;  // the system sends what is left
        abort(life, id);
        break;
      case Ending::stopped:
        close(life, id);
        break;
    }
  }
}

void Connections::power_back(Machine& machine) {
  for (std::uint32_t index = 0; index < halves_.size(); ++index) {
    Half& half = halves_[index];
    if (half.link == nullptr) continue;
    if (half.machine == &machine && half.state == Half::State::dead)
      half.state = Half::State::closed;
  }
  links_changed();
}

}  // namespace peerlab::engine
