#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/json_lines.hpp"
#include "reports/junit.hpp"
#include "reports/mermaid.hpp"
#include "reports/terminal.hpp"

namespace peerlab::reports {

using namespace std::chrono_literals;

namespace {

/// A case with one failed expectation, written by hand.
struct Sample {
  text::Sources sources;
  CaseReport report;

  Sample() {
    const std::string file =
        "peerlab: 1\nname: lost & found\nsteps:\n  - call: { from: a, to: <b> }\n";
    const text::FileId id = sources.add("x.yaml", file);
    const auto begin = static_cast<std::uint32_t>(file.find("call"));
    const text::Span span{id, begin, begin + 4};
    report.plan.file = "x.yaml";
    report.plan.name = "lost & found";
    report.plan.row = "side=dc1";
    report.plan.steps.push_back({span, "call", checks::Expectation{}, {span}});
    report.seed = 7;
    report.events = 1234567;
    report.virtual_time = 2500ms;
    report.real_time = 3ms;
    tell();
    report.verdict = checks::judge(report.trace);
  }

 private:
  void tell() {
    trace::Trace& trace = report.trace;
    const trace::Where a = trace.intern("a");
    const trace::Where b = trace.intern("b");
    const trace::Where scenario = trace.intern("scenario");
    const auto at = [](Duration since) { return Instant{} + since; };
    trace.append({}, at(0s), scenario, trace::StepBegan{0, "call; #1"});
    trace.append({}, at(1s), b, trace::FrameDelivered{a, "service/request", 128});
    trace.append({}, at(1s), b, trace::FrameDelivered{a, "service/request", 128});
    trace.append({}, at(2s), a, trace::FrameDelivered{b, "service/response", 128});
    const trace::RecordId ended =
        trace.append(trace::RecordId(1), at(2s), a, trace::CallEnded{1, "b", "timed out", ""});
    trace.append(ended, at(2500ms), scenario,
                 trace::StepEnded{0, false, 0, "no answer from <b>", at(2s)});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(terminal)

BOOST_AUTO_TEST_CASE(a_failure_shows_its_line_what_was_seen_and_how_to_repeat_it) {
  const Sample sample;
  BOOST_TEST(terminal_lines(sample.report, sample.sources, {}) ==
             "failed    lost & found [side=dc1]  (2.500s virtual, 1,234,567 events, 3 ms)\n"
             "\n"
             "error[PL301]: expectation failed (seed 7, virtual time 2.500s)\n"
             "  --> x.yaml:4:5\n"
             "   |\n"
             " 4 |   - call: { from: a, to: <b> }\n"
             "   |     ^^^^ no answer from <b>\n"
             "   |\n"
             "   = note: so since 2.000s\n"
             "   = because:\n"
             "     0.000s  scenario  step 1: call; #1\n"
             "     2.000s  a         calls b in vain: timed out\n"
             "   = replay: ./peerlab run x.yaml --seed 7 --row 'side=dc1'\n"
             "\n");
}

BOOST_AUTO_TEST_CASE(the_last_line_counts) {
  BOOST_TEST(terminal_summary({64, 0, 0}) == "64 passed, 0 failed\n");
  BOOST_TEST(terminal_summary({1, 2, 3}) == "1 passed, 2 failed, 3 undecided\n");
  BOOST_TEST(terminal_summary({1, 0, 0, 2}) == "1 passed, 0 failed, 2 broken\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(junit_xml)

BOOST_AUTO_TEST_CASE(names_the_case_its_seed_and_the_reason) {
  const Sample sample;
  Totals totals;
  totals.count(sample.report);
  const std::string xml = junit(totals, {&sample.report, 1}, sample.sources);
  BOOST_TEST(xml.find("tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\"") !=
             std::string::npos);
  BOOST_TEST(xml.find("name=\"lost &amp; found [side=dc1] (seed 7)\"") != std::string::npos);
  BOOST_TEST(xml.find("<failure message=\"no answer from &lt;b&gt;\">") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_run_that_broke_is_an_error_and_no_failure) {
  Sample sample;
  sample.report.verdict.outcome = checks::Outcome::broken;
  Totals totals;
  totals.count(sample.report);
  const std::string xml = junit(totals, {&sample.report, 1}, sample.sources);
  BOOST_TEST(xml.find("failures=\"0\" errors=\"1\" skipped=\"0\"") != std::string::npos);
  BOOST_TEST(xml.find("<error message=\"no answer from &lt;b&gt;\">") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(jsonl)

BOOST_AUTO_TEST_CASE(every_line_is_an_object_with_a_type) {
  const Sample sample;
  std::vector<nlohmann::json> objects;
  json_lines(sample.report, [&](const std::string& line) {
    BOOST_TEST(line.find('\n') == line.size() - 1);
    objects.push_back(nlohmann::json::parse(line));
  });
  BOOST_REQUIRE(objects.size() == 8);
  BOOST_TEST(objects.front()["type"] == "case");
  BOOST_TEST(objects.front()["version"] == json_lines_version);
  BOOST_TEST(objects.at(5)["fact"] == "CallEnded");
  BOOST_TEST(objects.back()["outcome"] == "failed");
  BOOST_TEST(objects.back()["findings"][0]["what"] == "no answer from <b>");
  BOOST_TEST(objects.back()["findings"][0]["because"] ==
             "0.000s  scenario  step 1: call; #1\n2.000s  a         calls b in vain: timed out");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sequence_diagram)

BOOST_AUTO_TEST_CASE(folds_equal_messages_and_keeps_mermaids_own_signs_out) {
  const Sample sample;
  BOOST_TEST(mermaid(sample.report) ==
             "---\n"
             "title: lost & found [side=dc1]\n"
             "---\n"
             "sequenceDiagram\n"
             "  participant p0 as a\n"
             "  participant p1 as b\n"
             "  Note over p0,p1: 0.000s step 1: call, ,1\n"
             "  p0->>p1: 1.000s service/request (x2)\n"
             "  p1->>p0: 2.000s service/response\n"
             "  Note over p0: 2.000s calls b in vain: timed out\n");
}

BOOST_AUTO_TEST_CASE(counts_what_is_too_much) {
  const Sample sample;
  const std::string diagram = mermaid(sample.report, 1);
  BOOST_TEST(diagram.find("and 1 more message\n") != std::string::npos);
  BOOST_TEST(diagram.find("service/response") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace peerlab::reports
