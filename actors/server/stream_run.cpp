#include "actors/server/stream_run.hpp"

#include <utility>

#include "peerlab/base/overloaded.hpp"
#include "peerlab/peering/open_check.hpp"
#include "peerlab/wire/peerstream_codec.hpp"

namespace peerlab::actors {

using namespace peering;  // NOLINT: the outputs of the core, one by one

std::unique_ptr<StreamRun> StreamRun::accept(ServerContext& context,
                                             engine::ConnectionId connection, Owner owner) {
  auto run = std::make_unique<StreamRun>(
      context, PeerStream::acceptor(context.streams, {}, context.config.mutants), Side::acceptor,
      std::nullopt, std::move(owner));
  run->open(connection);
  return run;
}

std::unique_ptr<StreamRun> StreamRun::dial(ServerContext& context, engine::ConnectionId connection,
                                           const DialerIdentity& identity, Owner owner) {
  auto run = std::make_unique<StreamRun>(
      context, PeerStream::dialer(context.streams, identity, {}, context.config.mutants),
      Side::dialer, identity.local, std::move(owner));
  run->open(connection);
  run->channel_->send(StreamCall{});
  return run;
}

StreamRun::StreamRun(ServerContext& context, PeerStream stream, Side side,
                     std::optional<PeerId> peering, Owner owner)
    : context_(context),
      stream_(std::move(stream)),
      side_(side),
      peering_(std::move(peering)),
      owner_(std::move(owner)) {}

StreamRun::~StreamRun() {
  *alive_ = false;
  for (auto& [timer, id] : timers_) context_.timers.cancel(id);
}

void StreamRun::open(engine::ConnectionId connection) {
  channel_ = std::make_unique<GrpcChannel>(
      context_, connection, side_ == Side::acceptor ? acceptor_keepalive : dialer_keepalive,
      GrpcChannel::Owner{[this](net::Frame&& frame) { received(std::move(frame)); },
                         [this](Status why) { broken(std::move(why)); }});
  step(Opened{leadership()});
}

Leadership StreamRun::leadership() const {
  return {context_.situation.leader, context_.situation.leader_address};
}

void StreamRun::step(const Input& input) {
  // Carrying out an output may bring the next input; outputs must stay in order.
  inputs_.push_back(input);
  if (stepping_) return;
  stepping_ = true;
  while (!inputs_.empty() && !ended_) {
    const Input next = std::move(inputs_.front());
    inputs_.pop_front();
    for (const Output& output : stream_.step(context_.host.now(), next)) {
      std::visit([this](const auto& what) { carry_out(what); }, output);
    }
  }
  stepping_ = false;
}

void StreamRun::received(net::Frame&& frame) {
  if (const auto* message = frame.get_if<StreamMessage>()) {
    if (auto refusal = too_large_to_receive(side_, wire::encoded_size(message->message),
                                            context_.config.mutants)) {
      return step(ReceiveFailed{std::move(*refusal)});
    }
    step(Received{message->message});
  } else if (frame.is<StreamHalfClose>()) {
    step(PeerClosed{});
  } else if (const auto* trailers = frame.get_if<GrpcTrailers>()) {
    if (trailers->status.code == GrpcCode::ok) return step(PeerClosed{});
    step(ReceiveFailed{trailers->status});
  } else {
    throw engine::Unhandled("a peer stream got " + std::string(frame.name()));
  }
}

void StreamRun::broken(Status why) { step(ReceiveFailed{std::move(why)}); }

void StreamRun::carry_out(const Send& send) {
  const std::size_t size = wire::encoded_size(send.message);
  if (const auto refusal = too_large_to_send(side_, size, context_.config.mutants)) {
    return step(SendFailed{send.message, text_of(*refusal)});
  }
  if (!channel_->is_open()) return step(SendFailed{send.message, "EOF"});
  channel_->send(StreamMessage{send.message});
}

void StreamRun::carry_out(const Arm& arm) {
  Timers::Id& id = timers_[arm.timer];
  context_.timers.cancel(id);
  id = context_.timers.at(arm.due, [this, timer = arm.timer] {
    timers_[timer] = 0;
    step(Expired{timer});
  });
}

void StreamRun::carry_out(const CheckOpen& check) {
  const OpenChecked facts =
      check_open(context_.state.peering(), check, context_.state.ca().find() != nullptr);
  if (facts.record == OpenChecked::Record::found) peering_ = facts.id;
  step(facts);
}

void StreamRun::carry_out(const PromoteSecret& promote) {
  context_.propose(promotion(context_.state.peering(), promote),
                   [this, alive = alive_](const server::api::Input& end) {
                     if (!*alive) return;
                     if (const auto* why = std::get_if<server::api::NotApplied>(&end)) {
                       return step(PromotionFailed{why->why});
                     }
                     const auto& applied = std::get<server::api::Applied>(end);
                     if (applied.result.failed()) {
                       return step(PromotionFailed{applied.result.error});
                     }
                     step(SecretPromoted{});
                   });
}

void StreamRun::carry_out(const Subscribed& subscribed) { owner_.subscribed(subscribed.type); }

void StreamRun::carry_out(const Import& import) {
  owner_.import(import, [this, alive = alive_](std::optional<std::string> failure) {
    if (!*alive) return;
    if (failure) return step(ImportFailed{std::move(*failure)});
    step(ImportApplied{});
  });
}

void StreamRun::carry_out(const MarkTerminated& mark) {
  context_.propose(Command(TerminatePeering{mark.peering}), [](const server::api::Input&) {});
}

void StreamRun::carry_out(const HalfClose&) { channel_->send(StreamHalfClose{}); }

void StreamRun::carry_out(const Hangup& hangup) {
  ended_ = true;
  for (auto& [timer, id] : timers_) context_.timers.cancel(id);
  if (side_ == Side::acceptor) channel_->send(GrpcTrailers{hangup.status});
  context_.retire(std::move(channel_));
  const auto ended = owner_.ended;
  ended(hangup.status);
}

void StreamRun::carry_out(const Crash& crash) { throw engine::Unhandled(crash.reason); }

}  // namespace peerlab::actors
