#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "peerlab/scenario/plan.hpp"
#include "peerlab/scenario/variables.hpp"
#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/source.hpp"

namespace peerlab::scenario {

struct LoadOptions {
  Variables set;    ///< `--set name=value`: wins over `vars` and `matrix`
  Mutants mutants;  ///< planted in every case, besides those that the file names
};

/// Reads one scenario file with everything it includes: one plan for each combination of its
/// matrix. Names, types, units and includes are all checked before anything runs; if anything is
/// wrong, `diagnostics` has errors and the plans must not be run.
std::vector<Plan> load(const std::filesystem::path& file, text::Sources& sources,
                       text::Diagnostics& diagnostics, const LoadOptions& options = {});

/// The scenario files that `path` names: itself, or every `.yaml` and `.yml` below it in the order
/// of their names. Files that others include (below a folder called `common`) are left out.
std::vector<std::filesystem::path> scenario_files(const std::filesystem::path& path);

}  // namespace peerlab::scenario
