#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "event_queue.hpp"
#include "peerlab/base/random.hpp"
#include "peerlab/engine/policy.hpp"

namespace peerlab::engine {

/// What is due at this instant, for the policies that choose.
class Ready {
 public:
  Ready(const Policy& policy, Random random);

  bool chooses() const { return !std::holds_alternative<Fifo>(policy_); }
  bool empty() const { return due_.empty(); }

  /// Events must be added in the order of their keys. Those of one lane keep it.
  void add(Key key, std::uint64_t lane) { due_.push_back({key, lane}); }
  Key take();

  template <class Visit>
  void for_each(Visit visit) const {
    for (const Entry& entry : due_) visit(entry.key);
  }

 private:
  struct Entry {
    Key key;
    std::uint64_t lane;
  };

  std::size_t choose();
  std::size_t choose_by_priority();
  std::uint64_t priority(std::uint64_t lane) const;

  Policy policy_;
  Random random_;
  std::uint64_t priority_key_;
  std::vector<std::uint64_t> changes_;                        // steps, ascending
  std::unordered_map<std::uint64_t, std::uint64_t> lowered_;  // looked up only, never walked
  std::uint64_t step_ = 0;
  std::vector<Entry> due_;
};

}  // namespace peerlab::engine
