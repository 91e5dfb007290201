#pragma once

#include <cstdint>
#include <string>

#include "peerlab/checks/verdict.hpp"
#include "peerlab/scenario/plan.hpp"
#include "peerlab/text/source.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::reports {

/// Everything that is known about one case once it has run: what reports are made from.
struct CaseReport {
  scenario::Plan plan;
  trace::Trace trace;
  checks::Verdict verdict;
  std::uint64_t seed = 0;
  std::string flags{};  ///< what else the command line said that the run depends on
  std::uint64_t events = 0;
  Duration virtual_time{0};
  Duration real_time{0};  ///< for the terminal and JUnit only; nothing else may depend on it
};

/// How many cases came to what.
struct Totals {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t undecided = 0;
  std::size_t broken = 0;
  std::size_t not_run = 0;  ///< because the whole run was interrupted

  std::size_t run() const { return passed + failed + undecided + broken; }

  void count(const CaseReport& report) {
    switch (report.verdict.outcome) {
      case checks::Outcome::passed:
        ++passed;
        break;
      case checks::Outcome::failed:
        ++failed;
        break;
      case checks::Outcome::undecided:
        ++undecided;
        break;
      case checks::Outcome::broken:
        ++broken;
        break;
    }
  }
};

/// `interrupted after 31 of 127`; empty unless it was.
std::string interruption(const Totals& totals);

/// `name [row]`, or the name alone without a matrix.
std::string case_name(const scenario::Plan& plan);

/// What to type to see this case again.
std::string replay_command(const CaseReport& report);

}  // namespace peerlab::reports
