#include "reports/junit.hpp"

#include <fmt/format.h>

#include "reports/terminal.hpp"

namespace peerlab::reports {
namespace {

/// Text as XML 1.0 takes it: what may not stand in a document at all becomes `?`.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char character : text) {
    switch (character) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\n':
      case '\t':
        result += character;
        break;
      default:
        result += static_cast<unsigned char>(character) < 0x20 ? '?' : character;
    }
  }
  return result;
}

/// What JUnit calls a case that did not pass.
std::string_view element_of(checks::Outcome outcome) {
  switch (outcome) {
    case checks::Outcome::undecided:
      return "skipped";
    case checks::Outcome::broken:
      return "error";
    case checks::Outcome::failed:
    case checks::Outcome::passed:
      break;
  }
  return "failure";
}

std::string seconds(Duration duration) {
  return fmt::format("{}.{:06}", duration.count() / 1'000'000'000,
                     duration.count() / 1'000 % 1'000'000);
}

}  // namespace

std::string junit(const Totals& totals, std::span<const CaseReport> reports,
                  const text::Sources& sources) {
  const std::size_t interrupted = totals.not_run > 0 ? 1 : 0;
  Duration time{0};
  for (const CaseReport& report : reports) time += report.real_time;
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  xml += fmt::format(
      "<testsuites {0}>\n"
      "  <testsuite name=\"peerlab\" {0}>\n",
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"",
                  reports.size() + interrupted, totals.failed, totals.broken + interrupted,
                  totals.undecided, seconds(time)));
  for (const CaseReport& report : reports) {
    xml += fmt::format("    <testcase classname=\"{}\" name=\"{} (seed {})\" time=\"{}\"",
                       escaped(report.plan.file), escaped(case_name(report.plan)), report.seed,
                       seconds(report.real_time));
    if (report.verdict.outcome == checks::Outcome::passed) {
      xml += "/>\n";
      continue;
    }
    const std::string_view element = element_of(report.verdict.outcome);
    const std::string what =
        report.verdict.findings.empty() ? "" : report.verdict.findings.front().what;
    xml += fmt::format(">\n      <{} message=\"{}\">{}</{}>\n    </testcase>\n", element,
                       escaped(what), escaped(terminal_lines(report, sources, {})), element);
  }
  if (interrupted != 0) {
    xml += fmt::format(
        "    <testcase classname=\"peerlab\" name=\"the whole run\">\n"
        "      <error message=\"{}\"/>\n    </testcase>\n",
        interruption(totals));
  }
  return xml + "  </testsuite>\n</testsuites>\n";
}

}  // namespace peerlab::reports
