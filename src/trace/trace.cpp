#include "peerlab/trace/trace.hpp"

#include <utility>

#include "peerlab/base/assert.hpp"

namespace peerlab::trace {

Where Trace::intern(std::string_view name) {
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) return found->second;
  const Where where(static_cast<std::uint32_t>(names_.size()));
  names_.emplace_back(name);
  by_name_.emplace(name, where);
  return where;
}

RecordId Trace::append(RecordId cause, Instant at, Where where, Fact fact) {
  const RecordId id(records_.size() + 1);
  PEERLAB_ASSERT(cause < id);
  records_.push_back({id, cause, at, where, std::move(fact)});
  return id;
}

}  // namespace peerlab::trace
