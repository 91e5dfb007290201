#include "hcl_value.hpp"

#include <algorithm>
#include <string_view>

#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

namespace {

std::string without_carriage_returns(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i];
  }
  return out;
}

/// The content of `<<MARK` or `<<-MARK`. The latter takes the closing marker's indentation off
/// every line, unless some line has less.
std::string heredoc_value(std::string_view written) {
  const std::string text = without_carriage_returns(written);
  const std::size_t first_line = text.find('\n') + 1;
  const bool indented = text[2] == '-';
  const std::string mark = text.substr(indented ? 3 : 2, first_line - (indented ? 4 : 3));
  const std::size_t close = text.rfind(mark);
  std::string content = text.substr(first_line, close - first_line);
  if (!indented) return content;

  const std::size_t last_break = content.rfind('\n');
  const std::string indentation = content.substr(last_break + 1);
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = content.find('\n', at);
    if (end == std::string::npos) return out;  // the closing line
    const std::string_view line = std::string_view(content).substr(at, end - at + 1);
    if (!line.starts_with(indentation)) {
      content.erase(last_break + 1);
      return content;
    }
    out += line.substr(indentation.size());
    at = end + 1;
  }
}

/// The value of one escape at the front of `text` (behind the backslash), taken off it.
void take_escape(std::string_view& text, std::string& out) {
  const char kind = text.front();
  text.remove_prefix(1);
  constexpr std::string_view named = "abfnrtv";
  constexpr std::string_view meant = "\a\b\f\n\r\t\v";
  if (const auto which = named.find(kind); which != std::string_view::npos) {
    out += meant[which];
    return;
  }
  const bool octal = kind >= '0' && kind <= '7';
  if (!octal && kind != 'x' && kind != 'u' && kind != 'U') {
    out += kind;  // a backslash or a quote
    return;
  }
  const std::size_t more = octal ? 2 : kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
  const std::string digits =
      (octal ? std::string(1, kind) : "") + std::string(text.substr(0, more));
  text.remove_prefix(std::min(more, text.size()));
  const auto value = std::stoul("0" + digits, nullptr, octal ? 8 : 16);
  if (octal || kind == 'x') {
    out += static_cast<char>(value & 0xFF);
  } else {
    append(out, static_cast<char32_t>(value));
  }
}

/// The content of a string in quotes. Interpolations stay as written but for their quotes.
std::string string_value(std::string_view text) {
  text = text.substr(1, text.size() - 2);
  std::string out;
  int braces = 0;
  while (!text.empty()) {
    if (braces == 0 && text.starts_with("${")) {
      braces = 1;
      out += "${";
      text.remove_prefix(2);
      continue;
    }
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '\\' && braces == 0) {
      take_escape(text, out);
    } else if (c == '\\' && text.starts_with('"')) {
      out += '"';
      text.remove_prefix(1);
    } else {
      if (braces > 0) braces += c == '{' ? 1 : c == '}' ? -1 : 0;
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string value_of(const HclLexeme& lexeme) {
  return lexeme.token == HclToken::heredoc ? heredoc_value(lexeme.text) : string_value(lexeme.text);
}

}  // namespace peerlab::text
