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

std::string seconds(Duration duration) {
  return fmt::format("{}.{:06}", duration.count() / 1'000'000'000,
                     duration.count() / 1'000 % 1'000'000);
}

}  // namespace

std::string junit(std::span<const CaseReport> reports, const text::Sources& sources) {
  Totals totals;
  Duration time{0};
  for (const CaseReport& report : reports) {
    totals.count(report);
    time += report.real_time;
  }
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  xml += fmt::format(
      "<testsuites tests=\"{}\" failures=\"{}\" skipped=\"{}\" time=\"{}\">\n"
      "  <testsuite name=\"peerlab\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" time=\"{}\">\n",
      reports.size(), totals.failed, totals.undecided, seconds(time), reports.size(), totals.failed,
      totals.undecided, seconds(time));
  for (const CaseReport& report : reports) {
    xml += fmt::format("    <testcase classname=\"{}\" name=\"{} (seed {})\" time=\"{}\"",
                       escaped(report.plan.file), escaped(case_name(report.plan)), report.seed,
                       seconds(report.real_time));
    if (report.verdict.outcome == checks::Outcome::passed) {
      xml += "/>\n";
      continue;
    }
    const bool failed = report.verdict.outcome == checks::Outcome::failed;
    const std::string what =
        report.verdict.findings.empty() ? "" : report.verdict.findings.front().what;
    xml +=
        fmt::format(">\n      <{} message=\"{}\">{}</{}>\n    </testcase>\n",
                    failed ? "failure" : "skipped", escaped(what),
                    escaped(terminal_lines(report, sources, {})), failed ? "failure" : "skipped");
  }
  return xml + "  </testsuite>\n</testsuites>\n";
}

}  // namespace peerlab::reports
