#include "reports/terminal.hpp"

#include <fmt/format.h>

#include "peerlab/text/diagnostic.hpp"
#include "peerlab/trace/text.hpp"
#include "reports/findings.hpp"

namespace peerlab::reports {
namespace {

std::string painted(std::string_view text, std::string_view color, bool on) {
  return on ? fmt::format("\x1b[{}m{}\x1b[0m", color, text) : std::string(text);
}

std::string_view color_of(checks::Outcome outcome) {
  switch (outcome) {
    case checks::Outcome::passed:
      return "32";
    case checks::Outcome::failed:
      return "1;31";
    case checks::Outcome::undecided:
      return "33";
    case checks::Outcome::broken:
      return "1;35";
  }
  return "0";
}

text::Diagnostic diagnostic_of(const CaseReport& report, const checks::Finding& finding) {
  const std::string when = fmt::format("seed {}, virtual time {}", report.seed,
                                       seconds_text(finding.at.time_since_epoch()));
  text::Diagnostic diagnostic;
  if (!finding.id.empty()) {
    diagnostic.code = text::codes::invariant_broken;
    diagnostic.message = fmt::format("invariant `{}` is broken ({})", finding.id, when);
  } else if (finding.step) {
    diagnostic.code = text::codes::expectation_failed;
    diagnostic.message = fmt::format("expectation failed ({})", when);
  } else {
    diagnostic.code = text::codes::run_incomplete;
    diagnostic.message =
        fmt::format("{} ({})",
                    report.verdict.outcome == checks::Outcome::broken
                        ? "a fault of peerlab itself, not of the scenario, ended the run"
                        : "the run did not come to its end",
                    when);
  }
  return diagnostic;
}

std::string indented(const std::string& text) {
  std::string lines = "     ";
  for (const char character : text) {
    lines += character;
    if (character == '\n') lines += "     ";
  }
  return lines;
}

std::string finding_text(const CaseReport& report, const checks::Finding& finding,
                         const text::Sources& sources, bool color) {
  text::Diagnostic diagnostic = diagnostic_of(report, finding);
  const std::string story = story_of(report.trace, finding);
  const std::optional<text::Span> span =
      finding.step ? report.plan.place(*finding.step, finding.check) : std::nullopt;
  if (span) {
    diagnostic.primary = {*span, finding.what};
    if (finding.since) {
      diagnostic.note(fmt::format("so since {}", seconds_text(finding.since->time_since_epoch())));
    }
    if (!story.empty()) diagnostic.footer("because", '\n' + story);
    diagnostic.footer("replay", replay_command(report));
    return text::render(diagnostic, sources, {.color = color});
  }
  std::string_view help;
  if (diagnostic.code.id == text::codes::run_incomplete.id) {
    help = report.verdict.outcome == checks::Outcome::broken
               ? "please report it, with the file and the command below"
           : finding.what.starts_with("the limit of")
               ? "`limits: { time: 48h, events: 100000000 }` in the file allows more"
               : "`--verbose` prints what happened until then";
  }
  std::string lines = fmt::format(
      "{}: {}\n   = {}\n", painted(fmt::format("error[{}]", diagnostic.code.id), "1;31", color),
      diagnostic.message, finding.what);
  if (!story.empty()) lines += fmt::format("   = because:\n{}\n", indented(story));
  if (!help.empty()) lines += fmt::format("   = help: {}\n", help);
  return lines + fmt::format("   = replay: {}\n", replay_command(report));
}

/// 12345678 as people read it: 12,345,678.
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

}  // namespace

std::string terminal_lines(const CaseReport& report, const text::Sources& sources,
                           const TerminalOptions& options) {
  const checks::Outcome outcome = report.verdict.outcome;
  std::string lines = fmt::format(
      "{:<9} {}  {}\n", painted(checks::text(outcome), color_of(outcome), options.color),
      case_name(report.plan),
      painted(fmt::format("({} virtual, {} events, {} ms)", seconds_text(report.virtual_time),
                          grouped(report.events), report.real_time.count() / 1'000'000),
              "2", options.color));
  if (options.story) lines += trace::text(report.trace);
  for (const checks::Finding& finding : report.verdict.findings) {
    lines += '\n' + finding_text(report, finding, sources, options.color);
  }
  if (!report.verdict.findings.empty()) lines += '\n';
  return lines;
}

std::string terminal_summary(const Totals& totals) {
  std::string line = fmt::format("{} passed, {} failed", totals.passed, totals.failed);
  if (totals.undecided > 0) line += fmt::format(", {} undecided", totals.undecided);
  if (totals.broken > 0) line += fmt::format(", {} broken", totals.broken);
  if (totals.not_run > 0) line += ", " + interruption(totals);
  return line + '\n';
}

}  // namespace peerlab::reports
