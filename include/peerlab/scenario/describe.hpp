#pragma once

#include <string>
#include <string_view>

namespace peerlab::scenario {

/// The JSON Schema (draft 2020-12) of scenario files, for completion and checks in editors.
std::string json_schema();

/// The reference page of the language, in Markdown.
std::string reference_page();

/// The part of the reference page on one step, check or invariant; empty if there is none of that
/// name.
std::string word_page(std::string_view name);

/// The same of one key at the top of a scenario file: `topology`.
std::string key_page(std::string_view name);

}  // namespace peerlab::scenario
