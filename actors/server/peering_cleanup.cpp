#include "actors/server/peering_cleanup.hpp"

#include <utility>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::actors {

using peering::DeferredDeletion;

void PeeringCleanup::start() {
  ++reign_;
  core_.emplace(context_.config.settings.peering_enabled, context_.config.mutants);
  wake();
}

void PeeringCleanup::stop() {
  ++reign_;
  context_.timers.cancel(timer_);
  core_.reset();
  waiters_.abandon();
}

void PeeringCleanup::committed(const store::Commit& commit) {
  if (core_ && !waiters_.wake(commit).empty()) wake();
}

void PeeringCleanup::wake() {
  store::WatchSet watches;
  context_.state.peering().list_all(&watches);
  waiters_.wait(1, std::move(watches));
  step(DeferredDeletion::Woken{});
}

void PeeringCleanup::step(const DeferredDeletion::Input& input) {
  const peering::DeletionView view{
      context_.state.peering(),
      [this](const PartitionName& partition) { return context_.state.catalog(partition); }};
  const auto output = core_->step(context_.host.now(), input, view);
  if (!output) return;
  std::visit(Overloaded{
                 [&](const DeferredDeletion::Propose& propose) {
                   context_.propose(propose.command,
                                    [this, reign = reign_](const server::api::Input& end) {
                                      if (reign != reign_) return;
                                      step(DeferredDeletion::Applied{result_of(end)});
                                    });
                 },
                 [&](const DeferredDeletion::Arm& arm) {
                   context_.timers.cancel(timer_);
                   timer_ = context_.timers.at(arm.due, [this] {
                     timer_ = 0;
                     step(DeferredDeletion::Due{});
                   });
                 },
             },
             *output);
}

}  // namespace peerlab::actors
