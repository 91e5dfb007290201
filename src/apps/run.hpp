#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "exit_code.hpp"
#include "reports/case_report.hpp"

namespace peerlab::apps {

/// `peerlab run`, as the command line says it.
struct RunRequest {
  std::vector<std::string> paths;
  std::uint64_t seed = 1;
  std::string policy = "fifo";
  std::string row;
  std::vector<std::string> tags;
  std::vector<std::string> set;      ///< name=value
  std::vector<std::string> mutants;  ///< HB-044
  std::string junit, jsonl, mermaid;
  std::string color = "auto";
  bool verbose = false;
  bool quiet = false;
  bool reveal_secrets = false;
};

/// Runs every case of every file and prints what came of it. Returns the exit status.
int run(const RunRequest& request);

/// What a run of so many cases exits with.
ExitCode exit_code(const reports::Totals& totals);

/// `peerlab check`.
struct CheckRequest {
  std::vector<std::string> paths;
  std::vector<std::string> set;
  std::string color = "auto";
};

/// Reads every file and prints what is wrong with it. Returns the exit status.
int check(const CheckRequest& request);

}  // namespace peerlab::apps
