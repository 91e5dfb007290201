#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "peerlab/trace/trace.hpp"

namespace peerlab::checks {

/// The secrets of peerings that a trace tells of: those in the tokens that were handed out, and
/// those that an acceptor judged. Only hashes are kept, so this can say that a text is one of them
/// but not what they are.
class KnownSecrets {
 public:
  KnownSecrets() = default;
  explicit KnownSecrets(const trace::Trace& trace) { add(trace); }

  void add(const trace::Trace& trace);
  bool contains(std::string_view uuid) const;

 private:
  std::set<std::uint64_t> hashes_;
};

/// Calls `found` with the offset of each UUID (36 characters, lower-case hex) in `text`.
void for_each_uuid(std::string_view text, const std::function<void(std::size_t)>& found);

}  // namespace peerlab::checks
