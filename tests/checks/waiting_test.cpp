#include "peerlab/checks/waiting.hpp"

#include <boost/test/unit_test.hpp>

#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;
using Mode = Expectation::Mode;

namespace {

const CallCheck to_b{.from = "a", .to = "b", .direct = true, .answered_by = "b"};

/// A Waiting that is fed by hand, with what came of it so far.
class Trial {
 public:
  explicit Trial(Expectation expectation) : waiting_(std::move(expectation), next_call_) {
    take(waiting_.begin(Instant{}, observed_));
  }

  /// The call that was asked for last ends at `at`.
  Trial& answered(Duration at, const std::string& by) { return ended(at, "answered", by); }
  Trial& ended(Duration at, const std::string& result, const std::string& by = "") {
    Story story;
    story.tell(at, "a", trace::CallEnded{calls_, "b", result, by});
    take(waiting_.observe(story.trace().records().front(), observed_));
    return *this;
  }
  Trial& time(Duration at) {
    take(waiting_.expired(Instant{} + at, observed_));
    return *this;
  }

  std::uint64_t calls() const { return calls_; }
  /// `open`, `passed`, or what was seen instead.
  std::string outcome() const {
    if (!settled_) return "open";
    return settled_->passed ? "passed" : settled_->seen;
  }
  std::optional<Instant> since() const { return settled_->since; }

 private:
  void take(const std::vector<Output>& outputs) {
    for (const Output& output : outputs) {
      if (const auto* probe = std::get_if<Probe>(&output)) calls_ = probe->call;
      if (const auto* settled = std::get_if<Settled>(&output)) settled_ = *settled;
    }
  }

  std::uint64_t next_call_ = 1;
  Observed observed_;
  Waiting waiting_;
  std::uint64_t calls_ = 0;
  std::optional<Settled> settled_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(waiting)

BOOST_AUTO_TEST_CASE(now_is_settled_by_the_first_outcome) {
  BOOST_TEST(Trial({Mode::now, 0s, 0s, {to_b}}).outcome() == "open");
  BOOST_TEST(Trial({Mode::now, 0s, 0s, {to_b}}).answered(1s, "b/0").outcome() == "passed");
  BOOST_TEST(Trial({Mode::now, 0s, 0s, {to_b}}).ended(1s, "refused").outcome() ==
             "a calls b directly: the call was not answered: refused");
}

BOOST_AUTO_TEST_CASE(an_answer_must_come_from_the_service_that_is_meant) {
  BOOST_TEST(Trial({Mode::now, 0s, 0s, {to_b}}).answered(1s, "bb/0").outcome() ==
             "a calls b directly: the call was answered by bb/0");
}

BOOST_AUTO_TEST_CASE(eventually_tries_again_until_it_holds) {
  Trial trial({Mode::eventually, 0s, 5s, {to_b}});
  trial.ended(1s, "refused").time(1100ms);
  BOOST_TEST(trial.calls() == 2);
  BOOST_TEST(trial.answered(2s, "b/1").outcome() == "passed");
}

BOOST_AUTO_TEST_CASE(eventually_fails_with_what_was_seen_last_and_since_when) {
  Trial trial({Mode::eventually, 0s, 5s, {to_b}});
  trial.ended(1s, "timed out").time(1100ms).ended(2s, "refused").time(2100ms);
  trial.ended(3s, "refused").time(5s);
  BOOST_TEST(trial.outcome() == "a calls b directly: the call was not answered: refused");
  BOOST_TEST((trial.since() == Instant{} + 2s));
}

BOOST_AUTO_TEST_CASE(eventually_may_not_hold_too_early) {
  Trial trial({Mode::eventually, 3s, 5s, {to_b}});
  BOOST_TEST(trial.answered(2s, "b").outcome() == "it held 2.000s after the step began, too early");
}

BOOST_AUTO_TEST_CASE(an_answer_after_the_time_is_too_late) {
  Trial trial({Mode::eventually, 0s, 5s, {to_b}});
  trial.ended(1s, "refused").time(1100ms);
  BOOST_TEST(trial.answered(5001ms, "b").outcome() != "passed");
}

BOOST_AUTO_TEST_CASE(hold_fails_at_the_first_outcome_that_is_not_as_expected) {
  Trial trial({Mode::hold, 0s, 5s, {to_b}});
  trial.answered(1s, "b").time(1100ms).answered(2s, "b").time(2100ms);
  BOOST_TEST(trial.outcome() == "open");
  BOOST_TEST(trial.ended(3s, "reset").outcome() ==
             "a calls b directly: the call was not answered: reset");
}

BOOST_AUTO_TEST_CASE(hold_passes_when_its_time_is_over) {
  Trial trial({Mode::hold, 0s, 5s, {to_b}});
  BOOST_TEST(trial.answered(1s, "b").time(5s).outcome() == "passed");
}

BOOST_AUTO_TEST_CASE(hold_does_not_pass_without_a_single_outcome) {
  Trial trial({Mode::hold, 0s, 5s, {to_b}});
  BOOST_TEST(trial.time(5s).outcome() == "a calls b directly: no outcome yet");
}

BOOST_AUTO_TEST_CASE(never_does_not_pass_without_a_single_outcome) {
  Trial trial({Mode::never, 0s, 5s, {to_b}});
  BOOST_TEST(trial.time(5s).outcome() == "a calls b directly: no outcome yet");
}

BOOST_AUTO_TEST_CASE(never_fails_once_it_holds) {
  Trial trial({Mode::never, 0s, 5s, {to_b}});
  trial.ended(1s, "refused").time(1100ms);
  BOOST_TEST(trial.outcome() == "open");
  BOOST_TEST(trial.answered(2s, "b").outcome() == "a calls b directly: the call was answered by b");
  BOOST_TEST(Trial({Mode::never, 0s, 5s, {to_b}}).ended(1s, "refused").time(5s).outcome() ==
             "passed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
