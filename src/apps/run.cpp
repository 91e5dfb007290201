#include "run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>

#include "cases.hpp"
#include "exit_code.hpp"
#include "interrupt.hpp"
#include "peerlab/text/diagnostic.hpp"
#include "reports/case_report.hpp"
#include "reports/json_lines.hpp"
#include "reports/junit.hpp"
#include "reports/mermaid.hpp"
#include "reports/redact.hpp"
#include "reports/terminal.hpp"

namespace peerlab::apps {
namespace {

int status(ExitCode code) { return static_cast<int>(code); }

bool is_selected(const scenario::Plan& plan, const RunRequest& request) {
  if (!request.row.empty() && plan.row != request.row) return false;
  return request.tags.empty() ||
         std::any_of(request.tags.begin(), request.tags.end(), [&](const std::string& tag) {
           return std::find(plan.tags.begin(), plan.tags.end(), tag) != plan.tags.end();
         });
}

engine::Policy policy_named(const std::string& name) {
  if (name == "random") return engine::RandomOrder{};
  if (name == "pct") return engine::Pct{};
  return engine::Fifo{};
}

/// The part of the command line that a run depends on, besides file, row and seed.
std::string flags_of(const RunRequest& request) {
  std::vector<std::string> flags;
  if (request.policy != "fifo") flags.push_back("--policy " + request.policy);
  for (const std::string& set : request.set) flags.push_back(fmt::format("--set '{}'", set));
  for (const std::string& mutant : request.mutants) flags.push_back("--mutant " + mutant);
  return fmt::format("{}", fmt::join(flags, " "));
}

actors::RunOptions options_of(const RunRequest& request) {
  actors::RunOptions options;
  options.seed = request.seed;
  options.policy = policy_named(request.policy);
  if (!request.mermaid.empty() || !request.jsonl.empty() || request.verbose) {
    options.level = trace::Level::events;
  }
  return options;
}

/// The files that the command line asked for.
class Writers {
 public:
  explicit Writers(const RunRequest& request)
      : junit_{request.junit, {}}, jsonl_{request.jsonl, {}}, mermaid_{request.mermaid, {}} {
    for (Report* report : {&junit_, &jsonl_, &mermaid_}) open(*report);
  }

  bool good() const { return good_; }

  void add(const reports::CaseReport& report, const reports::Redactor& redacted) {
    if (jsonl_.file.is_open()) {
      reports::json_lines(report,
                          [&](std::string line) { jsonl_.file << redacted(std::move(line)); });
    }
    if (mermaid_.file.is_open()) mermaid_.file << redacted(reports::mermaid(report)) << '\n';
  }

  void finish(const reports::Totals& totals, const std::vector<reports::CaseReport>& reports,
              const text::Sources& sources, const reports::Redactor& redacted) {
    if (jsonl_.file.is_open()) jsonl_.file << reports::json_lines_end(totals);
    if (junit_.file.is_open()) junit_.file << redacted(reports::junit(totals, reports, sources));
    for (Report* report : {&junit_, &jsonl_, &mermaid_}) {
      if (!report->file.is_open() || report->file.flush()) continue;
      std::cerr << fmt::format("peerlab: {} could not be written to the end\n", report->path);
      good_ = false;
    }
  }

 private:
  struct Report {
    std::string path;
    std::ofstream file;
  };

  void open(Report& report) {
    if (report.path.empty()) return;
    report.file.open(report.path, std::ios::binary);
    if (report.file) return;
    std::cerr << fmt::format("peerlab: {} cannot be written\n", report.path);
    good_ = false;
  }

  Report junit_, jsonl_, mermaid_;
  bool good_ = true;
};

void show_progress(std::size_t done, std::size_t all, bool on) {
  if (on) std::cerr << fmt::format("\r\x1b[K{}/{}", done, all) << std::flush;
}

void clear_progress(bool on) {
  if (on) std::cerr << "\r\x1b[K" << std::flush;
}

}  // namespace

ExitCode exit_code(const reports::Totals& totals) {
  if (totals.broken > 0) return ExitCode::internal;
  if (totals.failed > 0) return ExitCode::failed;
  return totals.undecided > 0 ? ExitCode::undecided : ExitCode::passed;
}

int run(const RunRequest& request) {
  scenario::LoadOptions options;
  if (!read_options(request.set, request.mutants, options)) return status(ExitCode::usage);
  Loaded loaded;
  if (!load_all(request.paths, options, loaded)) return status(ExitCode::usage);
  reports::Redactor redacted(request.reveal_secrets);
  std::cerr << redacted(text::render(loaded.diagnostics, loaded.sources,
                                     {.color = wants_color(request.color, STDERR_FILENO)}));
  if (loaded.diagnostics.has_errors() || !check_set(options.set, loaded)) {
    return status(ExitCode::usage);
  }
  std::erase_if(loaded.plans,
                [&](const scenario::Plan& plan) { return !is_selected(plan, request); });
  if (loaded.plans.empty()) {
    std::cerr << "peerlab: no case has such a tag or row\n";
    return status(ExitCode::usage);
  }
  Writers writers(request);
  if (!writers.good()) return status(ExitCode::usage);

  catch_interrupt();
  const bool progress = isatty(STDERR_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  const reports::TerminalOptions terminal{wants_color(request.color, STDOUT_FILENO),
                                          request.verbose};
  reports::Totals totals;
  std::vector<reports::CaseReport> kept;  // JUnit is written as one document at the end
  for (std::size_t index = 0; index < loaded.plans.size(); ++index) {
    show_progress(index, loaded.plans.size(), progress);
    reports::CaseReport report =
        run_case(loaded.plans[index], options_of(request), flags_of(request));
    clear_progress(progress);
    if (interrupted()) {
      // What has not come to its end is in no report; the user is told where it was.
      std::cerr << redacted(
          fmt::format("peerlab: interrupted in {} at {} of virtual time\n   = replay: {}\n",
                      reports::case_name(report.plan), seconds_text(report.virtual_time),
                      reports::replay_command(report)));
      totals.not_run = loaded.plans.size() - index;
      break;
    }
    totals.count(report);
    redacted.learn(report.trace);
    if (!request.quiet || report.verdict.outcome != checks::Outcome::passed) {
      std::cout << redacted(reports::terminal_lines(report, loaded.sources, terminal))
                << std::flush;
    }
    writers.add(report, redacted);
    if (!request.junit.empty()) kept.push_back(std::move(report));
  }
  writers.finish(totals, kept, loaded.sources, redacted);
  std::cout << reports::terminal_summary(totals) << std::flush;
  if (!writers.good()) return status(ExitCode::internal);
  if (totals.not_run > 0) return status(ExitCode::interrupted);
  return status(exit_code(totals));
}

int check(const CheckRequest& request) {
  scenario::LoadOptions options;
  if (!read_options(request.set, {}, options)) return status(ExitCode::usage);
  Loaded loaded;
  if (!load_all(request.paths, options, loaded)) return status(ExitCode::usage);
  std::cout << reports::Redactor()(text::render(
      loaded.diagnostics, loaded.sources, {.color = wants_color(request.color, STDOUT_FILENO)}));
  std::cout << fmt::format("{}, {}, {}\n", counted(loaded.files, "file"),
                           counted(loaded.plans.size(), "case"),
                           counted(loaded.diagnostics.errors(), "error"));
  const bool good = !loaded.diagnostics.has_errors() && check_set(options.set, loaded);
  return status(good ? ExitCode::passed : ExitCode::usage);
}

}  // namespace peerlab::apps
