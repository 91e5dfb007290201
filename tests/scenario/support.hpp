#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "peerlab/scenario/load.hpp"
#include "peerlab/text/diagnostic.hpp"
#include "peerlab/text/source.hpp"

namespace peerlab::scenario {

/// A folder of scenario files that lives as long as the test.
class Folder {
 public:
  Folder() {
    static int count = 0;
    path_ = std::filesystem::path(PEERLAB_BINARY_DIR) / "tests" /
            ("scenario-" + std::to_string(++count));
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << content;
  }
  std::filesystem::path path(const std::string& name = "") const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// What loading came to: the plans, and the findings as `code message`.
struct Loaded {
  std::vector<Plan> plans;
  std::vector<std::string> findings;
  std::string rendered;
};

inline Loaded load_file(const std::filesystem::path& file, const LoadOptions& options = {}) {
  text::Sources sources;
  text::Diagnostics diagnostics;
  Loaded loaded;
  loaded.plans = load(file, sources, diagnostics, options);
  for (const text::Diagnostic& finding : diagnostics.all()) {
    loaded.findings.push_back(std::string(finding.code.id) + " " + finding.message);
  }
  loaded.rendered = text::render(diagnostics, sources);
  return loaded;
}

/// A check that holds in every test, so that a scenario may be about something else.
inline const std::string something_checked = "always: [{ leader: { in: dc1, exists: false } }]\n";

/// Loads a scenario with two services and what is added below.
inline Loaded load_with(const std::string& rest, const LoadOptions& options = {}) {
  const Folder folder;
  folder.write("x.yaml",
               "peerlab: 1\n"
               "name: x\n" +
                   something_checked +
                   "topology:\n"
                   "  dc1: { services: { client: {} } }\n"
                   "  dc2: { services: { web: { instances: 2 } } }\n" +
                   rest);
  return load_file(folder.path("x.yaml"), options);
}

}  // namespace peerlab::scenario
