#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "peerlab/base/edition.hpp"
#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/checks/waiting.hpp"
#include "peerlab/net/fault.hpp"
#include "peerlab/text/source.hpp"

namespace peerlab::scenario {

// --- the world that is there before the first step ---

struct ServicePlan {
  ServiceName name;
  unsigned instances = 1;
};

struct ClusterPlan {
  ClusterName name;
  DatacenterName datacenter;  ///< what the cluster calls itself: its name unless given
  Edition edition = Edition::community;
  unsigned servers = 0;
  int raft_multiplier = 5;
  std::vector<ServicePlan> services;
};

struct Topology {
  std::vector<ClusterPlan> clusters;
};

// --- steps ---

/// Applies faults, and takes them back by other faults after a time, if one is given.
struct Inject {
  std::vector<net::Fault> faults;
  std::optional<Duration> lasts;
  std::vector<net::Fault> ends;
};

/// Lets virtual time pass.
struct Wait {
  Duration lasts{0};
};

/// The leader of a cluster hands leadership to another server.
struct TransferLeader {
  std::string cluster;
};

using Action = std::variant<Inject, Wait, TransferLeader, checks::Expectation>;

/// One step, with `group`, `repeat` and `use` unrolled.
struct Step {
  text::Span span;    ///< of its verb, for messages
  std::string title;  ///< `as`, or the verb
  Action action;
  std::vector<text::Span> check_spans{};  ///< of an expectation: one for each check
};

/// With this mutant planted, the case must fail by this check and by no other.
struct Catch {
  Mutant mutant;
  std::string check;  ///< the id of an invariant, the title of a step, or `finally`
};

/// One case: a scenario file with one combination of its matrix, every name looked up and every
/// unit typed. The file's text is needed only to show places in it.
struct Plan {
  std::string file;
  std::string name;
  std::string about;
  std::string row;               ///< `side=dc1 mode=local`; empty without a matrix
  std::set<std::string> covers;  ///< statements that its checks prove
  std::vector<Catch> catches;
  std::vector<std::string> tags;
  Mutants mutants;
  Topology topology;
  std::vector<Step> steps;
  std::vector<checks::Check> finally;
  std::vector<text::Span> finally_spans;
  Duration time_limit = std::chrono::hours(24);
  std::uint64_t event_limit = 50'000'000;
};

}  // namespace peerlab::scenario
