#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "peerlab/checks/waiting.hpp"
#include "peerlab/scenario/plan.hpp"

namespace peerlab::actors {

/// What answers have left behind for later requests, by name.
using Captured = std::map<std::string, std::string, std::less<>>;

/// What acts need to know of the run, and share.
struct Stage {
  checks::Observed observed{};  ///< what the trace has shown up to now
  std::uint64_t next_call = 1;  ///< numbers calls and requests
  Captured captured{};
};

/// One step under way that takes time: a core fed with the records of the trace and with the time,
/// until it settles.
class Act {
 public:
  virtual ~Act() = default;
  virtual std::vector<checks::Output> begin(Instant now) = 0;
  virtual std::vector<checks::Output> observe(const trace::Record& record) = 0;
  virtual std::vector<checks::Output> expired(Instant now) = 0;
};

/// `stage` must outlive what is made.
std::unique_ptr<Act> act_of(const scenario::Wait& wait);
std::unique_ptr<Act> act_of(const scenario::Requests& requests, Stage& stage);
std::unique_ptr<Act> act_of(const checks::Expectation& expectation, Stage& stage);
/// Waits until as many commands of this kind have been carried out.
std::unique_ptr<Act> orders_carried_out(std::string_view kind, std::size_t count);

}  // namespace peerlab::actors
