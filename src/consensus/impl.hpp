#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "libraft.hpp"
#include "peerlab/consensus/raft.hpp"

namespace peerlab::consensus {

/// A Raft server made of libraft and of what libraft leaves undone or does wrong.
///
/// libraft is driven through its public struct. Its io callbacks (io.cpp) never call back into it:
/// they append to `outputs_` or note what is to be completed, and `settle` completes it once the
/// call from outside has returned. Timers (timers.cpp) are ours: libraft is ticked only when the
/// tick has something to do. Messages (receive.cpp) reach libraft only in cases it can handle;
/// docs/decisions/libraft.md lists the cases it cannot.
struct Raft::Impl {
  Impl(ServerId self, Timings timings, Persisted persisted, Random random, Mutants mutants);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::vector<Output> step(Instant now, const Input& input);
  State state() const;

  // --- Inputs (raft.cpp, requests.cpp, receive.cpp, timers.cpp) ---
  void on(const Started& started);
  void elect_self();
  void on(const Received& received);
  void on(const Expired& expired);
  void on(const Written& written);
  void on(const WriteFailed& failed);
  void on(const Propose& propose);
  void on(const Barrier& barrier);
  void on(const VerifyLeader& verify);
  void on(const TransferLeadership& transfer);
  void on(const AddServer& add);
  void on(const Promote& promote);
  void on(const Demote& demote);
  void on(const RemoveServer& remove);
  void on(const SnapshotTaken& taken);
  void assign(ProposalId id, ServerId server, int role);

  // --- After each call into libraft (impl.cpp) ---
  void settle();
  bool complete_deferred();
  void complete_unsynced();
  void note_transitions();
  void lead();
  void note_configurations(raft_index first, const std::vector<Entry>& entries);
  void align_configuration();
  void finish_transfer(bool handed_over);
  void confirm_leadership();
  void halt(std::string reason);

  // --- Requests of the host under way (requests.cpp) ---
  struct Pending {
    Impl* impl = nullptr;
    std::uint64_t serial = 0;
    std::optional<ProposalId> id;  ///< none for what a leader does for itself
    struct raft_apply apply {};
    struct raft_barrier barrier {};
    raft_change change{};
  };
  Pending& pend(std::optional<ProposalId> id);
  void finished(std::uint64_t serial, Index index, int status);
  void refuse(ProposalId id, Refusal why);
  bool may_change(ProposalId id);
  bool may_leave(ProposalId id, ServerId server);
  Index changed_index() const { return Index(raft_.configuration_index); }
  /// Reports the failure `status` of a call that libraft did not take.
  void not_taken(const Pending& pending, int status);

  // --- Receiving (receive.cpp) ---
  void receive(ServerId from, const RequestVote& request);
  void receive(ServerId from, const RequestVoteResult& result);
  void receive(ServerId from, const AppendEntries& append);
  void receive(ServerId from, const AppendEntriesResult& result);
  void receive(ServerId from, const InstallSnapshot& install);
  void receive(ServerId from, const TimeoutNow& timeout);
  void deliver(ServerId from, raft_message& message);
  void probe_on(ServerId server, const raft_progress& before);
  void deliver_to_voter(ServerId from, raft_message& message);
  void postpone(ServerId from, Message message);
  bool rival(Term term) const;
  bool conflicts(const AppendEntries& append) const;
  raft_index commit_candidate(ServerId from, const AppendEntriesResult& result);

  // --- Timers (timers.cpp) ---
  raft_time clock() const;
  Instant instant(raft_time time) const;
  raft_time draw(Duration base);
  void tick_follower();
  void start_election();
  void tick_candidate();
  void tick_leader();
  std::optional<raft_time> lease_end() const;
  void send_heartbeats();
  bool replicates_to(const raft_server& server) const;
  raft_time next_heartbeat() const;
  std::optional<raft_time> next_due() const;
  void note_commit();
  void arm();

  // --- What libraft asks for (io.cpp, writes.cpp, sending.cpp) ---
  void plug();
  void disenfranchise();
  void load(raft_term* term, raft_id* voted_for, raft_snapshot** snapshot, raft_index* first,
            raft_entry** entries, size_t* count);
  void apply(const raft_buffer& bytes);
  void take_snapshot();
  Ticket next_ticket() { return last_ticket_ = Ticket(last_ticket_.value() + 1); }
  void save_vote(Term term, ServerId candidate);
  void append(raft_io_append* request, const raft_entry* entries, unsigned count);
  void rewrite_configuration(const raft_entry& entry);
  void truncate(raft_index index);
  void put_snapshot(unsigned trailing, raft_io_snapshot_put* request,
                    const raft_snapshot& snapshot);
  void send(const raft_message& message);
  void send_entries(ServerId to, const raft_append_entries& message);
  void send_result(ServerId to, const raft_append_entries_result& message);
  void send(ServerId to, Message message);
  void release_sends();
  void abandon();

