#pragma once

#include <functional>
#include <map>

#include "actors/server/context.hpp"
#include "peerlab/server/leader.hpp"

namespace peerlab::actors {

/// Carries out what the leader's loop asks for while this server leads.
class LeaderDuties {
 public:
  /// How a duty is taken up and given up. `start` may finish later; it is told `done` then.
  struct Duty {
    std::function<void(std::function<void(bool)> done)> start;
    std::function<void()> stop;
  };

  LeaderDuties(ServerContext& context, std::function<void()> reconcile);

  /// Duties without an entry are taken up at once: they have nothing to do yet.
  void add(server::Duty which, Duty duty) { duties_[which] = std::move(duty); }

  void gained() { step(server::Leader::Gained{}); }
  void lost() { step(server::Leader::Lost{}); }
  bool is_ready() const { return loop_.is_ready(); }

 private:
  void step(const server::Leader::Input& input);
  void carry_out(const server::Leader::Output& output);

  ServerContext& context_;
  std::function<void()> reconcile_;
  server::Leader loop_;
  std::map<server::Duty, Duty> duties_;
  Timers::Id timer_ = 0;
  std::uint64_t reign_ = 0;  // counts gains and losses, so that late answers of an old one are told
};

}  // namespace peerlab::actors
