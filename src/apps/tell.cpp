#include "tell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string_view>
#include <vector>

#include "exit_code.hpp"
#include "peerlab/base/mutants.hpp"
#include "peerlab/checks/invariant.hpp"
#include "peerlab/scenario/describe.hpp"
#include "peerlab/scenario/vocabulary.hpp"
#include "peerlab/text/codes.hpp"
#include "peerlab/text/suggest.hpp"

namespace peerlab::apps {
namespace {

/// Text in lines of at most 80 columns.
std::string wrapped(std::string_view text) {
  std::string lines;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (column > 0 && column + 1 + word.size() > 80) {
      lines += '\n';
      column = 0;
    } else if (column > 0) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return lines + '\n';
}

}  // namespace

int explain(const std::string& subject) {
  if (const text::Code* code = text::find_code(subject)) {
    std::cout << fmt::format("{}: {}\n\n{}", code->id, code->title, wrapped(code->explanation));
    return static_cast<int>(ExitCode::passed);
  }
  if (const std::optional<Mutant> mutant = mutant_named(subject)) {
    const MutantInfo& info = all_mutants().at(static_cast<std::size_t>(*mutant));
    std::cout << fmt::format(
        "{}: {}\n\nA planted bug: `peerlab run FILE --mutant {}` runs with it.\n", info.name,
        info.what, info.name);
    return static_cast<int>(ExitCode::passed);
  }
  const std::string page = scenario::key_page(subject) + scenario::word_page(subject);
  if (!page.empty()) {
    std::cout << page;
    return static_cast<int>(ExitCode::passed);
  }
  std::vector<std::string_view> known;
  for (const scenario::Word& word : scenario::verbs()) known.push_back(word.name);
  for (const scenario::Word& word : scenario::checks()) known.push_back(word.name);
  for (const scenario::Key& key : scenario::file_form().keys) known.push_back(key.name);
  for (const MutantInfo& info : all_mutants()) known.push_back(info.name);
  for (const text::Code& code : text::all_codes()) known.push_back(code.id);
  for (const checks::Invariant& each : checks::invariants()) known.push_back(each.id);
  std::cerr << fmt::format("peerlab: nothing is known about '{}'", subject);
  if (const auto near = text::did_you_mean(subject, known)) {
    std::cerr << fmt::format("; did you mean '{}'?", *near);
  } else {
    std::cerr << "; name a code (PL012), a step (cut), a check, an invariant, a key (topology) or "
                 "a mutant";
  }
  std::cerr << '\n';
  return static_cast<int>(ExitCode::usage);
}

int print_schema() {
  std::cout << scenario::json_schema();
  return static_cast<int>(ExitCode::passed);
}

int print_reference() {
  std::cout << scenario::reference_page();
  return static_cast<int>(ExitCode::passed);
}

}  // namespace peerlab::apps
