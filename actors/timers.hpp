#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "peerlab/engine/host.hpp"
#include "peerlab/engine/role.hpp"

namespace peerlab::actors {

/// The timers of one role, each with what is to be done. For roles that host many cores, whose
/// timers would otherwise need a place in one list.
class Timers {
 public:
  /// 0 is no timer.
  using Id = std::uint32_t;

  explicit Timers(engine::Host& host) : host_(host) {}

  /// Does `then` once, when the host's clock shows `due`.
  Id at(Instant due, std::function<void()> then) {
    const Id id = ++last_;
    pending_.emplace(id, std::move(then));
    host_.arm(engine::TimerKey(0, id), due);
    return id;
  }

  /// Forgets a timer and sets `id` to none. Nothing happens if it has fired already.
  void cancel(Id& id) {
    if (id != 0 && pending_.erase(id) > 0) host_.disarm(engine::TimerKey(0, id));
    id = 0;
  }

  /// For the role's `on(Due)`.
  void fire(const engine::Due& due) {
    const auto found = pending_.find(due.key.timer);
    if (found == pending_.end()) return;
    const std::function<void()> then = std::move(found->second);
    pending_.erase(found);
    then();
  }

 private:
  engine::Host& host_;
  std::map<Id, std::function<void()>> pending_;
  Id last_ = 0;
};

}  // namespace peerlab::actors
