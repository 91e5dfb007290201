#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/world.hpp"
#include "peerlab/scenario/load.hpp"
#include "peerlab/text/diagnostic.hpp"
#include "reports/case_report.hpp"

namespace peerlab::apps {

/// Every case that was read, before anything runs.
struct Loaded {
  text::Sources sources;
  text::Diagnostics diagnostics;
  std::vector<scenario::Plan> plans;
  std::size_t files = 0;
};

/// False, with a message, if the command line names what does not exist.
bool read_options(const std::vector<std::string>& set, const std::vector<std::string>& mutants,
                  scenario::LoadOptions& options);

/// Reads every scenario file that the paths name. False, with a message, if one names nothing to
/// run; what is wrong inside of files stands in `loaded.diagnostics`.
bool load_all(const std::vector<std::string>& paths, const scenario::LoadOptions& options,
              Loaded& loaded);

/// False, with a message, if `--set` names a variable that is in none of the files.
bool check_set(const scenario::Variables& set, const Loaded& loaded);

/// Runs one case and judges it. `flags` are those of the command line that the run depends on. If
/// this program fails at it, what is thrown or printed (crash.hpp) says how to repeat the run. A
/// run that ends because of an interrupt (interrupt.hpp) is not judged: it is undecided.
reports::CaseReport run_case(const scenario::Plan& plan, actors::RunOptions options,
                             const std::string& flags = {});

/// `1 file`, `2 files`.
std::string counted(std::size_t number, std::string_view noun);

/// Whether to write colours to a stream, as `--color` and the environment say.
bool wants_color(const std::string& choice, int descriptor);

}  // namespace peerlab::apps