  // --- Writes under way (writes.cpp) ---
  struct WriteUnderWay {
    Ticket ticket{};
    raft_io_append* append = nullptr;
    raft_io_snapshot_put* put = nullptr;
    std::shared_ptr<const Snapshot> snapshot{};
    bool install = false;
    raft_buffer* buffers = nullptr;  ///< of an install
    Term term{};                     ///< of this server when it asked for the write
    Round round{};                   ///< of the message that brought the entries
  };
  void complete_writes(Ticket upto);
  bool writing_entries() const;
  bool installing() const;

  // --- Reading libraft's struct (state.cpp) ---
  raft_index last_index() const;
  raft_term term_of(raft_index index) const;
  raft_progress* progress_of(ServerId server);
  /// The configuration in force: the last one in the log. Empty before a server was added.
  const Configuration& configuration() const;
  bool sole_voter() const;
  Role role() const;
  std::optional<ServerId> leader() const;
  bool leading() const { return raft_.state == RAFT_LEADER; }

  // --- What it was made with ---
  ServerId self_;
  Timings timings_;
  Persisted loaded_;  ///< handed to libraft at the start, then empty
  Random random_;
  Mutants mutants_;

  // --- libraft ---
  raft_io io_{};
  raft_fsm fsm_{};
  raft_tracer tracer_{};
  ::raft raft_{};
  raft_io_tick_cb tick_ = nullptr;
  raft_io_recv_cb recv_ = nullptr;
  bool started_ = false;
  bool halted_ = false;

  // --- Time ---
  Instant started_at_;
  Instant now_;
  std::optional<Instant> armed_;
  raft_time missed_at_ = 0;       ///< when a follower next asks itself whether it has a leader
  raft_time commit_told_at_ = 0;  ///< when followers are to hear of the last commit; 0: not
  raft_index commit_noted_ = 0;

  // --- Outputs ---
  std::vector<Output> outputs_;
  struct HeldSend {
    Ticket until;
    Send send;
  };
  std::deque<HeldSend> held_sends_;

  // --- Writes under way, in order ---
  std::deque<WriteUnderWay> writes_;
  const WriteUnderWay* completing_ = nullptr;
  Ticket last_ticket_;
  Ticket last_vote_;
  Ticket durable_;
  Term saved_term_;
  std::optional<Ticket> electing_;  ///< with it a sole voter has voted for itself
  raft_index last_written_ = 0;     ///< last entry on the disk once all writes are done

  // --- To be completed by `settle` ---
  std::vector<std::pair<raft_io_send*, raft_io_send_cb>> sent_;
  std::vector<std::pair<raft_io_snapshot_get*, raft_io_snapshot_get_cb>> snapshot_gets_;

  // --- Receiving ---
  struct Receiving {
    raft_index verified = 0;
    Round round;
  };
  std::optional<Receiving> receiving_;
  std::optional<Received> postponed_;

  // --- Snapshots ---
  std::shared_ptr<const Snapshot> snapshot_;  ///< the latest that is durable
  std::shared_ptr<const Snapshot> restoring_;
  raft_io_async_work* taking_ = nullptr;
  raft_io_async_work_cb taken_ = nullptr;
  Snapshot taken_snapshot_;
  const Snapshot* installing_ = nullptr;  ///< while its message is being received

  // --- Leading ---
  struct Follower {
    Instant contact{};
    Round answered{};
    raft_index told = 0;  ///< the commit index it was last sent
  };
  std::map<ServerId, Follower> followers_;
  std::map<ServerId, raft_index> sent_upto_;  ///< where a long AppendEntries was cut
  Round round_;
  raft_index first_of_term_ = 0;
  ServerId adding_;
  struct raft_transfer transfer_ {};
  std::optional<ProposalId> transferring_;
  struct Verification {
    ProposalId id;
    Round asked;
  };
  std::deque<Verification> verifications_;
  std::map<std::uint64_t, std::unique_ptr<Pending>> pending_;
  std::uint64_t last_serial_ = 0;

  // --- Configurations in the log, and the one before them, by index ---
  std::map<raft_index, Configuration> configurations_;
  bool configuration_touched_ = true;
  raft_index configuration_told_ = 0;

  // --- As last told to the host ---
  Role told_role_ = Role::follower;
  Term told_term_;
  std::optional<ServerId> told_leader_;
};

}  // namespace peerlab::consensus
