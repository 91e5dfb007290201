#include "bite.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <optional>
#include <vector>

#include "cases.hpp"
#include "exit_code.hpp"
#include "interrupt.hpp"
#include "reports/findings.hpp"
#include "reports/redact.hpp"

namespace peerlab::apps {
namespace {

/// One row of the table.
struct Bite {
  std::string taken;   ///< what was taken away, or planted
  std::string failed;  ///< the check that noticed
};

/// Whether a step does something to the world. Looking at it does not, and a read is a look.
bool acts(const scenario::Step& step) {
  if (std::holds_alternative<scenario::Parallel>(step.action)) return false;
  if (const auto* requests = std::get_if<scenario::Requests>(&step.action)) {
    return std::any_of(requests->all.begin(), requests->all.end(),
                       [](const scenario::Request& each) { return each.http.method != "GET"; });
  }
  const auto* expectation = std::get_if<checks::Expectation>(&step.action);
  if (expectation == nullptr) return true;
  return std::any_of(expectation->all.begin(), expectation->all.end(),
                     [](const checks::Check& check) {
                       const auto* http = std::get_if<checks::HttpCheck>(&check);
                       return http != nullptr && http->method != "GET";
                     });
}

/// The check that fails when `plan` is run; nothing if it passes or comes to no end.
std::optional<std::string> failing(const scenario::Plan& plan) {
  if (interrupted()) return std::nullopt;
  const reports::CaseReport report = run_case(plan, {});
  if (report.verdict.outcome != checks::Outcome::failed) return std::nullopt;
  const checks::Finding& finding = report.verdict.findings.front();
  return fmt::format("{}: {}", reports::name_of(plan, finding), finding.what);
}

/// The steps that may be taken away, the likeliest key step first: the last ones before the first
/// ones, which only build the world without which everything fails, and pauses last of all.
std::vector<std::size_t> candidates(const scenario::Plan& plan) {
  std::vector<std::size_t> acting, pauses;
  for (std::size_t index = plan.steps.size(); index-- > 0;) {
    if (!acts(plan.steps[index])) continue;
    const bool pause = std::holds_alternative<scenario::Wait>(plan.steps[index].action);
    (pause ? pauses : acting).push_back(index);
  }
  acting.insert(acting.end(), pauses.begin(), pauses.end());
  return acting;
}

std::optional<Bite> without_a_step(const scenario::Plan& plan) {
  for (const std::size_t index : candidates(plan)) {
    if (auto failed = failing(scenario::without_step(plan, index))) {
      return Bite{fmt::format("step {}, {}", index + 1, plan.steps[index].title),
                  std::move(*failed)};
    }
  }
  return std::nullopt;
}

std::optional<Bite> with_a_mutant(const scenario::Plan& plan) {
  for (const scenario::Catch& each : plan.catches) {
    scenario::Plan mutated = plan;
    mutated.mutants.plant(each.mutant);
    if (auto failed = failing(mutated)) {
      const MutantInfo& info = all_mutants().at(static_cast<std::size_t>(each.mutant));
      return Bite{"with " + info.name, std::move(*failed)};
    }
  }
  return std::nullopt;
}

std::optional<Bite> bite_of(const std::vector<const scenario::Plan*>& cases) {
  for (const scenario::Plan* plan : cases) {
    if (auto found = without_a_step(*plan)) return found;
  }
  for (const scenario::Plan* plan : cases) {
    if (auto found = with_a_mutant(*plan)) return found;
  }
  return std::nullopt;
}

/// At most `width` columns, on one line.
std::string shortened(std::string text, std::size_t width) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.size() <= width ? text : text.substr(0, width - 3) + "...";
}

}  // namespace

int bite(const std::vector<std::string>& paths, const std::string& color) {
  Loaded loaded;
  if (!load_all(paths, {}, loaded)) return static_cast<int>(ExitCode::usage);
  const reports::Redactor redacted;
  std::cerr << redacted(text::render(loaded.diagnostics, loaded.sources,
                                     {.color = wants_color(color, STDERR_FILENO)}));
  if (loaded.diagnostics.has_errors()) return static_cast<int>(ExitCode::usage);
  std::map<std::string, std::vector<const scenario::Plan*>> files;
  for (const scenario::Plan& plan : loaded.plans) files[plan.file].push_back(&plan);
  std::size_t width = 4;
  for (const auto& [file, cases] : files) width = std::max(width, file.size());
  const bool colors = wants_color(color, STDOUT_FILENO);
  std::size_t bitten = 0, toothless = 0;
  catch_interrupt();
  std::cout << fmt::format("{:<{}} | {:<32} | {}\n", "file", width, "taken away",
                           "the check that failed");
  for (const auto& [file, cases] : files) {
    const std::optional<Bite> found = bite_of(cases);
    if (interrupted()) {
      std::cout << fmt::format("interrupted after {} of {}\n", bitten, files.size());
      return static_cast<int>(ExitCode::interrupted);
    }
    ++bitten;
    const std::string failed = found
                                   ? found->failed
                                   : std::string(colors ? "\x1b[1;31mNONE: it does not bite\x1b[0m"
                                                        : "NONE: it does not bite");
    if (!found) ++toothless;
    std::cout << redacted(fmt::format("{:<{}} | {:<32} | {}\n", file, width,
                                      found ? shortened(found->taken, 32) : "any acting step",
                                      found ? shortened(failed, 80) : failed))
              << std::flush;
  }
  std::cout << fmt::format("{} bite{}, {} do{} not\n", counted(files.size() - toothless, "file"),
                           files.size() - toothless == 1 ? "s" : "", toothless,
                           toothless == 1 ? "es" : "");
  return static_cast<int>(toothless == 0 ? ExitCode::passed : ExitCode::failed);
}

}  // namespace peerlab::apps
