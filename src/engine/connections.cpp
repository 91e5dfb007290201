#include "connections.hpp"

#include <algorithm>
#include <utility>

#include "core.hpp"
#include "life.hpp"
#include "peerlab/base/assert.hpp"

namespace peerlab::engine {
namespace {

/// A TCP segment without payload, with its IP header.
constexpr std::size_t bare_segment = 40;

}  // namespace

// --- opening ---

std::uint32_t Connections::take_pair() {
  std::uint32_t index = 0;
  if (free_pairs_.empty()) {
    // The pool gives neighbours as long as nothing is given back to it.
    index = halves_.take();
    const std::uint32_t neighbour = halves_.take();
    PEERLAB_ASSERT(neighbour == (index ^ 1U) && index % 2 == 0);
  } else {
    index = free_pairs_.back();
    free_pairs_.pop_back();
  }
  const std::uint32_t generation = halves_[index].generation + 1;
  halves_[index] = Half{};
  other(index) = Half{};
  halves_[index].generation = generation;
  other(index).generation = generation;
  return index;
}

ConnectionId Connections::connect(Life& life, const net::Address& to) {
  const std::uint32_t index = take_pair();
  Half& mine = halves_[index];
  Half& theirs = other(index);
  mine.owner = &life;
  mine.machine = &life.machine();
  mine.port = to.port;
  theirs.port = to.port;
  mine.state = Half::State::dialing;
  theirs.machine = core_.resolve(to.host);
  if (theirs.machine == nullptr) {
    unknown_[index] = to.host;
    tell_reset(index, core_.now(), net::Closing::unreachable);
  } else {
    const auto [there, back] = links_.between(*mine.machine, *theirs.machine);
    mine.link = there;
    theirs.link = back;
    dial(index, 0);
  }
  return {index, mine.generation};
}

void Connections::dial(std::uint32_t index, std::uint8_t attempt) {
  if (attempt > net::Dialing::retries) return close_and_tell(index, net::Closing::timed_out);
  const Half& mine = halves_[index];
  const auto arrival =
      mine.link->cut ? std::nullopt : mine.link->path.carry_datagram(core_.now(), bare_segment);
  if (!arrival.has_value()) return redial(index, attempt, core_.now());
  Event& syn = schedule(index ^ 1U, *arrival, What::syn);
  syn.attempt = attempt;
  syn.number = static_cast<std::uint64_t>(core_.now().time_since_epoch().count());
}

void Connections::redial(std::uint32_t index, std::uint8_t attempt, Instant sent) {
  const Duration wait = net::Dialing::after(attempt + 1) - net::Dialing::after(attempt);
  schedule(index, sent + wait, What::dial).attempt = static_cast<std::uint8_t>(attempt + 1);
}

void Connections::on_syn(Event& event) {
  const std::uint32_t index = event.half;
  Half& mine = halves_[index];
  Half& dialer = other(index);
  if (dialer.state != Half::State::dialing || mine.state != Half::State::none) return;
  const Instant sent(Duration(static_cast<std::int64_t>(event.number)));
  if (mine.machine->dark || mine.link->cut) return redial(index ^ 1U, event.attempt, sent);
  Life* life = mine.machine->life;
  if (life == nullptr || !life->listens(mine.port)) {
    return tell_reset(index ^ 1U, core_.now() + mine.link->path.model().latency,
                      net::Closing::refused);
  }
  mine.owner = life;
  mine.peer = dialer.owner;
  mine.state = Half::State::accepting;
  const auto arrival = mine.link->path.carry_segment(core_.now(), bare_segment);
  // A link that loses all of 16 attempts is treated as one that is cut.
  if (!arrival.has_value()) {
    mine.state = Half::State::none;
    return redial(index ^ 1U, event.attempt, sent);
  }
  mine.last_arrival = *arrival;
  schedule(index ^ 1U, *arrival, What::syn_ack);
}

void Connections::on_syn_ack(Event& event) {
  const std::uint32_t index = event.half;
  Half& mine = halves_[index];
  Half& acceptor = other(index);
  if (mine.state != Half::State::dialing) return;
  mine.state = Half::State::open;
  mine.peer = acceptor.owner;
  refresh_pair(index);
  transmit(index, What::accept, {});
  flush(index);
  core_.record(mine.machine->where,
               trace::ConnectionOpened{acceptor.machine->where, mine.port, true});
  Life& life = *mine.owner;
  life.tick(core_.now());
  core_.handling(life, "connection", "opened");
  life.role().on(Connected{{index, mine.generation}});
}

void Connections::on_accept(Event& event) {
  const std::uint32_t index = event.half;
  Half& mine = halves_[index];
  if (mine.state != Half::State::accepting) return;
  mine.state = Half::State::open;
  refresh_pair(index);
  const Machine& dialer = *other(index).machine;
  core_.record(mine.machine->where, trace::ConnectionOpened{dialer.where, mine.port, false});
  Life& life = *mine.owner;
  life.tick(core_.now());
  core_.handling(life, "connection", "accepted");
  life.role().on(Accepted{{index, mine.generation}, mine.port, dialer.name});
}

// --- sending ---

Event& Connections::schedule(std::uint32_t index, Instant at, What what) {
  Event& event = core_.schedule(at, what);
  event.to = halves_[index].owner;
  event.half = index;
  event.generation = halves_[index].generation;
  return event;
}

bool Connections::network_blocks(std::uint32_t index) {
  const Half& half = halves_[index];
  return half.swallowed || half.link->cut || other(index).machine->dark;
}

void Connections::send_slowly(std::uint32_t index, net::Frame frame) {
  Half& half = halves_[index];
  if (half.state != Half::State::open && half.state != Half::State::dialing)
    return core_.drops(*half.owner, frame, trace::DropReason::closed);
  const bool muted = half.machine->muted && !frame.passes_mute();
  const bool others_wait = half.stall != nullptr && !half.stall->held.empty();
  // Keepalives flow past what a muted application has not written yet.
  const bool in_line = others_wait && !(half.machine->muted && frame.passes_mute());
  if (half.state == Half::State::dialing || muted || in_line || network_blocks(index))
    return hold(index, What::frame, std::move(frame));
  transmit(index, What::frame, std::move(frame));
}

void Connections::hold(std::uint32_t index, What what, net::Frame frame) {
  Half& half = halves_[index];
  if (half.stall == nullptr) half.stall = std::make_unique<Stall>();
  half.stall->held.push_back({what, std::move(frame), core_.cause()});
  if (half.state != Half::State::dialing && network_blocks(index)) unanswered(index);
  refresh(index);
}

void Connections::unanswered(std::uint32_t index) {
  Half& half = halves_[index];
  if (half.stall == nullptr) half.stall = std::make_unique<Stall>();
  if (half.stall->began != Stall::never) return;
  half.stall->began = core_.now();
  const net::Retransmission patience{2 * half.link->path.model().latency};
  const Instant end = core_.now() + patience.after(net::Retransmission::retries + 1);
  schedule(index, end, What::give_up).number =
      static_cast<std::uint64_t>(core_.now().time_since_epoch().count());
  refresh(index);
}

void Connections::transmit(std::uint32_t index, What what, net::Frame frame) {
  Half& half = halves_[index];
  const std::size_t bytes = what == What::frame ? frame.encoded_size() : 0;
  const auto arrival = half.link->path.carry_segment(core_.now(), bare_segment + bytes);
  if (!arrival.has_value()) {
    // Every attempt is lost. The stream ends here, and the sender learns so in time.
    half.swallowed = true;
    refresh(index);
    return unanswered(index);
  }
  half.last_arrival = std::max(*arrival, half.last_arrival);
  Event& event = schedule(index ^ 1U, half.last_arrival, what);
  event.to = half.peer;
  if (what == What::frame) {
    if (core_.records_events())
      event.cause = core_.sends(*half.machine, *other(index).machine, frame);
    event.frame = std::move(frame);
  }
  // What arrives is not acknowledged while the way back is cut.
  if (other(index).link->cut) unanswered(index);
}

void Connections::refresh(std::uint32_t index) {
  Half& half = halves_[index];
  half.fast = half.state == Half::State::open && half.stall == nullptr && !half.machine->muted &&
              !network_blocks(index) && !other(index).link->cut && half.link->plain;
  half.latency = half.link == nullptr ? Duration{0} : half.link->path.model().latency;
}

void Connections::refresh_pair(std::uint32_t index) {
  refresh(index);
  refresh(index ^ 1U);
}

// --- after something was in the way ---

void Connections::resume(std::uint32_t index) {
  Half& half = halves_[index];
  if (half.stall == nullptr || half.state == Half::State::dialing || network_blocks(index)) return;
  if (half.stall->began == Stall::never) return flush(index);
  const net::Retransmission attempts{2 * half.link->path.model().latency};
  const auto next = attempts.next(half.stall->began, core_.now());
  if (next.has_value()) schedule(index, *next, What::retry);
}

void Connections::on_retry(Event& event) {
  const std::uint32_t index = event.half;
  Half& half = halves_[index];
  if (half.stall == nullptr || network_blocks(index) || other(index).link->cut) return;
  const bool nothing_held = half.stall->held.empty();
  half.stall->began = Stall::never;
  if (nothing_held && other(index).state == Half::State::closed) {
    // What had been sent before reaches a host that knows nothing of the connection.
    const Duration round_trip =
        half.link->path.model().latency + other(index).link->path.model().latency;
    tell_reset(index, core_.now() + round_trip, net::Closing::reset);
  }
  flush(index);
}

void Connections::flush(std::uint32_t index) {
  Half& half = halves_[index];
  if (half.stall == nullptr) return;
  const std::unique_ptr<Stall> stall = std::move(half.stall);
  const trace::RecordId now_cause = core_.cause();
  for (Stall::Held& held : stall->held) {
    core_.set_cause(held.cause);
    const bool muted = held.what == What::frame && half.machine->muted && !held.frame.passes_mute();
    const bool in_line = half.stall != nullptr && !half.stall->held.empty();
    if (muted || in_line || network_blocks(index)) {
      hold(index, held.what, std::move(held.frame));
    } else {
      transmit(index, held.what, std::move(held.frame));
      if (held.what == What::fin) half.state = Half::State::closed;
    }
  }
  core_.set_cause(now_cause);
  refresh(index);
  release_if_done(index);
}

void Connections::on_give_up(Event& event) {
  const std::uint32_t index = event.half;
  Half& half = halves_[index];
  const Instant began(Duration(static_cast<std::int64_t>(event.number)));
  if (half.stall == nullptr || half.stall->began != began) return;
  close_and_tell(index, net::Closing::timed_out);
}

// --- ending ---

void Connections::close(Life& life, ConnectionId id) {
  Half* half = open_half(life, id);
  if (half == nullptr) return;
  if (half->state != Half::State::open) return abort(life, id);
  const bool others_wait = half->stall != nullptr && !half->stall->held.empty();
  if (others_wait || network_blocks(id.index)) {
    half->state = Half::State::closing;
    return hold(id.index, What::fin, {});
  }
  transmit(id.index, What::fin, {});
  half->state = Half::State::closed;
  refresh(id.index);
  release_if_done(id.index);
}

void Connections::abort(Life& life, ConnectionId id) {
  Half* half = open_half(life, id);
  if (half == nullptr || half->state == Half::State::closed) return;
  // The role of a host without power is being destroyed, and hangs up in vain.
  if (half->state == Half::State::dead) return;
  half->state = Half::State::closed;
  half->stall.reset();
  refresh(id.index);
  send_reset(id.index, net::Closing::reset);
  release_if_done(id.index);
}

void Connections::send_reset(std::uint32_t index, net::Closing why) {
  Half& half = halves_[index];
  const Half::State there = other(index).state;
  const bool listens_there = there == Half::State::open || there == Half::State::accepting ||
                             there == Half::State::closing;
  if (!listens_there || half.link == nullptr) return;
  // A reset is sent once. If it is lost, the other side finds out when it sends.
  if (half.link->cut || half.swallowed) return;
  const Instant arrival =
      std::max(core_.now() + half.link->path.model().latency, half.last_arrival);
  half.last_arrival = arrival;
  tell_reset(index ^ 1U, arrival, why);
}

void Connections::tell_reset(std::uint32_t index, Instant at, net::Closing why) {
  schedule(index, at, What::rst).why = why;
}

void Connections::on_fin(Event& event) {
  if (halves_[event.half].state == Half::State::open)
    close_and_tell(event.half, net::Closing::by_peer);
}

void Connections::on_rst(Event& event) { close_and_tell(event.half, event.why); }

void Connections::close_and_tell(std::uint32_t index, net::Closing why) {
  Half& half = halves_[index];
  const Half::State before = std::exchange(half.state, Half::State::closed);
  half.stall.reset();
  refresh(index);
  const ConnectionId id{index, half.generation};
  Life* life = half.owner;
  if (before == Half::State::open || before == Half::State::dialing) {
    const Machine* peer = other(index).machine;
    core_.record(half.machine->where,
                 trace::ConnectionClosed{peer != nullptr ? peer->name.value() : unknown_[index],
                                         half.port, why});
    release_if_done(index);
    life->tick(core_.now());
    core_.handling(*life, "connection", text(why));
    return life->role().on(Closed{id, why});
  }
  release_if_done(index);
}

void Connections::release_if_done(std::uint32_t index) {
  const auto done = [](const Half& half) {
    return half.state == Half::State::none || half.state == Half::State::closed ||
           half.state == Half::State::dead;
  };
  const std::uint32_t dialer = index & ~1U;
  if (!done(halves_[dialer]) || !done(other(dialer))) return;
  if (halves_[dialer].owner == nullptr) return;  // released before
  unknown_.erase(dialer);
  for (const std::uint32_t at : {dialer, dialer | 1U}) {
    const std::uint32_t generation = halves_[at].generation;
    halves_[at] = Half{};
    // Ids and events that name the old generation fit nothing any more.
    halves_[at].generation = generation + 1;
  }
  free_pairs_.push_back(dialer);
}

}  // namespace peerlab::engine
