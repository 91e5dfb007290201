#include "peerlab/consensus/raft.hpp"

#include <algorithm>
#include <utility>

#include "impl.hpp"
#include "peerlab/base/assert.hpp"

namespace peerlab::consensus {

Raft::Raft(ServerId self, Timings timings, Persisted persisted, Random random, Mutants mutants)
    : impl_(std::make_unique<Impl>(self, timings, std::move(persisted), random, mutants)) {}
Raft::~Raft() = default;
Raft::Raft(Raft&&) noexcept = default;
Raft& Raft::operator=(Raft&&) noexcept = default;

std::vector<Output> Raft::step(Instant now, const Input& input) { return impl_->step(now, input); }

State Raft::state() const { return impl_->state(); }

std::vector<Output> Raft::Impl::step(Instant now, const Input& input) {
  const bool starts = std::holds_alternative<Started>(input);
  PEERLAB_ASSERT(starts != started_);
  if (halted_) return {};
  if (starts) started_at_ = now_ = now;
  now_ = std::max(now_, now);
  std::visit([&](const auto& event) { on(event); }, input);
  if (!halted_) settle();
  if (!halted_) {
    note_commit();
    arm();
  }
  return std::exchange(outputs_, {});
}

void Raft::Impl::on(const Started&) {
  started_ = true;
  const auto in_milliseconds = [](Duration duration) {
    return static_cast<unsigned>(
        std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
  };
  int status = raft_init(&raft_, &io_, &fsm_, self_.value(), "");
  PEERLAB_ASSERT(status == 0);
  raft_.tracer = &tracer_;
  raft_set_election_timeout(&raft_, in_milliseconds(timings_.election));
  raft_set_heartbeat_timeout(&raft_, static_cast<unsigned>(draw(timings_.heartbeat / 10)));
  raft_set_install_snapshot_timeout(&raft_, in_milliseconds(timings_.install_snapshot));
  raft_set_snapshot_threshold(&raft_, static_cast<unsigned>(timings_.snapshot_threshold));
  raft_set_snapshot_trailing(&raft_, static_cast<unsigned>(timings_.trailing_logs));
  raft_set_pre_vote(&raft_, true);
  status = raft_start(&raft_);
  PEERLAB_ASSERT(status == 0);
  missed_at_ = clock() + draw(timings_.heartbeat);
}

void Raft::Impl::on(const Written& written) {
  durable_ = std::max(durable_, written.ticket);
  release_sends();
  complete_writes(written.ticket);
  if (electing_ && *electing_ <= durable_) elect_self();
  if (postponed_ && !writing_entries()) {
    const Received received = *std::exchange(postponed_, std::nullopt);
    on(received);
  }
}

void Raft::Impl::elect_self() {
  electing_.reset();
  if (raft_.state == RAFT_FOLLOWER && raft_.voted_for == self_.value() && sole_voter()) {
    start_election();
  }
}

void Raft::Impl::on(const WriteFailed&) { halt("a write to disk failed"); }

}  // namespace peerlab::consensus
