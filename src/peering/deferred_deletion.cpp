#include "peerlab/peering/deferred_deletion.hpp"

#include <utility>

#include "peerlab/base/assert.hpp"
#include "peerlab/catalog/queries.hpp"

namespace peerlab::peering {

std::optional<DeferredDeletion::Output> DeferredDeletion::step(Instant now, const Input& input,
                                                               const DeletionView& view) {
  if (!enabled_ && !mutants_.has(Mutant::HB_093)) return std::nullopt;
  if (std::holds_alternative<Woken>(input)) {
    again_ = true;
    if (phase_ != Phase::idle) return std::nullopt;
    return advance(now, view);
  }
  if (const auto* applied = std::get_if<Applied>(&input)) {
    PEERLAB_ASSERT(phase_ == Phase::proposed);
    if (!applied->result) {
      // The next pass tries this peering again.
      pass_.erase(pass_.begin());
      again_ = true;
      phase_ = Phase::waiting;
      return Arm{now + limits_.retry};
    }
  }
  return advance(now, view);
}

std::optional<DeferredDeletion::Output> DeferredDeletion::advance(Instant now,
                                                                  const DeletionView& view) {
  phase_ = Phase::idle;
  auto command = next_write(view);
  if (!command) return std::nullopt;
  if (const auto later = limiter_.take(now)) {
    phase_ = Phase::waiting;
    return Arm{*later};
  }
  phase_ = Phase::proposed;
  return Propose{std::move(*command)};
}

std::optional<Command> DeferredDeletion::next_write(const DeletionView& view) {
  for (;;) {
    if (pass_.empty()) {
      if (!std::exchange(again_, false)) return std::nullopt;
      for (const Peering* peering : view.peerings.list_all()) {
        if (!peering->is_active()) pass_.push_back(*peering);
      }
      if (pass_.empty()) return std::nullopt;
    }
    // A TERMINATED peering may have been established again since the pass began; what its new
    // stream has imported is not ours to remove. Consul does not look again (QP-23).
    const Peering* peering = view.peerings.by_id(pass_.front().id);
    if (mutants_.has(Mutant::QP_23) || mutants_.has(Mutant::HB_092)) peering = &pass_.front();
    if (peering != nullptr && !peering->is_active()) {
      if (auto command = write_for(*peering, view)) return command;
    }
    pass_.erase(pass_.begin());
  }
}

std::optional<Command> DeferredDeletion::write_for(const Peering& peering,
                                                   const DeletionView& view) const {
  const Peering* stored = view.peerings.by_id(peering.id);
  const bool goes = peering.state == PeeringState::deleting || mutants_.has(Mutant::HB_062);
  if (mutants_.has(Mutant::HB_092) && goes) {
    if (stored == nullptr) return std::nullopt;
    return RemovePeering{peering.partition, peering.name};
  }
  RemoveImports imports{peering.partition, peering.name, {}};
  if (const auto* catalog = view.catalog(peering.partition)) {
    std::size_t bytes = 0;
    for (const catalog::Node* node : catalog::list_nodes(*catalog, peering.name).rows) {
      bytes += node->node.value().size();
      if (bytes > limits_.batch_bytes && !imports.nodes.empty() && !mutants_.has(Mutant::HB_091)) {
        break;
      }
      imports.nodes.push_back(node->node);
    }
  }
  if (!imports.nodes.empty()) return imports;
  if (view.peerings.trust_bundle(peering.partition, peering.name) != nullptr) {
    return RemoveTrustBundle{peering.partition, peering.name};
  }
  if (goes && stored != nullptr) return RemovePeering{peering.partition, peering.name};
  return std::nullopt;
}

}  // namespace peerlab::peering
