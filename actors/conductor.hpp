#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "peerlab/checks/waiting.hpp"
#include "peerlab/engine/engine.hpp"
#include "peerlab/scenario/plan.hpp"

namespace peerlab::actors {

/// The host from which the operator works.
inline constexpr std::string_view operator_name = "operator";

/// Acts out the steps of a plan, one after the other, and lets the world go on meanwhile. Writes
/// what becomes of each step into the trace; judging the run is left to `checks::judge`.
class Conductor {
 public:
  /// `must_be_ready` names the hosts that record trace::ServerReady before the first step.
  Conductor(engine::Engine& engine, const scenario::Plan& plan, std::set<std::string> must_be_ready)
      : engine_(engine), plan_(plan), not_ready_(std::move(must_be_ready)) {}

  /// Runs until the last step has ended, one has failed, or a limit is reached.
  void conduct();

 private:
  /// False once the run is over: a limit was reached or a role failed.
  bool act(std::size_t index, const scenario::Inject& inject);
  bool act(std::size_t index, const scenario::Wait& wait);
  bool act(std::size_t index, const scenario::TransferLeader& transfer);
  bool act(std::size_t index, const checks::Expectation& expectation);

  bool boot();
  bool run_until(Instant due);
  bool is_over();
  void catch_up();
  std::optional<checks::Settled> await(const checks::Expectation& expectation);
  void carry_out(const std::vector<checks::Output>& outputs, std::set<Instant>& wakes,
                 std::optional<checks::Settled>& settled);
  void end_calls_of(const trace::Record& record);
  void make(std::uint64_t call, const checks::CallCheck& check);
  void make(std::uint64_t call, const checks::HttpCheck& check);
  void make(std::uint64_t call, const checks::LeaderCheck& check);
  std::string host_of(const std::string& path) const;
  net::Fault bound(net::Fault fault) const;
  void heal_everything();
  void end_step(std::size_t index, const checks::Settled& settled);
  void end_run(trace::RunEnded::How how, std::string why);

  engine::Engine& engine_;
  const scenario::Plan& plan_;
  std::set<std::string> not_ready_;
  checks::Observed observed_;
  std::size_t read_ = 0;  // records of the trace that `observed_` has seen
  std::uint64_t next_call_ = 1;
  std::map<std::string, std::size_t> turns_;  // per called service: the instance whose turn it is
  std::map<std::uint64_t, checks::CallCheck> calls_;  // under way
  std::vector<net::Fault> undo_;                      // what heals the faults so far
  bool over_ = false;
};

}  // namespace peerlab::actors
