#include <utility>

#include "convert.hpp"
#include "impl.hpp"

/// The callbacks that libraft calls. They append to the outputs, or note what is to be completed.
namespace peerlab::consensus {

void Raft::Impl::plug() {
  io_.version = 2;
  io_.impl = this;
  io_.init = [](raft_io*, raft_id, const char*) { return 0; };
  io_.close = [](raft_io* io, raft_io_close_cb done) {
    static_cast<Impl*>(io->impl)->abandon();
    done(io);
  };
  io_.load = [](raft_io* io, raft_term* term, raft_id* voted_for, raft_snapshot** snapshot,
                raft_index* first, raft_entry** entries, size_t* count) {
    static_cast<Impl*>(io->impl)->load(term, voted_for, snapshot, first, entries, count);
    return 0;
  };
  io_.start = [](raft_io* io, unsigned, raft_io_tick_cb tick, raft_io_recv_cb recv) {
    static_cast<Impl*>(io->impl)->tick_ = tick;
    static_cast<Impl*>(io->impl)->recv_ = recv;
    static_cast<Impl*>(io->impl)->disenfranchise();
    return 0;
  };
  // We start from what `bootstrapped` makes, and recover by writing a new disk.
  io_.bootstrap = [](raft_io*, const raft_configuration*) { return RAFT_CANTBOOTSTRAP; };
  io_.recover = [](raft_io*, const raft_configuration*) { return RAFT_INVALID; };
  io_.set_term = [](raft_io* io, raft_term term) {
    static_cast<Impl*>(io->impl)->save_vote(Term(term), ServerId{});
    return 0;
  };
  // libraft votes for itself before it takes the new term over from what it has just saved, so the
  // term saved last is the one that the vote belongs to.
  io_.set_vote = [](raft_io* io, raft_id candidate) {
    auto* impl = static_cast<Impl*>(io->impl);
    impl->save_vote(impl->saved_term_, ServerId(candidate));
    return 0;
  };
  io_.send = [](raft_io* io, raft_io_send* request, const raft_message* message,
                raft_io_send_cb done) {
    auto* impl = static_cast<Impl*>(io->impl);
    impl->send(*message);
    impl->sent_.emplace_back(request, done);
    return 0;
  };
  io_.append = [](raft_io* io, raft_io_append* request, const raft_entry entries[], unsigned count,
                  raft_io_append_cb done) {
    request->cb = done;
    static_cast<Impl*>(io->impl)->append(request, entries, count);
    return 0;
  };
  io_.truncate = [](raft_io* io, raft_index index) {
    static_cast<Impl*>(io->impl)->truncate(index);
    return 0;
  };
  io_.snapshot_put = [](raft_io* io, unsigned trailing, raft_io_snapshot_put* request,
                        const raft_snapshot* snapshot, raft_io_snapshot_put_cb done) {
    request->cb = done;
    static_cast<Impl*>(io->impl)->put_snapshot(trailing, request, *snapshot);
    return 0;
  };
  io_.snapshot_get = [](raft_io* io, raft_io_snapshot_get* request, raft_io_snapshot_get_cb done) {
    static_cast<Impl*>(io->impl)->snapshot_gets_.emplace_back(request, done);
    return 0;
  };
  io_.time = [](raft_io* io) { return static_cast<Impl*>(io->impl)->clock(); };
  io_.random = [](raft_io* io, int low, int high) {
    auto* impl = static_cast<Impl*>(io->impl);
    return low + static_cast<int>(impl->random_.below(static_cast<std::uint64_t>(high - low)));
  };
  io_.async_work = [](raft_io* io, raft_io_async_work* request, raft_io_async_work_cb done) {
    static_cast<Impl*>(io->impl)->taking_ = request;
    static_cast<Impl*>(io->impl)->taken_ = done;
    return 0;
  };

  // Version 3 lets a snapshot be taken later than it is asked for. The bytes themselves never pass
  // through libraft: `put_snapshot` finds them in `taken_snapshot_`.
  fsm_.version = 3;
  fsm_.data = this;
  fsm_.apply = [](raft_fsm* fsm, const raft_buffer* bytes, void** result) {
    *result = nullptr;
    static_cast<Impl*>(fsm->data)->apply(*bytes);
    return 0;
  };
  fsm_.snapshot = [](raft_fsm* fsm, raft_buffer* bufs[], unsigned* count) {
    *bufs = nullptr;
    *count = 0;
    static_cast<Impl*>(fsm->data)->take_snapshot();
    return 0;
  };
  fsm_.snapshot_async = [](raft_fsm*, raft_buffer*[], unsigned*) { return 0; };
  fsm_.restore = [](raft_fsm* fsm, raft_buffer* bytes) {
    raft_free(bytes->base);
    auto* impl = static_cast<Impl*>(fsm->data);
    const Snapshot& snapshot = *impl->restoring_;
    impl->outputs_.push_back(Restore{snapshot.index, snapshot.term, snapshot.bytes});
    return 0;
  };
  tracer_.emit = [](raft_tracer*, const char*, int, const char*) {};
}

void Raft::Impl::load(raft_term* term, raft_id* voted_for, raft_snapshot** snapshot,
                      raft_index* first, raft_entry** entries, size_t* count) {
  const Persisted disk = std::exchange(loaded_, {});
  saved_term_ = disk.term;
  last_written_ = disk.first.value() + disk.entries.size() - 1;
  if (disk.snapshot) {
    snapshot_ = std::make_shared<const Snapshot>(*disk.snapshot);
    restoring_ = snapshot_;
    configurations_[snapshot_->configuration_index.value()] = snapshot_->configuration;
  }
  note_configurations(disk.first.value(), disk.entries);
  *term = disk.term.value();
  *voted_for = disk.voted_for.value();
  *snapshot = snapshot_ ? from_snapshot(*snapshot_) : nullptr;
  *first = disk.first.value();
  *entries = from_entries(disk.entries);
  *count = disk.entries.size();
}

/// A sole voter would make itself leader as it starts, in libraft. In Consul it waits for its
/// heartbeat timeout like any other. `align_configuration` gives the votes back.
void Raft::Impl::disenfranchise() {
  for (unsigned at = 0; at < raft_.configuration.n; ++at) {
    raft_.configuration.servers[at].role = RAFT_STANDBY;
  }
}

void Raft::Impl::apply(const raft_buffer& bytes) {
  const raft_index index = raft_.last_applied + 1;
  outputs_.push_back(Committed{Index(index), Term(term_of(index)), std::string(view(bytes))});
}

void Raft::Impl::take_snapshot() {
  const raft_index index = raft_.last_applied;
  // libraft would store the configuration in force, which may not be committed yet.
  const auto committed = std::prev(configurations_.upper_bound(index));
  taken_snapshot_ =
      Snapshot{Index(index), Term(term_of(index)), committed->second, Index(committed->first), {}};
  outputs_.push_back(TakeSnapshot{Index(index)});
}

void Raft::Impl::abandon() {
  const std::deque<WriteUnderWay> writes = std::exchange(writes_, {});
  for (const WriteUnderWay& write : writes) {
    if (write.put != nullptr) write.put->cb(write.put, RAFT_CANCELED);
    if (write.install) raft_free(write.buffers);  // libraft forgets it in this case alone
    // Not RAFT_CANCELED, at which libraft truncates its log, once too often with several writes.
    if (write.append != nullptr) write.append->cb(write.append, 0);
  }
  for (const auto& [request, done] : std::exchange(snapshot_gets_, {})) {
    done(request, nullptr, RAFT_CANCELED);
  }
  for (const auto& [request, done] : std::exchange(sent_, {})) {
    if (done != nullptr) done(request, RAFT_CANCELED);
  }
  if (taking_ != nullptr) taken_(std::exchange(taking_, nullptr), RAFT_CANCELED);
}

}  // namespace peerlab::consensus
