#include "reports/json_lines.hpp"

#include <nlohmann/json.hpp>

#include "peerlab/base/hash.hpp"
#include "peerlab/trace/text.hpp"
#include "reports/findings.hpp"

namespace peerlab::reports {
namespace {

using Json = nlohmann::ordered_json;

std::string line(const Json& json) {
  // Texts come from scenario files and from peers: bytes that are not UTF-8 are replaced.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json finding_json(const trace::Trace& trace, const checks::Finding& finding) {
  Json json{{"invariant", finding.id},
            {"what", finding.what},
            {"at", finding.at.time_since_epoch().count()}};
  if (finding.since) json["since"] = finding.since->time_since_epoch().count();
  if (finding.step) json["step"] = *finding.step;
  if (finding.record) json["record"] = finding.record->value();
  const std::string story = story_of(trace, finding);
  if (!story.empty()) json["because"] = story;
  return json;
}

}  // namespace

void json_lines(const CaseReport& report, const std::function<void(std::string)>& give) {
  give(line({{"type", "case"},
             {"version", json_lines_version},
             {"file", report.plan.file},
             {"name", report.plan.name},
             {"row", report.plan.row},
             {"seed", report.seed}}));
  for (const trace::Record& record : report.trace) {
    give(line({{"type", "record"},
               {"id", record.id.value()},
               {"cause", record.cause.value()},
               {"at", record.at.time_since_epoch().count()},
               {"where", report.trace.name(record.where)},
               {"fact", trace::name(record.fact)},
               {"text", trace::text(report.trace, record.fact)}}));
  }
  Json findings = Json::array();
  for (const checks::Finding& finding : report.verdict.findings) {
    findings.push_back(finding_json(report.trace, finding));
  }
  give(line({{"type", "verdict"},
             {"outcome", checks::text(report.verdict.outcome)},
             {"hash", hash_text(report.trace.hash())},
             {"events", report.events},
             {"virtual_time", report.virtual_time.count()},
             {"findings", findings}}));
}

std::string json_lines_end(const Totals& totals) {
  if (totals.not_run == 0) return {};
  return line({{"type", "interrupted"}, {"run", totals.run()}, {"not_run", totals.not_run}});
}

}  // namespace peerlab::reports
