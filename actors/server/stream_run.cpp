#include "actors/server/stream_run.hpp"

#include <utility>

#include "peerlab/base/hash.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/peering/open_check.hpp"
#include "peerlab/wire/peerstream_codec.hpp"

namespace peerlab::actors {

using namespace peering;  // NOLINT: the outputs of the core, one by one

StreamRun::StreamRun(ServerContext& context, Owner owner)
    : context_(context),
      stream_(PeerStream::acceptor(context.streams, {}, context.config.mutants)),
      side_(Side::acceptor),
      number_(++context.stream_count),
      owner_(std::move(owner)) {}

StreamRun::StreamRun(ServerContext& context, const DialerIdentity& identity, Owner owner)
    : context_(context),
      stream_(PeerStream::dialer(context.streams, identity, {}, context.config.mutants)),
      side_(Side::dialer),
      peering_(identity.local),
      number_(++context.stream_count),
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
  if (side_ == Side::dialer) {
    record_begin();
    channel_->send(StreamCall{});
  }
  step(Opened{leadership()});
}

void StreamRun::record(const ReplicationMessage& message, bool sent) {
  trace::PeerMessage fact;
  fact.stream = number_;
  if (peering_) fact.peering = peering_->value();
  fact.sent = sent;
  fact.bytes = wire::encoded_size(message);
  using Kind = trace::PeerMessage::Kind;
  const auto type = [](const std::string& url) { return url.substr(url.rfind('.') + 1); };
  const bool known = std::visit(Overloaded{
                                    [&](const Open&) {
                                      fact.kind = Kind::open;
                                      return true;
                                    },
                                    [&](const Request& request) {
                                      fact.kind = Kind::request;
                                      fact.type = type(request.resource_url);
                                      fact.nonce = request.response_nonce.value();
                                      if (request.error) fact.error = request.error->message;
                                      return true;
                                    },
                                    [&](const Response& response) {
                                      fact.kind = Kind::response;
                                      fact.type = type(response.resource_url);
                                      fact.resource_id = response.resource_id;
                                      fact.nonce = response.nonce.value();
                                      return true;
                                    },
                                    [&](const Terminated&) {
                                      fact.kind = Kind::terminated;
                                      return true;
                                    },
                                    [&](const Heartbeat&) {
                                      fact.kind = Kind::heartbeat;
                                      return true;
                                    },
                                    [](const NoPayload&) { return false; },
                                },
                                message);
  if (known) context_.host.record(std::move(fact));
}

void StreamRun::record_begin() {
  const Peering* peering = peering_ ? context_.state.peering().by_id(*peering_) : nullptr;
  if (peering != nullptr) peer_ = peering->name.value();
  context_.host.record(trace::StreamBegan{peering_ ? peering_->value() : std::string(), peer_,
                                          side_ == Side::dialer, number_});
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
    record(message->message, false);
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
  record(send.message, true);
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
  const bool found = facts.record == OpenChecked::Record::found;
  if (found) peering_ = facts.id;
  const std::string id = found ? facts.id.value() : std::string();
  record_begin();
  if (found && facts.state == OpenChecked::State::active) {
    context_.host.record(trace::SecretJudged{id, trace::SecretJudged::Kind::stream,
                                             hash_of(check.secret.value()),
                                             !std::holds_alternative<Status>(facts.secret)});
  }
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
  channel_->close();
  context_.host.record(trace::StreamEnded{
      peering_ ? peering_->value() : std::string(), peer_,
      hangup.status.code == GrpcCode::ok ? std::string("OK") : text_of(hangup.status), number_});
  context_.retire(std::move(channel_));
  const auto ended = owner_.ended;
  ended(hangup.status);
}

void StreamRun::carry_out(const Crash& crash) { throw engine::Unhandled(crash.reason); }

}  // namespace peerlab::actors
