#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <variant>

#include "actors/server/raft_disk.hpp"
#include "actors/timers.hpp"
#include "peerlab/consensus/raft.hpp"

namespace peerlab::actors {

/// A server's part in Raft: gives the core its inputs and carries out what it asks for, on the
/// host's disk and through whatever its owner hands in.
class RaftMember {
 public:
  /// What the owner does with what Raft decides. All are called in the order of Raft's outputs.
  struct Owner {
    std::function<void(consensus::ServerId to, const consensus::Message&)> send;
    std::function<void(consensus::Index, const std::string& bytes)> apply;
    std::function<void(consensus::Index, const std::string& snapshot)> restore;
    std::function<std::string()> snapshot;
    /// Who leads has changed, or what this server is.
    std::function<void()> leadership;
  };

  /// The end of a request: the index of its entry, or why there is none.
  using Done = std::function<void(const std::variant<consensus::Index, consensus::Refusal>&)>;

  RaftMember(engine::Host& host, Timers& timers, Owner owner, consensus::ServerId self,
             const consensus::Timings& timings, consensus::Persisted fresh, const Mutants& mutants);

  void start() { take(consensus::Started{}); }
  void received(consensus::ServerId from, consensus::Message message) {
    take(consensus::Received{from, std::move(message)});
  }

  void propose(std::string bytes, Done done);
  void barrier(Done done);
  void verify(Done done);
  void transfer(Done done);

  consensus::State state() const { return raft_.state(); }
  bool leads() const { return leads_; }

 private:
  void take(consensus::Input input);
  void carry_out(const consensus::Output& output);
  void write(const consensus::Write& write);
  void finish(consensus::ProposalId id, std::variant<consensus::Index, consensus::Refusal> end);
  consensus::ProposalId expect(Done done);

  engine::Host& host_;
  Timers& timers_;
  Owner owner_;
  RaftDisk disk_;
  consensus::Raft raft_;
  std::deque<consensus::Input> inputs_;
  bool stepping_ = false;
  bool leads_ = false;
  Timers::Id tick_ = 0;
  Timers::Id sync_ = 0;
  consensus::Ticket written_;
  std::map<consensus::ProposalId, Done> pending_;
  std::uint64_t proposals_ = 0;
};

}  // namespace peerlab::actors
