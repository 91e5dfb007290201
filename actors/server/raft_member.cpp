#include "actors/server/raft_member.hpp"

#include <utility>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::actors {
namespace {

using namespace consensus;

/// How long a disk takes to make what was written durable: that of an SSD with a write cache.
constexpr Duration sync_time = std::chrono::microseconds(500);

}  // namespace

RaftMember::RaftMember(engine::Host& host, Timers& timers, Owner owner, ServerId self,
                       const Timings& timings, Persisted fresh, const Mutants& mutants)
    : host_(host),
      timers_(timers),
      owner_(std::move(owner)),
      disk_(host.disk(), std::move(fresh)),
      raft_(self, timings, disk_.found(), host.random("raft"), mutants) {}

void RaftMember::take(Input input) {
  // What is carried out may lead to further inputs; they wait until the outputs of this one are
  // done, since those must be carried out in order.
  inputs_.push_back(std::move(input));
  if (stepping_) return;
  stepping_ = true;
  while (!inputs_.empty()) {
    const Input next = std::move(inputs_.front());
    inputs_.pop_front();
    for (const Output& output : raft_.step(host_.now(), next)) carry_out(output);
  }
  stepping_ = false;
}

void RaftMember::carry_out(const Output& output) {
  std::visit(Overloaded{
                 [&](const Send& send) { owner_.send(send.to, send.message); },
                 [&](const Append& append) { write(append); },
                 [&](const SaveVote& vote) { write(vote); },
                 [&](const Truncate& truncate) { write(truncate); },
                 [&](const PutSnapshot& snapshot) { write(snapshot); },
                 [&](const Arm& arm) {
                   timers_.cancel(tick_);
                   tick_ = timers_.at(arm.due, [this] {
                     tick_ = 0;
                     take(Expired{});
                   });
                 },
                 [&](const Committed& entry) { owner_.apply(entry.index, entry.bytes); },
                 [&](const Restore& restore) { owner_.restore(restore.index, restore.bytes); },
                 [&](const TakeSnapshot&) { take(SnapshotTaken{owner_.snapshot()}); },
                 [&](const Completed& end) { finish(end.id, end.index); },
                 [&](const Refused& end) { finish(end.id, end.why); },
                 [&](const BecameLeader&) {
                   leads_ = true;
                   owner_.leadership();
                 },
                 [&](const LostLeadership&) {
                   leads_ = false;
                   owner_.leadership();
                 },
                 [&](const LeaderChanged&) { owner_.leadership(); },
                 [&](const ConfigurationChanged&) {},
                 [&](const Halted& halted) { throw engine::Unhandled("Raft: " + halted.reason); },
             },
             output);
}

void RaftMember::write(const Write& write) {
  disk_.write(write);
  written_ = ticket(write);
  if (sync_ != 0) return;  // the sync under way covers this one as well
  sync_ = timers_.at(host_.now() + sync_time, [this] {
    sync_ = 0;
    disk_.sync();
    take(Written{written_});
  });
}

ProposalId RaftMember::expect(Done done) {
  const ProposalId id(++proposals_);
  pending_.emplace(id, std::move(done));
  return id;
}

void RaftMember::propose(std::string bytes, Done done) {
  take(Propose{expect(std::move(done)), std::move(bytes)});
}
void RaftMember::barrier(Done done) { take(Barrier{expect(std::move(done))}); }
void RaftMember::verify(Done done) { take(VerifyLeader{expect(std::move(done))}); }
void RaftMember::transfer(Done done) {
  take(TransferLeadership{expect(std::move(done)), std::nullopt});
}

void RaftMember::finish(ProposalId id, std::variant<Index, Refusal> end) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;
  const Done done = std::move(found->second);
  pending_.erase(found);
  done(end);
}

}  // namespace peerlab::actors
