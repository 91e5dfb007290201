#include "safety.hpp"

#include <fmt/format.h>

#include "peerlab/base/hash.hpp"
#include "peerlab/base/overloaded.hpp"

namespace peerlab::consensus {

void Safety::broken(const std::string& property, ServerId server, const std::string& what) {
  if (!breach_) breach_ = fmt::format("{}: server {} {}", property, server.value(), what);
}

void Safety::start(ServerId server, const Persisted& disk) {
  Watched& watched = servers_[server] = Watched{};
  watched.chain[0] = 0;
  if (disk.snapshot) start_at(watched, *disk.snapshot);
  std::uint64_t index = disk.first.value();
  for (const Entry& entry : disk.entries) {
    if (index > watched.chain.rbegin()->first) extend(server, watched, index, entry);
    ++index;
  }
}

void Safety::start_at(Watched& watched, const Snapshot& snapshot) {
  const std::uint64_t index = snapshot.index.value();
  // Its log up to there is by definition the one that the snapshot was made from.
  watched.chain.clear();
  watched.chain[index] = entries_[{index, snapshot.term.value()}];
}

void Safety::extend(ServerId server, Watched& watched, std::uint64_t index, const Entry& entry) {
  Hasher hasher;
  hasher.add(watched.chain[index - 1]);
  hasher.add(entry.term.value());
  hasher.add(static_cast<std::uint64_t>(entry.kind));
  hasher.add(entry.bytes);
  watched.chain[index] = hasher.digest();
  const auto [known, is_new] = entries_.try_emplace({index, entry.term.value()}, hasher.digest());
  if (!is_new && known->second != hasher.digest()) {
    broken("log matching", server,
           fmt::format("has another log up to {}/{}", index, entry.term.value()));
  }
}

void Safety::observe(ServerId server, const Output& output) {
  Watched& watched = servers_[server];
  std::visit(Overloaded{
                 [&](const Append& append) { note_append(server, watched, append); },
                 [&](const Truncate& truncate) { note_truncate(server, watched, truncate); },
                 [&](const PutSnapshot& put) {
                   if (!put.keep_from) start_at(watched, put.snapshot);
                 },
                 [&](const Restore& restore) {
                   watched.commit = std::max(watched.commit, restore.index.value());
                   watched.applied = restore.index.value();
                 },
                 [&](const BecameLeader& leads) { note_leader(server, watched, leads.term); },
                 [&](const LostLeadership&) { watched.leads_in.reset(); },
                 [&](const Committed& committed) { note_committed(server, watched, committed); },
                 [&](const Halted& halted) { broken("halted", server, halted.reason); },
                 [](const auto&) {},
             },
             output);
}

void Safety::note_append(ServerId server, Watched& watched, const Append& append) {
  std::uint64_t index = append.first.value();
  if (index != watched.chain.rbegin()->first + 1) {
    broken("leader append-only", server, fmt::format("writes {} in another place", index));
  }
  for (const Entry& entry : append.entries) extend(server, watched, index++, entry);
}

void Safety::note_truncate(ServerId server, Watched& watched, const Truncate& truncate) {
  const std::uint64_t from = truncate.from.value();
  if (watched.leads_in) {
    broken("leader append-only", server, fmt::format("truncates from {}", from));
  }
  if (from <= watched.commit) {
    broken("state machine safety", server, fmt::format("drops the committed entry {}", from));
  }
  watched.chain.erase(watched.chain.lower_bound(from), watched.chain.end());
}

bool Safety::lacks(const Watched& watched, std::uint64_t index, std::uint64_t hash) {
  if (index < watched.chain.begin()->first) return false;  // covered by a snapshot
  const auto found = watched.chain.find(index);
  return found == watched.chain.end() || found->second != hash;
}

void Safety::note_leader(ServerId server, Watched& watched, Term term) {
  watched.leads_in = term;
  const auto [leader, is_new] = leaders_.try_emplace(term, server);
  if (!is_new) {
    broken("election safety", server,
           fmt::format("leads in term {} after server {}", term.value(), leader->second.value()));
  }
  // What was committed in earlier terms must be there. (A late winner of an old term may lack what
  // a later leader has committed meanwhile.)
  for (auto commit = committed_.rbegin(); commit != committed_.rend(); ++commit) {
    if (commit->second.in >= term) continue;
    if (lacks(watched, commit->first, commit->second.hash)) {
      broken("leader completeness", server,
             fmt::format("leads in term {} without the committed entry {}", term.value(),
                         commit->first));
    }
    break;
  }
}

void Safety::note_committed(ServerId server, Watched& watched, const Committed& committed) {
  const std::uint64_t index = committed.index.value();
  if (index <= watched.applied) {
    broken("state machine safety", server, fmt::format("applies {} again", index));
  }
  watched.applied = index;
  const auto [known, is_new] = applied_.try_emplace(index, committed.bytes);
  if (!is_new && known->second != committed.bytes) {
    broken("state machine safety", server, fmt::format("applies another entry at {}", index));
  }
}

void Safety::observe(ServerId server, const State& state) {
  Watched& watched = servers_[server];
  if (state.role == Role::halted) return;
  const std::uint64_t commit = state.commit.value();
  if (state.last_index.value() != watched.chain.rbegin()->first) {
    broken("bookkeeping", server, "keeps another log than it writes");
  }
  if (commit < watched.commit) {
    broken("state machine safety", server, fmt::format("goes back to commit {}", commit));
  }
  if (commit <= watched.commit) return;
  watched.commit = commit;
  // Committed, and then replaced by a snapshot in one event: the entries were looked at one by one.
  if (commit < watched.chain.begin()->first) return;
  const auto own = watched.chain.find(commit);
  if (own == watched.chain.end()) {
    return broken("state machine safety", server, fmt::format("commits {} unseen", commit));
  }
  const auto known = committed_.find(commit);
  if (known != committed_.end() && known->second.hash != own->second) {
    broken("state machine safety", server, fmt::format("commits another log up to {}", commit));
  }
  // What lies between is covered by the hash. Only a server that is ahead adds to the list.
  for (auto next = watched.chain.upper_bound(committed()); next != watched.chain.end(); ++next) {
    if (next->first > commit) break;
    committed_[next->first] = Commit{next->second, state.term};
  }
  // A leader of a later term must have it, also one that was elected before.
  for (const auto& [id, other] : servers_) {
    if (!other.leads_in || other.leads_in->value() <= state.term.value()) continue;
    if (lacks(other, commit, own->second)) {
      broken("leader completeness", id,
             fmt::format("leads in term {} without {}, which server {} commits",
                         other.leads_in->value(), commit, server.value()));
    }
  }
}

}  // namespace peerlab::consensus
