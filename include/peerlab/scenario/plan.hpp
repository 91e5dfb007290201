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

/// A service that another calls through its sidecar.
struct UpstreamPlan {
  ServiceName service;
  PeerName peer;            ///< empty: a service of the own cluster
  PartitionName partition;  ///< of the own cluster; empty: that of the caller
  std::uint16_t port = 0;   ///< where the sidecar takes the application's connections
  std::string mode = {};    ///< of mesh gateways; empty: as set elsewhere
};

struct ServicePlan {
  ServiceName name;
  unsigned instances = 1;
  bool mesh = false;          ///< each instance has a sidecar
  std::string protocol = {};  ///< empty: none is configured, which means tcp
  std::vector<UpstreamPlan> upstreams = {};
};

/// An admin partition; in Community Edition there is but the default one.
struct PartitionPlan {
  PartitionName name;  ///< empty for the default one
  unsigned agents = 0;
  unsigned gateways = 0;
  bool gateways_by_name = false;  ///< other clusters reach them by host names
  std::vector<ServicePlan> services = {};
};

struct ClusterPlan {
  ClusterName name;
  DatacenterName datacenter;  ///< what the cluster calls itself: its name unless given
  Edition edition = Edition::community;
  unsigned servers = 0;
  int raft_multiplier = 5;
  bool intentions_allow = true;                  ///< where no intention says anything
  std::vector<PartitionPlan> partitions = {{}};  ///< the default one first
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

/// What an answer leaves behind for later requests.
struct Capture {
  std::string name;
  std::string pointer;  ///< into the JSON body; empty for the whole of it
  /// Of a peering token: a JSON merge patch (RFC 7396) for what is in it.
  std::optional<std::string> token_patch = {};
};

/// The change of an entry `exported-services`, whose list was captured before.
struct ExportEdit {
  std::string captured;
  std::string partition;  ///< that exports; its entry bears its name
  std::vector<std::string> services;
  std::string peer;
  bool exported = true;  ///< or no longer
};

/// An HTTP request of the operator. `${name}` in its path and body stands for what an earlier
/// answer left behind; where the body is JSON, in a string of it.
struct Request {
  checks::HttpCheck http;
  std::vector<Capture> captures = {};
  std::optional<ExportEdit> edit = {};  ///< makes the body
};

/// Requests, one after the other, each after the answer to the one before.
struct Requests {
  std::vector<Request> all;
};

/// Several lists of steps at the same time. They follow this step in the plan.
struct Parallel {
  std::vector<std::size_t> branches;  ///< where each begins
  std::size_t end = 0;                ///< the first step after the last of them
};

using Action = std::variant<Inject, Wait, TransferLeader, Requests, Parallel, checks::Expectation>;

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
  std::string row;                  ///< `side=dc1 mode=local`; empty without a matrix
  std::set<std::string> variables;  ///< that its file has or asks for: what `--set` may name
  std::set<std::string> covers;     ///< statements that its checks prove
  std::vector<Catch> catches;
  std::vector<std::string> tags;
  Mutants mutants;
  Topology topology;
  bool cold = false;         ///< the steps begin with the boot, not after it
  std::vector<Step> config;  ///< the entries that are written once the clusters are ready
  std::vector<Step> steps;
  std::vector<checks::Check> always;
  std::vector<text::Span> always_spans;
  std::vector<checks::Check> never;
  std::vector<text::Span> never_spans;
  std::vector<checks::Check> finally;
  std::vector<text::Span> finally_spans;
  Duration time_limit = std::chrono::hours(24);
  std::uint64_t event_limit = 50'000'000;

  // What else a trace tells of as a step has a number behind those of the steps.
  std::size_t finally_step() const { return steps.size(); }
  std::size_t always_step() const { return steps.size() + 1; }
  std::size_t never_step() const { return steps.size() + 2; }
  std::size_t config_step() const { return steps.size() + 3; }

  /// The title of the step of that number: `finally`, `always` and `never` are titles as well.
  std::string title(std::size_t step) const;
  /// Where in its file the step of that number stands, or one of its checks.
  std::optional<text::Span> place(std::size_t step, std::size_t check) const;
};

/// The plan without one of its steps, which must not be a `parallel`.
Plan without_step(Plan plan, std::size_t step);

}  // namespace peerlab::scenario
