#include <fmt/format.h>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/peering/stream.hpp"

/// The opening of a stream: an acceptor's checks in the order of peering spec 5.4, and what each
/// side sends first (5.5).
namespace peerlab::peering {
namespace {

constexpr ResourceType wanted[] = {ResourceType::exported_service,
                                   ResourceType::exported_service_list, ResourceType::trust_bundle,
                                   ResourceType::server_addresses};

}  // namespace

void PeerStream::on(Instant now, const Opened& opened) {
  PEERLAB_ASSERT(phase_ == Phase::created);
  leadership_ = opened.leadership;
  if (side_ == Side::dialer) {
    open_as_dialer(now);
    return;
  }
  // C-100: before anything is read, so that a dialer can lose its call to a send error (QP-21).
  if (!leadership_.is_ours && !mutants_.has(Mutant::HB_045)) {
    hang_up({GrpcCode::failed_precondition, "cannot establish a peering stream on a follower node",
             leadership_.leader_address});
    return;
  }
  phase_ = Phase::opening;
}

void PeerStream::open_as_dialer(Instant now) {
  PEERLAB_ASSERT(identity_.has_value());
  put(Send{Open{identity_->remote, identity_->secret, identity_->self}});
  registration_ = tracker_->connect(now, identity_->local, Duration::zero());
  // The sync routine dials only what is not connected.
  PEERLAB_ASSERT(registration_.has_value());
  start(now);
}

void PeerStream::check_first(const ReplicationMessage& message) {
  const Open* open = std::get_if<Open>(&message);
  if (open == nullptr) {
    hang_up(
        {GrpcCode::invalid_argument, "first message when initiating a peering must be: Open", {}});
  } else if (open->peer_id.value().empty()) {
    hang_up({GrpcCode::invalid_argument, "initial subscription request must specify a PeerID", {}});
  } else {
    open_ = *open;
    phase_ = Phase::checking;
    put(CheckOpen{open_.peer_id, open_.secret});
  }
}

void PeerStream::on(Instant now, const OpenChecked& facts) {
  PEERLAB_ASSERT(phase_ == Phase::checking);
  facts_ = facts;
  const std::string& presented = open_.peer_id.value();
  switch (facts.record) {
    case OpenChecked::Record::unreadable:
      return hang_up({GrpcCode::internal, "failed to find PeerID: " + presented, {}});
    case OpenChecked::Record::unknown:
      return hang_up({GrpcCode::invalid_argument,
                      "initial subscription for unknown PeerID: " + presented,
                      {}});
    case OpenChecked::Record::found:
      break;
  }
  if (facts.state != OpenChecked::State::active) {
    // A peer that has terminated the peering itself needs no message about it (C-111, C-112).
    if (facts.state == OpenChecked::State::deleting) put(Send{Terminated{}});
    return hang_up({GrpcCode::aborted, "peering is marked as deleted: " + presented, {}});
  }
  std::visit(Overloaded{
                 [&](const SecretAccepted&) { admit(now); },
                 [&](const SecretToPromote& promotion) {
                   phase_ = Phase::promoting;
                   put(PromoteSecret{facts.id, promotion.write, open_.remote});
                 },
                 [&](const Status& refusal) { hang_up(refusal); },
             },
             facts.secret);
}

void PeerStream::on(Instant now, const SecretPromoted&) {
  PEERLAB_ASSERT(phase_ == Phase::promoting);
  admit(now);
}

void PeerStream::on(Instant, const PromotionFailed& failed) {
  PEERLAB_ASSERT(phase_ == Phase::promoting);
  hang_up({GrpcCode::internal, "failed to persist peering: " + failed.cause, {}});
}

/// The checks that follow once the secret is known to be good.
void PeerStream::admit(Instant now) {
  if (facts_.dials) {
    return hang_up({GrpcCode::invalid_argument,
                    "expected PeerID to be empty; the wrong end of peering is being dialed",
                    {}});
  }
  if (deleted_while_opening_ && !mutants_.has(Mutant::HB_041)) {
    put(Send{Terminated{}});
    return hang_up(
        {GrpcCode::aborted, "peering is marked as deleted: " + open_.peer_id.value(), {}});
  }
  // A stream that has missed two heartbeats no longer keeps its peer's next one out (QP-04).
  registration_ = tracker_->connect(now, facts_.id, 2 * timings_.heartbeat_interval);
  if (!registration_) {
    return hang_up(
        {GrpcCode::unknown,
         fmt::format("failed to register stream: there is an active stream for the given "
                     "PeerID \"{}\"",
                     facts_.id.value()),
         {}});
  }
  if (!facts_.connect_ca_ready) {
    return end(now, {GrpcCode::unavailable, "Connect CA is not yet initialized", {}});
  }
  start(now);
}

/// Sends the subscriptions (C-116, C-117, C-119) and winds the clocks.
void PeerStream::start(Instant now) {
  phase_ = Phase::streaming;
  for (const ResourceType type : wanted) {
    if (type == ResourceType::server_addresses && side_ == Side::acceptor &&
        !mutants_.has(Mutant::HB_018)) {
      continue;
    }
    put(Send{Request{identity_ ? identity_->remote : PeerId(), Nonce(), std::string(type_url(type)),
                     std::nullopt}});
  }
  if (mutants_.has(Mutant::HB_050)) return;
  overdue_ = now + timings_.heartbeat_timeout;
  put(Arm{Timer::heartbeat_overdue, overdue_});
  put(Arm{Timer::heartbeat_due, now + timings_.heartbeat_interval});
}

}  // namespace peerlab::peering
