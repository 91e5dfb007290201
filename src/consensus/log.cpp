#include "peerlab/consensus/log.hpp"

#include <algorithm>
#include <utility>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"

namespace peerlab::consensus {
namespace {

std::uint64_t next_index(const Persisted& disk) { return disk.first.value() + disk.entries.size(); }

void drop_before(Persisted& disk, Index index) {
  if (index <= disk.first) return;
  const std::uint64_t count =
      std::min<std::uint64_t>(index.value() - disk.first.value(), disk.entries.size());
  disk.entries.erase(disk.entries.begin(),
                     disk.entries.begin() + static_cast<std::ptrdiff_t>(count));
  disk.first = Index(disk.first.value() + count);
}

}  // namespace

Ticket ticket(const Write& write) {
  return std::visit([](const auto& kind) { return kind.ticket; }, write);
}

void carry_out(Persisted& disk, const Write& write) {
  std::visit(Overloaded{
                 [&](const Append& append) {
                   PEERLAB_ASSERT(append.first.value() == next_index(disk));
                   disk.entries.insert(disk.entries.end(), append.entries.begin(),
                                       append.entries.end());
                 },
                 [&](const SaveVote& vote) {
                   disk.term = vote.term;
                   disk.voted_for = vote.voted_for;
                 },
                 [&](const Truncate& truncate) {
                   PEERLAB_ASSERT(truncate.from >= disk.first);
                   const std::uint64_t left = truncate.from.value() - disk.first.value();
                   if (left < disk.entries.size()) disk.entries.resize(left);
                 },
                 [&](const PutSnapshot& put) {
                   disk.snapshot = put.snapshot;
                   if (put.keep_from) {
                     drop_before(disk, *put.keep_from);
                   } else {
                     disk.entries.clear();
                     disk.first = Index(put.snapshot.index.value() + 1);
                   }
                 },
             },
             write);
}

std::size_t size_on_disk(const Write& write) {
  return std::visit(Overloaded{
                        [](const Append& append) {
                          std::size_t sum = 0;
                          for (const Entry& entry : append.entries) sum += encoded_size(entry);
                          return sum;
                        },
                        [](const SaveVote&) { return sizeof(Term) + sizeof(ServerId); },
                        [](const Truncate&) { return sizeof(Index); },
                        [](const PutSnapshot& put) { return encoded_size(put.snapshot); },
                    },
                    write);
}

void Log::sync(Ticket upto) {
  while (!waiting_.empty() && ticket(waiting_.front()) <= upto) carry_out_first();
}

void Log::crash(std::size_t survivors) {
  PEERLAB_ASSERT(survivors <= waiting_.size());
  for (; survivors > 0; --survivors) carry_out_first();
  waiting_.clear();
}

void Log::carry_out_first() {
  carry_out(disk_, waiting_.front());
  waiting_.pop_front();
}

}  // namespace peerlab::consensus
