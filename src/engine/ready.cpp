#include "ready.hpp"

#include <algorithm>

#include "peerlab/base/hash.hpp"

namespace peerlab::engine {

Ready::Ready(const Policy& policy, Random random)
    : policy_(policy), random_(random), priority_key_(random_.next()) {
  if (const auto* pct = std::get_if<Pct>(&policy_)) {
    for (std::uint32_t i = 0; i < pct->changes; ++i) changes_.push_back(random_.below(pct->length));
    std::sort(changes_.begin(), changes_.end());
  }
}

Key Ready::take() {
  std::size_t chosen = due_.size() == 1 ? 0 : choose();
  // The first of the lane, so that a lane keeps its order.
  const std::uint64_t lane = due_[chosen].lane;
  const auto first = std::find_if(due_.begin(), due_.end(),
                                  [lane](const Entry& entry) { return entry.lane == lane; });
  const Key key = first->key;
  due_.erase(first);
  if (std::binary_search(changes_.begin(), changes_.end(), step_)) {
    // Priorities below 2^63 are the lowered ones; each change makes a lower one than before.
    const auto past = std::upper_bound(changes_.begin(), changes_.end(), step_) - changes_.begin();
    lowered_[lane] = changes_.size() - static_cast<std::size_t>(past);
  }
  ++step_;
  return key;
}

std::size_t Ready::choose() {
  if (std::holds_alternative<RandomOrder>(policy_))
    return static_cast<std::size_t>(random_.below(due_.size()));
  return choose_by_priority();
}

std::size_t Ready::choose_by_priority() {
  std::size_t best = 0;
  std::uint64_t highest = 0;
  for (std::size_t i = 0; i < due_.size(); ++i) {
    const std::uint64_t mine = priority(due_[i].lane);
    if (i != 0 && mine <= highest) continue;
    best = i;
    highest = mine;
  }
  return best;
}

std::uint64_t Ready::priority(std::uint64_t lane) const {
  const auto found = lowered_.find(lane);
  return found != lowered_.end() ? found->second : mix(priority_key_, lane) | sign_bit;
}

}  // namespace peerlab::engine
