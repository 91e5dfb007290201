#include "actors/server/leader_duties.hpp"

#include <utility>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::actors {

using server::Leader;

LeaderDuties::LeaderDuties(ServerContext& context, std::function<void()> reconcile)
    : context_(context),
      reconcile_(std::move(reconcile)),
      loop_({false, context.config.settings.acl_enabled, context.config.settings.peering_enabled,
             context.config.settings.connect_enabled}) {}

void LeaderDuties::step(const Leader::Input& input) {
  if (std::holds_alternative<Leader::Gained>(input) ||
      std::holds_alternative<Leader::Lost>(input)) {
    ++reign_;
  }
  for (const Leader::Output& output : loop_.step(context_.host.now(), input)) carry_out(output);
  context_.situation.ready = loop_.is_ready();
}

void LeaderDuties::carry_out(const Leader::Output& output) {
  const auto later = [this, reign = reign_](Leader::Input good, Leader::Input bad) {
    return [this, reign, good, bad](bool done) {
      if (reign == reign_) step(done ? good : bad);
    };
  };
  std::visit(
      Overloaded{
          [](const Leader::Announce&) {},  // nobody listens to user events yet
          [&](const Leader::Barrier&) {
            context_.raft->barrier(
                [done = later(Leader::BarrierPassed{}, Leader::BarrierFailed{})](const auto& end) {
                  done(std::holds_alternative<consensus::Index>(end));
                });
          },
          [&](const Leader::Start& start) {
            const auto done = later(Leader::Started{start.duty}, Leader::StartFailed{start.duty});
            const auto duty = duties_.find(start.duty);
            if (duty == duties_.end()) return done(true);
            duty->second.start(done);
          },
          [&](const Leader::Stop& stop) {
            const auto duty = duties_.find(stop.duty);
            if (duty != duties_.end() && duty->second.stop) duty->second.stop();
          },
          [&](const Leader::Reconcile&) { reconcile_(); },
          [&](const Leader::Transfer&) {
            context_.raft->transfer([this, reign = reign_](const auto& end) {
              if (reign == reign_ && std::holds_alternative<consensus::Refusal>(end)) {
                step(Leader::TransferFailed{});
              }
            });
          },
          [&](const Leader::Arm& arm) {
            context_.timers.cancel(timer_);
            timer_ = context_.timers.at(arm.due, [this] {
              timer_ = 0;
              step(Leader::Expired{});
            });
          },
      },
      output);
}

}  // namespace peerlab::actors
