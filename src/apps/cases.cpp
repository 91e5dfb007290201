#include "cases.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "crash.hpp"
#include "interrupt.hpp"
#include "peerlab/text/suggest.hpp"

namespace peerlab::apps {

namespace fs = std::filesystem;

std::string counted(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

bool wants_color(const std::string& choice, int descriptor) {
  if (choice != "auto") return choice == "always";
  return isatty(descriptor) != 0 && std::getenv("NO_COLOR") == nullptr;
}

bool read_options(const std::vector<std::string>& set, const std::vector<std::string>& mutants,
                  scenario::LoadOptions& options) {
  for (const std::string& assignment : set) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      std::cerr << fmt::format("peerlab: --set takes name=value, not '{}'\n", assignment);
      return false;
    }
    options.set[assignment.substr(0, equals)] = assignment.substr(equals + 1);
  }
  for (const std::string& name : mutants) {
    const std::optional<Mutant> mutant = mutant_named(name);
    if (!mutant) {
      std::cerr << fmt::format("peerlab: there is no mutant '{}'\n", name);
      return false;
    }
    options.mutants.plant(*mutant);
  }
  return true;
}

bool load_all(const std::vector<std::string>& paths, const scenario::LoadOptions& options,
              Loaded& loaded) {
  for (const std::string& path : paths) {
    if (!fs::exists(path)) {
      std::cerr << fmt::format("peerlab: {} does not exist\n", path);
      return false;
    }
    const std::vector<fs::path> files = scenario::scenario_files(path);
    if (files.empty()) {
      std::cerr << fmt::format("peerlab: there is no scenario file (*.yaml) below {}\n", path);
      return false;
    }
    for (const fs::path& file : files) {
      ++loaded.files;
      for (scenario::Plan& plan :
           scenario::load(file, loaded.sources, loaded.diagnostics, options)) {
        loaded.plans.push_back(std::move(plan));
      }
    }
  }
  return true;
}

bool check_set(const scenario::Variables& set, const Loaded& loaded) {
  std::set<std::string_view> names;
  for (const scenario::Plan& plan : loaded.plans) {
    names.insert(plan.variables.begin(), plan.variables.end());
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  for (const auto& [name, value] : set) {
    if (names.contains(name)) continue;
    std::cerr << fmt::format("peerlab: --set {}: no file has a variable of that name", name);
    if (const auto near = text::did_you_mean(name, known)) {
      std::cerr << fmt::format("; did you mean '{}'?", *near);
    } else if (!known.empty()) {
      std::cerr << "; there are " << text::enumerate(known);
    }
    std::cerr << '\n';
    return false;
  }
  return true;
}

reports::CaseReport run_case(const scenario::Plan& plan, actors::RunOptions options,
                             const std::string& flags) {
  const auto begin = std::chrono::steady_clock::now();
  reports::CaseReport report;
  report.plan = plan;
  report.seed = options.seed;
  report.flags = flags;
  const CrashReport crash(reports::replay_command(report));
  try {
    options.stop = &interrupted();
    actors::Run run = actors::run(plan, options);
    report.verdict =
        interrupted() ? checks::Verdict{checks::Outcome::undecided, {}} : checks::judge(run.trace);
    report.trace = std::move(run.trace);
    report.events = run.events;
    report.virtual_time = run.virtual_time;
  } catch (const std::exception& error) {
    // Not out of a role, which the engine would have reported, but out of what surrounds the world.
    throw std::runtime_error(
        fmt::format("{}\n   = replay: {}", error.what(), reports::replay_command(report)));
  }
  report.real_time = std::chrono::steady_clock::now() - begin;
  return report;
}

}  // namespace peerlab::apps
