#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/act.hpp"
#include "peerlab/checks/waiting.hpp"
#include "peerlab/engine/engine.hpp"
#include "peerlab/scenario/plan.hpp"

namespace peerlab::actors {

/// Under this name the scenario itself stands in the trace.
inline constexpr std::string_view scenario_name = "scenario";

/// The host from which the operator works.
inline constexpr std::string_view operator_name = "operator";

/// Acts out the steps of a plan, one after the other, and lets the world go on meanwhile. Writes
/// what becomes of each step into the trace; judging the run is left to `checks::judge`.
class Conductor {
 public:
  /// `must_be_ready` names the hosts that say that they are ready before the first step. `stop`
  /// may be null.
  Conductor(engine::Engine& engine, const scenario::Plan& plan, std::set<std::string> must_be_ready,
            const std::atomic<bool>* stop)
      : engine_(engine), plan_(plan), stop_(stop), not_ready_(std::move(must_be_ready)) {}

  /// Runs until the last step has ended, one has failed, a limit is reached, or `stop` is true.
  void conduct();

 private:
  /// A list of steps that is carried out, one step after the other.
  struct Track {
    const std::vector<scenario::Step>* steps;
    std::size_t number;  ///< of the first of them, as the trace counts steps
    std::size_t next;
    std::size_t end;
    std::size_t current = 0;        ///< the step under way
    std::unique_ptr<Act> act = {};  ///< what it does; nothing between steps and beside branches
    std::set<Instant> wakes = {};
    std::list<Track> branches = {};  ///< of a `parallel` under way

    bool is_over() const { return next == end && act == nullptr && branches.empty(); }
  };
  /// `always` or `never`: an expectation beside the steps.
  struct Watch {
    std::size_t step;
    checks::Waiting waiting;
  };

  bool boot();
  void watch(checks::Expectation::Mode mode, const std::vector<checks::Check>& checks,
             std::size_t step);
  bool play(const std::vector<scenario::Step>& steps, std::size_t number);
  void begin_steps(Track& track);
  void end_branches(Track& track);
  void start(Track& track, const scenario::Inject& inject);
  void start(Track& track, const scenario::TransferLeader& transfer);
  void start(Track& track, const scenario::Parallel& parallel);
  template <class Longer>
  void start(Track& track, const Longer& action);
  bool read_record();
  void show(const trace::Record& record, Track& track);
  void show(const trace::Record& record, Watch& watch);
  bool advance(Track& track);
  void wake(Track& track, Instant now);
  static std::optional<Instant> next_wake(const Track& track);
  bool take_event(Instant next);
  bool run_until(Instant due);
  bool is_over();
  void carry_out(Track& track, const std::vector<checks::Output>& outputs);
  void end_calls_of(const trace::Record& record);
  void make(std::uint64_t call, const checks::CallCheck& check);
  void make(std::uint64_t call, const checks::HttpCheck& check);
  template <class Passive>
  void make(std::uint64_t call, const Passive& check);
  std::string host_of(const std::string& path) const;
  net::Fault bound(net::Fault fault) const;
  void heal_everything();
  void end_step(Track& track, const checks::Settled& settled);
  void record_end(std::size_t step, const checks::Settled& settled);
  void end_run(trace::RunEnded::How how, std::string why);

  engine::Engine& engine_;
  const scenario::Plan& plan_;
  const std::atomic<bool>* stop_;
  std::set<std::string> not_ready_;
  Stage stage_;
  std::list<Watch> watches_;
  Track* root_ = nullptr;                     // the steps that are carried out
  std::size_t read_ = 0;                      // records of the trace that were looked at
  std::map<std::string, std::size_t> turns_;  // per called service: the instance whose turn it is
  std::map<std::uint64_t, checks::CallCheck> calls_;  // under way
  std::vector<net::Fault> undo_;                      // what heals the faults so far
  bool over_ = false;
};

}  // namespace peerlab::actors
