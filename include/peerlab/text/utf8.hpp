#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace peerlab::text {

/// `text` without anything a terminal would act upon: control characters, bytes that are not UTF-8,
/// and the marks that turn the direction of writing become `\n`, `\t` or `\u{1b}`.
std::string printable(std::string_view text);

/// `text` as a message quotes it: printable, in backticks, cut after 60 code points.
std::string quote(std::string_view text);

/// One code point of UTF-8 at the front of a text.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;  ///< never 0; 1 if the text is no UTF-8 there
  bool valid = false;
};

/// Decodes the first code point of `text`, which must not be empty. Overlong forms, surrogates and
/// values past U+10FFFF are not valid.
CodePoint decode(std::string_view text);

/// Appends `point` as UTF-8; U+FFFD if it is none.
void append(std::string& out, char32_t point);

/// Columns of a terminal that a code point takes: 0 (combining), 1 or 2 (East Asian wide, emoji).
int width(char32_t point);

}  // namespace peerlab::text
