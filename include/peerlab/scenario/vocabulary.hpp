#pragma once

#include <span>
#include <string_view>

#include "peerlab/scenario/form.hpp"

namespace peerlab::scenario {

/// The whole language in one place: the sections of a scenario file, the verbs of its steps and the
/// names of its checks. The parser, `peerlab schema` and the reference page are made from these
/// tables, so that they cannot drift apart.

/// The keys at the top of a file.
const Form& file_form();

/// The verbs of `steps`, in the order of the reference page.
std::span<const Word> verbs();

/// The names of checks, for `now`, `eventually`, `hold`, `never`, `always` and `finally`.
std::span<const Word> checks();

/// What `covers` holds, beside the word of a step or check.
const Form& statements();

/// The word called `name` out of `words`, or nothing.
const Word* find_word(std::span<const Word> words, std::string_view name);

/// Whether the language will have a word that it does not have yet.
bool is_planned(std::string_view word);

/// The name of a group, as the reference page heads it: `act`, `break`, `time`, ...
std::string_view group_name(Word::Group group);

}  // namespace peerlab::scenario
