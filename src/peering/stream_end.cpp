#include "peerlab/base/assert.hpp"
#include "peerlab/peering/stream.hpp"

/// Every way in which a stream ends (peering spec 5.9).
namespace peerlab::peering {

void PeerStream::on(Instant now, const PeerClosed& closed) {
  if (is_waiting()) {
    inbox_.emplace_back(closed);
  } else if (phase_ == Phase::opening) {
    hang_up({GrpcCode::unknown, "EOF", {}});
  } else if (phase_ == Phase::draining) {
    if (!mutants_.has(Mutant::QP_20)) hang_up({});
  } else if (phase_ == Phase::streaming) {
    tracker_->receive_failed(now, *registration_, "EOF");
    if (mutants_.has(Mutant::HB_044)) return end_as_if_on_purpose(now);
    // C-148. At a dialer this is what a status OK without Terminated means.
    end(now, {GrpcCode::unknown, "stream ended unexpectedly", {}}, "stream ended unexpectedly");
  }
}

void PeerStream::on(Instant now, const ReceiveFailed& failed) {
  if (is_waiting()) {
    inbox_.emplace_back(failed);
  } else if (phase_ == Phase::opening) {
    hang_up(failed.status);
  } else if (phase_ == Phase::draining) {
    if (!mutants_.has(Mutant::QP_20)) hang_up({});
  } else if (phase_ == Phase::streaming) {
    tracker_->receive_failed(now, *registration_, text_of(failed.status));
    const bool is_broken = failed.status.code == GrpcCode::unavailable;
    if (mutants_.has(Mutant::HB_044) && is_broken) return end_as_if_on_purpose(now);
    const std::string error =
        "unexpected error receiving from the stream: " + text_of(failed.status);
    // The status inside the error decides on the dialer's pause.
    end(now, mutants_.has(Mutant::HB_020) ? Status{GrpcCode::unknown, error, {}} : failed.status,
        error);
  }
}

void PeerStream::on(Instant now, const LeadershipChanged& changed) {
  leadership_ = changed.leadership;
  // A dialer's loops stop with its leadership (spec 11.2); an acceptor notices at the next message.
  if (side_ == Side::dialer && phase_ == Phase::streaming && !leadership_.is_ours &&
      !mutants_.has(Mutant::HB_046)) {
    end(now, {GrpcCode::cancelled, "context canceled", {}});
  }
}

void PeerStream::on(Instant now, const PeeringDeleted&) {
  switch (phase_) {
    case Phase::checking:
    case Phase::promoting:
      deleted_while_opening_ = true;
      return;
    case Phase::streaming:
      // C-234, C-238.
      put(Send{Terminated{}});
      tracker_->forget(registration_->peering);
      if (mutants_.has(Mutant::HB_061)) return hang_up({});
      return drain(now);
    case Phase::created:
      return hang_up({});
    case Phase::opening:
    case Phase::draining:
    case Phase::ended:
      return;
  }
}

/// A graceful end: a dialer half-closes (C-236), and both wait for the other side to finish, so
/// that a reset cannot overtake Terminated.
void PeerStream::drain(Instant now) {
  phase_ = Phase::draining;
  importing_.reset();
  if (side_ == Side::dialer) put(HalfClose{});
  if (!mutants_.has(Mutant::QP_20)) put(Arm{Timer::drained, now + timings_.drain});
}

/// What HB-044 plants.
void PeerStream::end_as_if_on_purpose(Instant now) {
  tracker_->disconnected_gracefully(now, *registration_);
  hang_up({});
}

/// Ends with an error. `error` is its text in our own status, which differs from what the peer is
/// told where Consul wraps it.
void PeerStream::end(Instant now, Status status, std::string error) {
  if (registration_) {
    if (side_ == Side::dialer) tracker_->send_failed(now, *registration_, error);
    tracker_->disconnected(now, *registration_, std::move(error));
  }
  hang_up(std::move(status));
}

void PeerStream::hang_up(Status status) {
  phase_ = Phase::ended;
  importing_.reset();
  inbox_.clear();
  held_.clear();
  last_sent_.clear();
  put(Hangup{std::move(status)});
}

}  // namespace peerlab::peering
