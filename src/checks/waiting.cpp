#include "peerlab/checks/waiting.hpp"

#include <fmt/format.h>

#include "peerlab/base/assert.hpp"

namespace peerlab::checks {

std::vector<Output> Waiting::begin(Instant now, const Observed& observed) {
  began_ = now;
  states_.assign(expectation_.all.size(), State{});
  std::vector<Output> outputs;
  for (std::size_t index = 0; index < states_.size(); ++index) {
    if (is_active(expectation_.all[index])) probe(index, outputs);
  }
  if (expectation_.mode != Expectation::Mode::now) {
    outputs.emplace_back(WakeAt{began_ + expectation_.within});
  }
  look(now, observed);
  judge(now, outputs);
  return outputs;
}

void Waiting::probe(std::size_t index, std::vector<Output>& outputs) {
  State& state = states_[index];
  state.call = next_call_++;
  state.again.reset();
  outputs.emplace_back(Probe{state.call, expectation_.all[index]});
}

void Waiting::learn(std::size_t index, Sight sight, trace::RecordId record) {
  State& state = states_[index];
  // The same outcome as before has been so since the first time it was seen.
  if (state.known && state.sight.seen == sight.seen) {
    sight.since = state.sight.since;
  } else {
    state.record = record;
  }
  state.known = true;
  state.sight = std::move(sight);
}

void Waiting::look(Instant now, const Observed& observed, trace::RecordId record) {
  for (std::size_t index = 0; index < states_.size(); ++index) {
    const Check& check = expectation_.all[index];
    if (!is_active(check)) learn(index, observed.look(check, now), record);
  }
}

std::vector<Output> Waiting::observe(const trace::Record& record, const Observed& observed) {
  std::vector<Output> outputs;
  if (settled_) return outputs;
  look(record.at, observed, record.id);
  for (std::size_t index = 0; index < states_.size(); ++index) {
    State& state = states_[index];
    if (state.call == 0) continue;
    std::optional<Sight> sight = outcome(expectation_.all[index], state.call, record, observed);
    if (!sight) continue;
    state.call = 0;
    learn(index, std::move(*sight), record.id);
    if (expectation_.mode == Expectation::Mode::now) continue;
    state.again = record.at + again_after;
    outputs.emplace_back(WakeAt{*state.again});
  }
  judge(record.at, outputs);
  return outputs;
}

std::vector<Output> Waiting::expired(Instant now, const Observed& observed) {
  std::vector<Output> outputs;
  if (settled_) return outputs;
  look(now, observed);
  judge(now, outputs);
  for (std::size_t index = 0; index < states_.size() && !settled_; ++index) {
    if (states_[index].again && *states_[index].again <= now) probe(index, outputs);
  }
  return outputs;
}

void Waiting::judge(Instant now, std::vector<Output>& outputs) {
  if (const std::optional<Settled> settled = verdict(now)) {
    settled_ = true;
    outputs.emplace_back(*settled);
  }
}

std::optional<Settled> Waiting::verdict(Instant now) const {
  using Mode = Expectation::Mode;
  const bool over = now >= began_ + expectation_.within;
  std::optional<std::size_t> wrong;    // the first check that is known not to hold
  std::optional<std::size_t> unknown;  // the first that nothing is known about
  std::optional<std::size_t> right;
  for (std::size_t index = 0; index < states_.size(); ++index) {
    const State& state = states_[index];
    if (!state.known && !unknown) unknown = index;
    if (state.known && !state.sight.holds && !wrong) wrong = index;
    if (state.known && state.sight.holds && !right) right = index;
  }
  const bool all_hold = !wrong && !unknown;
  switch (expectation_.mode) {
    case Mode::now:
      if (wrong) return failure(*wrong);
      if (all_hold) return Settled{true, 0, {}, {}};
      return std::nullopt;
    case Mode::eventually:
      if (all_hold && now < began_ + expectation_.after) {
        return Settled{
            false, 0,
            fmt::format("it held {} after the step began, too early", seconds_text(now - began_)),
            now};
      }
      if (all_hold && now <= began_ + expectation_.within) return Settled{true, 0, {}, {}};
      if (over) return failure(wrong ? *wrong : *unknown);
      return std::nullopt;
    case Mode::hold:
      if (wrong) return failure(*wrong);
      if (over && unknown) return failure(*unknown);
      if (over) return Settled{true, 0, {}, {}};
      return std::nullopt;
    case Mode::never:
      if (right) return failure(*right);
      if (over && unknown) return failure(*unknown);
      if (over) return Settled{true, 0, {}, {}};
      return std::nullopt;
  }
  return std::nullopt;
}

Settled Waiting::failure(std::size_t index) const {
  const State& state = states_.at(index);
  std::string subject = describe(expectation_.all[index]);
  if (!state.known) return Settled{false, index, subject + ": no outcome yet", began_};
  return Settled{false, index, subject + ": " + state.sight.seen, state.sight.since, state.record};
}

}  // namespace peerlab::checks
