#pragma once

#include <string>

#include "hcl_lexer.hpp"

namespace peerlab::text {

/// What the lexeme of a string or a heredoc stands for: escapes taken for what they mean,
/// indentation taken off, interpolations left as they are.
std::string value_of(const HclLexeme& lexeme);

}  // namespace peerlab::text
