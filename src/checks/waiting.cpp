#include "peerlab/checks/waiting.hpp"

#include <fmt/format.h>

#include "peerlab/base/assert.hpp"

namespace peerlab::checks {
namespace {

/// Whether `host` is `wanted` or lies below it: `dc2/service/web/0` below `dc2/service/web`.
bool is_within(const std::string& host, const std::string& wanted) {
  return host.starts_with(wanted) && (host.size() == wanted.size() || host[wanted.size()] == '/');
}

bool as_expected(const CallCheck& check, const trace::CallEnded& end) {
  if (end.result != check.result) return false;
  return !check.answered_by || is_within(end.answered_by, *check.answered_by);
}

std::string outcome(const trace::CallEnded& end) {
  if (end.answered_by.empty()) return fmt::format("the call was not answered: {}", end.result);
  return fmt::format("the call was answered by {}", end.answered_by);
}

}  // namespace

std::vector<Output> Waiting::begin(Instant now) {
  began_ = now;
  states_.assign(expectation_.all.size(), State{});
  std::vector<Output> outputs;
  for (std::size_t index = 0; index < states_.size(); ++index) probe(index, outputs);
  if (expectation_.mode != Expectation::Mode::now) {
    outputs.emplace_back(WakeAt{began_ + expectation_.within});
  }
  return outputs;
}

void Waiting::probe(std::size_t index, std::vector<Output>& outputs) {
  State& state = states_[index];
  state.call = next_call_++;
  state.again.reset();
  outputs.emplace_back(Probe{state.call, std::get<CallCheck>(expectation_.all[index])});
}

std::vector<Output> Waiting::observe(const trace::Trace&, const trace::Record& record) {
  std::vector<Output> outputs;
  const auto* end = std::get_if<trace::CallEnded>(&record.fact);
  if (end == nullptr || settled_) return outputs;
  for (std::size_t index = 0; index < states_.size(); ++index) {
    State& state = states_[index];
    if (state.call != end->call) continue;
    const bool holds = as_expected(std::get<CallCheck>(expectation_.all[index]), *end);
    if (!state.known || state.seen != outcome(*end)) state.since = record.at;
    state.known = true;
    state.holds = holds;
    state.seen = outcome(*end);
    state.call = 0;
    judge(record.at, outputs);
    if (settled_) return outputs;
    if (expectation_.mode == Expectation::Mode::now) continue;
    state.again = record.at + call_again_after;
    outputs.emplace_back(WakeAt{*state.again});
  }
  return outputs;
}

std::vector<Output> Waiting::expired(Instant now) {
  std::vector<Output> outputs;
  if (settled_) return outputs;
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
    if (state.known && !state.holds && !wrong) wrong = index;
    if (state.known && state.holds && !right) right = index;
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
      if (over) return Settled{true, 0, {}, {}};
      return std::nullopt;
  }
  return std::nullopt;
}

Settled Waiting::failure(std::size_t index) const {
  const State& state = states_.at(index);
  std::string subject = describe(expectation_.all[index]);
  if (!state.known) return Settled{false, index, subject + ": no outcome yet", began_};
  return Settled{false, index, subject + ": " + state.seen, state.since};
}

}  // namespace peerlab::checks
