#include "mutants.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "cases.hpp"
#include "exit_code.hpp"
#include "interrupt.hpp"
#include "reports/findings.hpp"
#include "reports/redact.hpp"

namespace peerlab::apps {
namespace {

/// One row of the table: a bug and the scenario file that must find it.
struct Row {
  Mutant mutant;
  std::string file, check;
  std::vector<const scenario::Plan*> cases;
};

/// A file with a matrix says it once for all of its cases.
std::vector<Row> rows_of(const std::vector<scenario::Plan>& plans) {
  std::map<std::tuple<Mutant, std::string, std::string>, std::vector<const scenario::Plan*>> rows;
  for (const scenario::Plan& plan : plans) {
    for (const scenario::Catch& each : plan.catches) {
      rows[{each.mutant, plan.file, each.check}].push_back(&plan);
    }
  }
  std::vector<Row> sorted;
  for (auto& [key, cases] : rows) {
    sorted.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), std::move(cases)});
  }
  return sorted;
}

const MutantInfo& info_of(const Row& row) {
  return all_mutants().at(static_cast<std::size_t>(row.mutant));
}

struct Outcome {
  bool caught = false;
  std::string instead;  ///< what happened where it was not
};

/// Runs the cases of a row until one of them fails as it must.
Outcome hunt(const Row& row) {
  Outcome outcome{false, "the run passes"};
  for (const scenario::Plan* plan : row.cases) {
    scenario::Plan mutated = *plan;
    mutated.mutants.plant(row.mutant);
    const reports::CaseReport report = run_case(mutated, {}, "--mutant " + info_of(row).name);
    if (interrupted()) break;
    for (const checks::Finding& finding : report.verdict.findings) {
      const std::string name = reports::name_of(mutated, finding);
      if (name == row.check) return {true, {}};
      outcome.instead = fmt::format("`{}`: {}", name, finding.what);
    }
  }
  return outcome;
}

std::string painted(std::string_view text, bool good, bool color) {
  return color ? fmt::format("\x1b[{}m{}\x1b[0m", good ? "32" : "1;31", text) : std::string(text);
}

/// Bugs that are planted in the cores and that no scenario claims to find.
std::string unclaimed(const std::vector<Row>& rows) {
  std::set<Mutant> claimed;
  for (const Row& row : rows) claimed.insert(row.mutant);
  std::vector<std::string> names;
  for (const MutantInfo& info : all_mutants()) {
    if (!claimed.contains(info.mutant)) names.push_back(info.name);
  }
  if (names.empty()) return {};
  std::string text = fmt::format(
      "\n{} more are planted, which only tests of their cores catch so far:", names.size());
  constexpr std::size_t in_a_line = 10;
  for (std::size_t index = 0; index < names.size(); ++index) {
    text += (index % in_a_line == 0 ? "\n  " : " ") + names[index];
  }
  return text + "\n\n";
}

}  // namespace

int mutants(const MutantsRequest& request) {
  Loaded loaded;
  if (!load_all(request.paths, {}, loaded)) return static_cast<int>(ExitCode::usage);
  const bool color = wants_color(request.color, STDOUT_FILENO);
  reports::Redactor redacted;
  std::cerr << redacted(text::render(loaded.diagnostics, loaded.sources, {.color = color}));
  if (loaded.diagnostics.has_errors()) return static_cast<int>(ExitCode::usage);

  const std::vector<Row> rows = rows_of(loaded.plans);
  std::size_t name_width = 6, file_width = 8, check_width = 9;
  for (const Row& row : rows) {
    name_width = std::max(name_width, info_of(row).name.size());
    file_width = std::max(file_width, row.file.size());
    check_width = std::max(check_width, row.check.size());
  }
  std::cout << fmt::format("{:<{}}  {:<6}  {:<{}}  {:<{}}  {}\n", "mutant", name_width, "result",
                           "scenario", file_width, "caught by", check_width, "what it plants");
  std::set<Mutant> caught;
  std::size_t hunted = 0, missed = 0;
  catch_interrupt();
  for (const Row& row : rows) {
    const Outcome outcome = hunt(row);
    if (interrupted()) {
      std::cout << fmt::format("interrupted after {} of {}\n", hunted, rows.size());
      return static_cast<int>(ExitCode::interrupted);
    }
    ++hunted;
    const MutantInfo& info = all_mutants().at(static_cast<std::size_t>(row.mutant));
    std::cout << fmt::format("{:<{}}  {}  {:<{}}  {:<{}}  {}\n", info.name, name_width,
                             painted(outcome.caught ? "caught" : "MISSED", outcome.caught, color),
                             row.file, file_width, row.check, check_width, info.what);
    if (outcome.caught) {
      caught.insert(row.mutant);
    } else {
      ++missed;
      std::cout << redacted(fmt::format("{:<{}}  instead: {}\n", "", name_width, outcome.instead));
    }
    std::cout << std::flush;
  }
  std::cout << unclaimed(rows);
  std::cout << fmt::format("{} caught, {} missed\n", counted(caught.size(), "mutant"), missed);
  return static_cast<int>(missed == 0 && !rows.empty() ? ExitCode::passed : ExitCode::failed);
}

}  // namespace peerlab::apps
