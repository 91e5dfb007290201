#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "peerlab/checks/expectation.hpp"
#include "peerlab/checks/observed.hpp"
#include "peerlab/trace/trace.hpp"

namespace peerlab::checks {

/// Checks with the time that they have: what a `now`, `eventually`, `hold` or `never` step says.
struct Expectation {
  enum class Mode {
    now,         ///< each is true at this instant (a call: its next outcome counts)
    eventually,  ///< all are true at one instant between `after` and `within`
    hold,        ///< each is true at every instant for `within`
    never,       ///< none is true at any instant for `within`
  };
  Mode mode = Mode::now;
  Duration after{0};
  Duration within{0};
  std::vector<Check> all;
};

/// How long after its end an action (a call, a request) is done again.
inline constexpr Duration again_after = std::chrono::milliseconds(100);

/// Asks for an action: a call or a request. Its end must come back as a record with this number.
struct Probe {
  std::uint64_t call = 0;
  Check check;
};

/// Asks to be told the time (`expired`) at this instant.
struct WakeAt {
  Instant due;
};

/// The end of the waiting.
struct Settled {
  bool passed = false;
  std::size_t check = 0;         ///< which of the checks did not pass
  std::string seen;              ///< what was seen instead, if it did not pass
  std::optional<Instant> since;  ///< since when
  trace::RecordId record{};      ///< what showed it, if it was shown while we waited
};

using Output = std::variant<Probe, WakeAt, Settled>;

/// One expectation while it is being judged: a core fed with the records of a trace, in order, and
/// with the time. It knows nothing of the world, so a trace written by hand tests it.
class Waiting {
 public:
  /// `next_call` numbers the actions that it asks for; it is counted up and must outlive this.
  Waiting(Expectation expectation, std::uint64_t& next_call)
      : expectation_(std::move(expectation)), next_call_(next_call) {}

  /// `observed` is what the whole trace has shown up to now, in each of the three.
  std::vector<Output> begin(Instant now, const Observed& observed);
  std::vector<Output> observe(const trace::Record& record, const Observed& observed);
  std::vector<Output> expired(Instant now, const Observed& observed);

 private:
  struct State {
    bool known = false;
    Sight sight{};
    trace::RecordId record{};        ///< what showed it
    std::uint64_t call = 0;          ///< under way; 0 if none
    std::optional<Instant> again{};  ///< when the next one is due
  };

  void probe(std::size_t index, std::vector<Output>& outputs);
  void learn(std::size_t index, Sight sight, trace::RecordId record);
  void look(Instant now, const Observed& observed, trace::RecordId record = {});
  void judge(Instant now, std::vector<Output>& outputs);
  std::optional<Settled> verdict(Instant now) const;
  Settled failure(std::size_t index) const;

  Expectation expectation_;
  std::uint64_t& next_call_;
  Instant began_{};
  std::vector<State> states_;
  bool settled_ = false;
};

}  // namespace peerlab::checks
