#include "peerlab/consensus/raft.hpp"

#include <algorithm>
#include <utility>

#include "convert.hpp"
#include "impl.hpp"
#include "peerlab/base/assert.hpp"

namespace peerlab::consensus {
namespace {

/// Of libraft's requests, those that change the configuration. `data` is the Pending.
template <class Pending>
void change_done(raft_change* request, int status) {
  auto* done = static_cast<Pending*>(request->data);
  done->impl->finished(done->serial, done->impl->changed_index(), status);
}

}  // namespace

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
  read_disk();
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
  // A sole voter makes itself leader as it starts, in libraft without a new term. It would write
  // other entries under the term and index of those that a crash took from it, and a non-voter may
  // have those. So the new term comes first.
  if (sole_voter()) {
    loaded_.term = Term(loaded_.term.value() + 1);
    loaded_.voted_for = self_;
    save_vote(loaded_.term, self_);
    electing_ = last_ticket_;
  } else {
    begin();
  }
}

void Raft::Impl::begin() {
  begun_ = true;
  const int status = raft_start(&raft_);
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
  if (!begun_) {
    begin();
  } else if (raft_.state == RAFT_FOLLOWER && raft_.voted_for == self_.value() && sole_voter()) {
    start_election();
  }
}

void Raft::Impl::on(const WriteFailed&) { halt("a write to disk failed"); }

void Raft::Impl::on(const Propose& propose) {
  Pending& pending = pend(propose.id);
  raft_buffer bytes{allocate(propose.bytes), propose.bytes.size()};
  const int status = raft_apply(
      &raft_, &pending.apply, &bytes, 1, [](struct raft_apply* request, int outcome, void*) {
        auto* done = static_cast<Pending*>(request->data);
        done->impl->finished(done->serial, Index(request->index), outcome);
      });
  if (status == 0) return;
  raft_free(bytes.base);
  not_taken(pending, status);
}

void Raft::Impl::on(const Barrier& barrier) {
  Pending& pending = pend(barrier.id);
  const int status =
      raft_barrier(&raft_, &pending.barrier, [](struct raft_barrier* request, int outcome) {
        auto* done = static_cast<Pending*>(request->data);
        done->impl->finished(done->serial, Index(request->index), outcome);
      });
  if (status != 0) not_taken(pending, status);
}

void Raft::Impl::on(const VerifyLeader& verify) {
  if (!leading()) return refuse(verify.id, Refusal::not_leader);
  verifications_.push_back(Verification{verify.id, round_});
  for (unsigned at = 0; at < raft_.configuration.n; ++at) {
    raft_.leader_state.progress[at].last_send = 0;
  }
  tick_leader();
}

void Raft::Impl::on(const TransferLeadership& transfer) {
  const int status = raft_transfer(&raft_, &transfer_, transfer.to.value_or(ServerId{}).value(),
                                   [](struct raft_transfer* request) {
                                     auto* impl = static_cast<Impl*>(request->data);
                                     if (impl->transferring_)
                                       impl->finish_transfer(!impl->leading());
                                   });
  if (status == 0) {
    transfer_.data = this;
    transferring_ = transfer.id;
  } else if (status == RAFT_NOTFOUND) {
    refuse(transfer.id, Refusal::no_other_voter);
  } else {
    not_taken(pend(transfer.id), status);
  }
}

bool Raft::Impl::may_leave(ProposalId id, ServerId server) {
  const Configuration& members = configuration();
  const bool last = std::none_of(members.begin(), members.end(), [&](const Server& other) {
    return other.voter && other.id != server;
  });
  if (!leading() || !last) return may_change(id);
  refuse(id, Refusal::last_voter);
  return false;
}

bool Raft::Impl::may_change(ProposalId id) {
  // A leader that has committed nothing of its own term does not know yet which configuration is
  // committed (Raft dissertation, erratum to section 4.1). libraft does not ask.
  if (!leading() || raft_.commit_index >= first_of_term_) return true;
  refuse(id, Refusal::configuration_busy);
  return false;
}

void Raft::Impl::on(const AddServer& add) {
  if (!may_change(add.id)) return;
  Pending& pending = pend(add.id);
  // libraft lets servers join without log, to be given one by a second change. In Consul a new
  // server gets the log at once; `append` changes the role in the entry that is being made.
  adding_ = add.server;
  const int status = raft_add(&raft_, &pending.change, add.server.value(), add.address.c_str(),
                              change_done<Pending>);
  adding_ = ServerId{};
  if (status != 0) not_taken(pending, status);
}

void Raft::Impl::on(const Promote& promote) {
  if (may_change(promote.id)) assign(promote.id, promote.server, RAFT_VOTER);
}

void Raft::Impl::on(const Demote& demote) {
  if (may_leave(demote.id, demote.server)) assign(demote.id, demote.server, RAFT_STANDBY);
}

void Raft::Impl::assign(ProposalId id, ServerId server, int role) {
  Pending& pending = pend(id);
  const int status =
      raft_assign(&raft_, &pending.change, server.value(), role, change_done<Pending>);
  if (status != 0) not_taken(pending, status);
}

void Raft::Impl::on(const RemoveServer& remove) {
  if (!may_leave(remove.id, remove.server)) return;
  Pending& pending = pend(remove.id);
  const int status =
      raft_remove(&raft_, &pending.change, remove.server.value(), change_done<Pending>);
  if (status != 0) not_taken(pending, status);
}

void Raft::Impl::on(const SnapshotTaken& taken) {
  if (taking_ == nullptr) return;
  taken_snapshot_.bytes = taken.bytes;
  taken_(std::exchange(taking_, nullptr), 0);
}

}  // namespace peerlab::consensus
