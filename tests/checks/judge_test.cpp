#include <boost/test/unit_test.hpp>

#include "peerlab/checks/verdict.hpp"
#include "story.hpp"

namespace peerlab::checks {

using namespace std::chrono_literals;
using How = trace::RunEnded::How;

BOOST_AUTO_TEST_SUITE(judge_a_trace)

BOOST_AUTO_TEST_CASE(a_run_whose_steps_all_passed_has_passed) {
  Story story;
  story.tell(1s, "scenario", trace::StepEnded{0, true, 0, {}, {}});
  story.tell(1s, "scenario", trace::RunEnded{How::finished, {}});
  const Verdict verdict = judge(story.trace());
  BOOST_TEST((verdict.outcome == Outcome::passed));
  BOOST_TEST(verdict.findings.empty());
}

BOOST_AUTO_TEST_CASE(a_step_that_failed_is_a_finding_with_its_time) {
  Story story;
  story.tell(4s, "scenario", trace::StepEnded{3, false, 1, "no answer", Instant{} + 2s});
  const Verdict verdict = judge(story.trace());
  BOOST_TEST((verdict.outcome == Outcome::failed));
  const Finding& finding = verdict.findings.at(0);
  BOOST_TEST(finding.what == "no answer");
  BOOST_TEST((finding.step == std::optional<std::size_t>(3)));
  BOOST_TEST(finding.check == 1);
  BOOST_TEST((finding.at == Instant{} + 4s));
  BOOST_TEST((finding.since == Instant{} + 2s));
}

BOOST_AUTO_TEST_CASE(a_broken_invariant_fails_a_run_whose_steps_passed) {
  Story story;
  story.tell(1s, "a", trace::CallEnded{1, "b", "answered", "b"});
  story.tell(2s, "a", trace::CallEnded{1, "b", "answered", "b"});
  const Verdict verdict = judge(story.trace());
  BOOST_TEST((verdict.outcome == Outcome::failed));
  BOOST_TEST(verdict.findings.at(0).id == "calls-end-once");
}

BOOST_AUTO_TEST_CASE(a_limit_leaves_a_run_undecided_unless_something_failed) {
  Story story;
  story.tell(9s, "scenario", trace::RunEnded{How::limit, "too long"});
  BOOST_TEST((judge(story.trace()).outcome == Outcome::undecided));
  Story failing;
  failing.tell(8s, "scenario", trace::StepEnded{0, false, 0, "wrong", {}});
  failing.tell(9s, "scenario", trace::RunEnded{How::limit, "too long"});
  BOOST_TEST((judge(failing.trace()).outcome == Outcome::failed));
}

BOOST_AUTO_TEST_CASE(a_role_that_broke_is_a_fault_of_ours_whatever_else_failed) {
  Story story;
  story.tell(8s, "scenario", trace::StepEnded{0, false, 0, "wrong", {}});
  story.tell(9s, "scenario", trace::RunEnded{How::broken, "assertion failed"});
  BOOST_TEST((judge(story.trace()).outcome == Outcome::broken));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::checks
