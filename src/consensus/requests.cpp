#include <algorithm>
#include <utility>

#include "convert.hpp"
#include "impl.hpp"
#include "peerlab/base/assert.hpp"

/// What the host asks of a leader, and how each such request ends.
namespace peerlab::consensus {
namespace {

/// Of libraft's requests, those that change the configuration. `data` is the Pending.
template <class Pending>
void change_done(raft_change* request, int status) {
  auto* done = static_cast<Pending*>(request->data);
  done->impl->finished(done->serial, done->impl->changed_index(), status);
}

}  // namespace

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

Raft::Impl::Pending& Raft::Impl::pend(std::optional<ProposalId> id) {
  auto pending = std::make_unique<Pending>();
  pending->impl = this;
  pending->serial = ++last_serial_;
  pending->id = id;
  pending->apply.data = pending->barrier.data = pending->change.data = pending.get();
  return *pending_.emplace(pending->serial, std::move(pending)).first->second;
}

void Raft::Impl::finished(std::uint64_t serial, Index index, int status) {
  const auto found = pending_.find(serial);
  const std::optional<ProposalId> id = found->second->id;
  pending_.erase(found);
  if (!id) return;
  if (status == 0) {
    outputs_.push_back(Completed{*id, index});
  } else {
    refuse(*id, status == RAFT_NOCONNECTION ? Refusal::too_slow : Refusal::leadership_lost);
  }
}

void Raft::Impl::refuse(ProposalId id, Refusal why) { outputs_.push_back(Refused{id, why}); }

void Raft::Impl::not_taken(const Pending& pending, int status) {
  const ProposalId id = *pending.id;
  pending_.erase(pending.serial);
  switch (status) {
    case RAFT_NOTLEADER:
      return refuse(id, leading() ? Refusal::transfer_in_progress : Refusal::not_leader);
    case RAFT_CANTCHANGE:
      return refuse(id, Refusal::configuration_busy);
    case RAFT_DUPLICATEID:
    case RAFT_DUPLICATEADDRESS:
      return refuse(id, Refusal::known_server);
    case RAFT_BADROLE:
      return refuse(id, Refusal::nothing_to_do);
    case RAFT_NOTFOUND:
    case RAFT_BADID:
      return refuse(id, Refusal::unknown_server);
    default:
      PEERLAB_ASSERT(false);
  }
}

}  // namespace peerlab::consensus
