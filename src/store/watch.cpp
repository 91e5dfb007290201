#include "peerlab/store/watch.hpp"

namespace peerlab::store {

void Waiters::wait(Id id, WatchSet watches) {
  forget(id);
  for (const Watch& watch : watches.watches()) {
    by_watch_[watch].insert(id);
    if (watch.prefix) ++prefix_lengths_[{watch.table, watch.index}][watch.key.size()];
  }
  waiting_.emplace(id, std::move(watches));
}

void Waiters::forget(Id id) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  for (const Watch& watch : found->second.watches()) {
    const auto ids = by_watch_.find(watch);
    ids->second.erase(id);
    if (ids->second.empty()) by_watch_.erase(ids);
    if (!watch.prefix) continue;
    auto& lengths = prefix_lengths_[{watch.table, watch.index}];
    if (--lengths[watch.key.size()] == 0) lengths.erase(watch.key.size());
  }
  waiting_.erase(found);
}

std::vector<Waiters::Id> Waiters::wake(const Commit& commit) {
  std::set<Id> woken;
  const auto fire = [&](const Watch& watch) {
    if (const auto ids = by_watch_.find(watch); ids != by_watch_.end()) {
      woken.insert(ids->second.begin(), ids->second.end());
    }
  };
  for (const Watch& touched : commit.touched) {
    fire(touched);
    const auto lengths = prefix_lengths_.find({touched.table, touched.index});
    if (lengths == prefix_lengths_.end()) continue;
    for (const auto& [length, count] : lengths->second) {
      if (length > touched.key.size()) break;
      fire(Watch{touched.table, touched.index, true, touched.key.substr(0, length)});
    }
  }
  for (const Id id : woken) forget(id);
  return {woken.begin(), woken.end()};
}

std::vector<Waiters::Id> Waiters::abandon() {
  std::vector<Id> all;
  for (const auto& [id, watches] : waiting_) all.push_back(id);
  waiting_.clear();
  by_watch_.clear();
  prefix_lengths_.clear();
  return all;
}

}  // namespace peerlab::store
