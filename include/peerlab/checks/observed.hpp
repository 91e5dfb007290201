#pragma once

#include <map>
#include <optional>
#include <string>

#include "peerlab/checks/expectation.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::checks {

/// Whether a check holds, what is seen, and since when it has been so.
struct Sight {
  bool holds = false;
  std::string seen;
  Instant since{};
};

/// What a trace has shown so far, folded record by record.
class Observed {
 public:
  void add(const trace::Trace& trace, const trace::Record& record);

  /// Judges a check that needs no action. The check must not be an active one.
  Sight look(const Check& check) const;

  /// The host that leads a cluster, as far as the trace tells.
  std::optional<std::string> leader(const std::string& cluster) const;

 private:
  Sight look(const LeaderCheck& check) const;

  struct Leadership {
    std::string host;
    std::uint64_t term = 0;
    Instant since{};
  };
  std::map<std::string, Leadership> leaders_;  // by host: who believes to lead
  std::map<std::string, Instant> changed_;     // by cluster: when leadership last changed
};

/// Judges the outcome of an action; nothing if `record` is not the end of `check` numbered `call`.
std::optional<Sight> outcome(const Check& check, std::uint64_t call, const trace::Record& record);

}  // namespace peerlab::checks
