// The command line of peerlab: what each subcommand is called and which options it takes. What it
// does stands in the file of its name.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench_engine.hpp"
#include "bite.hpp"
#include "exit_code.hpp"
#include "mutants.hpp"
#include "peerlab/text/suggest.hpp"
#include "run.hpp"
#include "tell.hpp"

namespace {

using namespace peerlab::apps;

constexpr const char* examples = R"(Examples:
  peerlab run scenarios/                  run every scenario file below a folder
  peerlab run x.yaml --seed 7 --verbose   one file with another seed, and the whole story
  peerlab check x.yaml                    look for mistakes without running anything
  peerlab check --bite scenarios/         see that every file fails without its key step
  peerlab mutants                         plant historic bugs and see each of them found
  peerlab explain PL012                   what a finding means and what to do about it
  peerlab schema > peerlab.schema.json    a JSON Schema, for completion in editors)";

/// Of the text nothing but decimal digits, and no more than fit.
std::optional<std::uint64_t> read_seed(std::string_view text) {
  std::uint64_t seed = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seed);
  if (error != std::errc() || rest != end) return std::nullopt;
  return seed;
}

/// Empty, or what is wrong with it.
std::string wrong_seed(const std::string& text) {
  return read_seed(text) ? "" : fmt::format("'{}' is no number from 0 to {}", text, UINT64_MAX);
}

/// Empty, or what is wrong with it.
std::string wrong_file(const std::string& path) {
  if (path != "-") return "";
  return "it names a file, and '-' is none; /dev/stdout is standard output";
}

/// What a run is told on the command line.
void add_run(CLI::App& app, RunRequest& request) {
  app.add_option("files", request.paths, "Scenario files, or folders of them")->required();
  app.add_option_function<std::string>(
         "--seed", [&](const std::string& text) { request.seed = *read_seed(text); },
         "Seed of every chance in the run")
      ->check(CLI::Validator(wrong_seed, ""))
      ->type_name("NUMBER")
      ->default_str(std::to_string(request.seed));
  app.add_option("--policy", request.policy, "Order of simultaneous events")
      ->check(CLI::IsMember({"fifo", "random", "pct"}))
      ->capture_default_str();
  app.add_option("--row", request.row,
                 "Only this combination of the matrix: 'side=dc1 mode=local'");
  app.add_option("--tag", request.tags, "Only scenarios with this tag");
  app.add_option("--set", request.set, "Sets a variable: name=value");
  app.add_option("--mutant", request.mutants, "Plants a historic bug: HB-044");
  app.add_option("--junit", request.junit, "Writes JUnit XML to this file")
      ->check(CLI::Validator(wrong_file, ""));
  app.add_option("--jsonl", request.jsonl, "Writes traces as JSON lines to this file")
      ->check(CLI::Validator(wrong_file, ""));
  app.add_option("--mermaid", request.mermaid, "Writes sequence diagrams to this file")
      ->check(CLI::Validator(wrong_file, ""));
  app.add_option("--color", request.color, "Whether to use colour")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  app.add_flag("-v,--verbose", request.verbose, "Prints the whole trace of each case");
  app.add_flag("-q,--quiet", request.quiet, "Prints only cases that did not pass, and the summary");
  app.add_flag("--reveal-secrets", request.reveal_secrets,
               "Shows tokens, secrets and private keys in all outputs");
}

/// False, with a message, if `word` stands where a subcommand should and is none.
bool is_known(const CLI::App& app, std::string_view word) {
  if (word.starts_with('-')) return true;
  std::vector<std::string> names;
  for (const CLI::App* each : app.get_subcommands({})) names.push_back(each->get_name());
  const std::vector<std::string_view> known(names.begin(), names.end());
  if (std::find(known.begin(), known.end(), word) != known.end()) return true;
  std::cerr << fmt::format("peerlab: there is no subcommand '{}'", word);
  if (const auto near = peerlab::text::did_you_mean(word, known)) {
    std::cerr << fmt::format("; did you mean '{}'?\n", *near);
  } else {
    std::cerr << "; there are " << peerlab::text::enumerate(known) << '\n';
  }
  return false;
}

int run_program(int argc, char** argv) {
  CLI::App app("Simulates Consul cluster peering, and checks scenarios against it.", "peerlab");
  app.footer(examples);
  app.require_subcommand(1);
  app.set_version_flag("--version", "peerlab " PEERLAB_VERSION);
  int code = static_cast<int>(ExitCode::passed);

  RunRequest run_request;
  CLI::App& run_app = *app.add_subcommand("run", "Runs scenario files and judges what happened");
  add_run(run_app, run_request);
  run_app.callback([&] { code = run(run_request); });

  CheckRequest check_request;
  CLI::App& check_app = *app.add_subcommand("check", "Looks for mistakes; runs nothing");
  check_app.add_option("files", check_request.paths, "Scenario files, or folders of them")
      ->required();
  check_app.add_option("--set", check_request.set, "Sets a variable: name=value");
  check_app.add_option("--color", check_request.color, "Whether to use colour")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  bool bites = false;
  check_app.add_flag("--bite", bites,
                     "Runs each file without its steps, one by one, to see that it then fails");
  check_app.callback([&] {
    code = bites ? bite(check_request.paths, check_request.color) : check(check_request);
  });

  MutantsRequest mutants_request;
  CLI::App& mutants_app = *app.add_subcommand(
      "mutants", "Plants historic bugs and sees which scenario finds each of them");
  mutants_app.add_option("files", mutants_request.paths, "Scenario files, or folders of them")
      ->capture_default_str();
  mutants_app.add_option("--color", mutants_request.color, "Whether to use colour")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  mutants_app.callback([&] { code = mutants(mutants_request); });

  std::string subject;
  CLI::App& explain_app =
      *app.add_subcommand("explain", "Explains a code, a step, a check, a key or a mutant");
  explain_app.add_option("subject", subject, "PL012, cut, topology, HB-044, ...")->required();
  explain_app.callback([&] { code = explain(subject); });

  app.add_subcommand("schema", "Prints the JSON Schema of scenario files")->callback([&] {
    code = print_schema();
  });
  app.add_subcommand("reference", "Prints the reference page of the language")->callback([&] {
    code = print_reference();
  });

  CLI::App& bench_app = *app.add_subcommand("bench", "Measures this program");
  bench_app.require_subcommand(1);
  CLI::App& bench_engine_app =
      *bench_app.add_subcommand("engine", "Runs a reference world on the engine");
  bench_engine_app.prefix_command();  // bench_engine reads its own options
  bench_engine_app.callback([&] {
    const std::vector<std::string> rest = bench_engine_app.remaining();
    const std::vector<std::string_view> arguments(rest.begin(), rest.end());
    code = bench_engine(arguments);
  });

  if (argc > 1 && !is_known(app, argv[1])) return static_cast<int>(ExitCode::usage);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == 0;  // --help and --version are no mistakes
    app.exit(error, std::cout, std::cerr);
    return static_cast<int>(asked ? ExitCode::passed : ExitCode::usage);
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int code = run_program(argc, argv);
    // What standard output did not take may be what everybody waited for. (stdout: the benchmarks)
    if (std::cout.flush() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    std::cerr << "peerlab: standard output could not be written to the end\n";
    return static_cast<int>(ExitCode::internal);
  } catch (const std::exception& error) {
    std::cerr << "peerlab: internal error: " << error.what() << '\n';
    return static_cast<int>(ExitCode::internal);
  }
}
