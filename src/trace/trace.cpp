#include "peerlab/trace/trace.hpp"

#include <utility>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/hash.hpp"

namespace peerlab::trace {

Where Trace::intern(std::string_view name) {
  const Where next(static_cast<std::uint32_t>(names_.size()));
  const auto [found, is_new] = by_hash_.try_emplace(hash_of(name), next);
  if (is_new) names_.emplace_back(name);
  PEERLAB_ASSERT(names_[found->second.value()] == name);
  return found->second;
}

RecordId Trace::append(RecordId cause, Instant at, Where where, Fact fact) {
  const RecordId id(records_.size() + 1);
  PEERLAB_ASSERT(cause < id);
  records_.push_back({id, cause, at, where, std::move(fact)});
  return id;
}

}  // namespace peerlab::trace
