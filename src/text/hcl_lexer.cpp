#include "hcl_lexer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace peerlab::text {

namespace {

using Tokens = tl::expected<HclToken, HclFault>;

bool is_decimal(char32_t c) { return c >= '0' && c <= '9'; }
bool is_octal(char32_t c) { return c >= '0' && c <= '7'; }
bool is_hex(char32_t c) {
  return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
// HCL takes the letters of all scripts. That every other code point above ASCII is taken for one,
// too, changes only which error a stray sign gives.
bool is_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (c >= 0xAA && c <= 0x10FFFF && c != 0xFEFF);
}
bool is_in_identifier(char32_t c) { return is_letter(c) || is_decimal(c) || c == '-' || c == '.'; }
bool is_space(char32_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trim_left(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\v\f\r"), text.size()));
}

}  // namespace

std::string at_position(HclPosition position, std::string_view text) {
  return fmt::format("At {}:{}: {}", position.line, position.column, text);
}

std::string_view consul_name(HclToken token) {
  switch (token) {
    case HclToken::eof:
      return "EOF";
    case HclToken::identifier:
      return "IDENT";
    case HclToken::number:
      return "NUMBER";
    case HclToken::floating:
      return "FLOAT";
    case HclToken::boolean:
      return "BOOL";
    case HclToken::string:
      return "STRING";
    case HclToken::heredoc:
      return "HEREDOC";
    case HclToken::left_bracket:
      return "LBRACK";
    case HclToken::right_bracket:
      return "RBRACK";
    case HclToken::left_brace:
      return "LBRACE";
    case HclToken::right_brace:
      return "RBRACE";
    case HclToken::comma:
      return "COMMA";
    case HclToken::period:
      return "PERIOD";
    case HclToken::assign:
      return "ASSIGN";
    case HclToken::add:
      return "ADD";
    case HclToken::sub:
      return "SUB";
  }
  return "";
}

char32_t HclLexer::take() {
  if (line_ended_) {
    ++position_.line;
    position_.column = 0;
    line_ended_ = false;
  }
  ++position_.column;
  if (at_ >= text_.size()) return end_of_text;
  const CodePoint point = decode(text_.substr(at_));
  at_ += point.bytes;
  line_ended_ = point.value == '\n';
  return point.value;
}

bool HclLexer::take_if(char32_t wanted) {
  if (peek() != wanted) return false;
  take();
  return true;
}

template <class Predicate>
std::size_t HclLexer::take_while(Predicate predicate) {
  std::size_t taken = 0;
  for (; peek() != end_of_text && predicate(peek()); ++taken) take();
  return taken;
}

void HclLexer::look_past_end(int times) {
  for (; times > 0 && at_ >= text_.size(); --times) take();
}

HclLexer::Failure HclLexer::fault(std::size_t begin, std::string_view consul, std::string message,
                                  std::string label, std::string help) const {
  const Span span{file_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
  return Failure(HclFault{span, std::move(message), std::move(label), std::move(help),
                          at_position(position_, consul)});
}

tl::expected<HclLexeme, HclFault> HclLexer::next() {
  while (true) {
    take_while(is_space);
    const auto skipped = skip_comment();
    if (!skipped) return tl::unexpected(skipped.error());
    if (!*skipped) break;
  }
  begin_ = at_;
  HclLexeme lexeme;
  // The place of the first code point, which scan() takes.
  HclLexer first = *this;
  first.take();
  lexeme.position = first.position_;
  const auto token = scan();
  if (!token) return tl::unexpected(token.error());
  lexeme.token = *token;
  lexeme.span = {file_, static_cast<std::uint32_t>(begin_), static_cast<std::uint32_t>(at_)};
  lexeme.text = text_.substr(begin_, at_ - begin_);
  if (lexeme.text == "true" || lexeme.text == "false") lexeme.token = HclToken::boolean;
  return lexeme;
}

/// True if there was one.
tl::expected<bool, HclFault> HclLexer::skip_comment() {
  const std::size_t begin = at_;
  const std::string_view rest = text_.substr(at_);
  if (rest.starts_with("/*")) {
    take();
    take();
    while (!text_.substr(at_).starts_with("*/")) {
      if (take() == end_of_text) {
        auto failure = fault(begin, "comment not terminated", "a comment is never closed",
                             "it begins here", "close it with `*/`");
        failure.value().span.end = failure.value().span.begin + 2;
        return failure;
      }
    }
    take();
    take();
    return true;
  }
  if (rest.starts_with('/') && !rest.starts_with("//")) {
    take();
    return fault(begin, "expected '/' for comment", "a lone `/`", "",
                 "comments begin with `#`, `//` or `/*`");
  }
  if (!rest.starts_with('#') && !rest.starts_with('/')) return false;
  take_while([](char32_t c) { return c != '\n'; });
  look_past_end(1);
  return true;
}

Tokens HclLexer::scan() {
  const char32_t c = take();
  switch (c) {
    case end_of_text:
      return HclToken::eof;
    case '"':
      return scan_string();
    case '<':
      return scan_heredoc();
    case '[':
      return HclToken::left_bracket;
    case ']':
      return HclToken::right_bracket;
    case '{':
      return HclToken::left_brace;
    case '}':
      return HclToken::right_brace;
    case ',':
      return HclToken::comma;
    case '=':
      return HclToken::assign;
    case '+':
      return HclToken::add;
    case '.':
      return is_decimal(peek()) ? scan_number() : HclToken::period;
    case '-':
      return is_decimal(peek()) ? scan_number() : HclToken::sub;
    default:
      break;
  }
  if (is_decimal(c)) return scan_number();
  if (is_letter(c)) {
    take_while(is_in_identifier);
    look_past_end(1);
    return HclToken::identifier;
  }
  const std::string sign = quote(text_.substr(begin_, at_ - begin_));
  std::string help;
  if (c == '\'') help = "strings stand in double quotes";
  if (c == ':') help = "write `key = value`";
  if (c == '(' || c == '*' || c == '?') help = "HCL 1, which Consul reads, has no expressions";
  return fault(begin_, "illegal char", fmt::format("nothing in HCL begins with {}", sign), "",
               std::move(help));
}

/// The first code point has been taken: a digit, a sign or a period.
Tokens HclLexer::scan_number() {
  std::size_t at = begin_ + (text_[begin_] == '-' ? 1 : 0);
  if (at == at_) take();  // the first digit, after a sign
  const bool zero = text_[at] == '0';
  if (zero && (peek() == 'x' || peek() == 'X')) {
    take();
    if (take_while(is_hex) == 0) {
      take();
      return fault(begin_, "illegal hexadecimal number", "a number without digits", "",
                   "hexadecimal digits follow `0x`");
    }
    look_past_end(1);
    return HclToken::number;
  }
  take_while(is_decimal);
  const std::size_t digits_end = at_;
  bool fraction = text_[at] == '.';
  if (!fraction && take_if('.')) {
    fraction = true;
    take_while(is_decimal);
  }
  bool exponent = false;
  if (peek() == 'e' || peek() == 'E') {
    exponent = true;
    take();
    if (peek() == '-' || peek() == '+') take();
    if (take_while(is_decimal) == 0) {
      return fault(begin_, "illegal number", "a number with an empty exponent", "",
                   "digits follow the `e`");
    }
  }
  if (fraction || exponent) {
    look_past_end(1);
    return HclToken::floating;
  }
  const std::string_view digits = text_.substr(at, digits_end - at);
  if (zero && digits.find_first_of("89") != std::string_view::npos) {
    return fault(begin_, "illegal octal number", "an octal number with a digit above 7", "",
                 "leave out the leading zero for a decimal number");
  }
  look_past_end(zero ? 1 : 2);
  return HclToken::number;
}

Tokens HclLexer::scan_string() {
  int braces = 0;
  while (true) {
    const std::size_t before = at_;
    const char32_t c = take();
    if (c == end_of_text || (c == '\n' && braces == 0)) {
      auto failure =
          fault(begin_, "literal not terminated", "a string is never closed", "it begins here", "");
      failure.value().span.end = static_cast<std::uint32_t>(before);
      if (braces > 0) failure.value().help = "close the `${` in it, too";
      if (c == '\n') failure.value().help = "a text of several lines is written `<<EOT`";
      return failure;
    }
    if (c == '"' && braces == 0) return HclToken::string;
    if (braces == 0 && c == '$' && peek() == '{') {
      ++braces;
      take();
    } else if (braces > 0 && c == '{') {
      ++braces;
    } else if (braces > 0 && c == '}') {
      --braces;
    }
    if (c == '\\') {
      if (auto escape = scan_escape(); !escape) return escape;
    }
  }
}

/// The backslash has been taken.
Tokens HclLexer::scan_escape() {
  const std::size_t begin = at_ - 1;
  const char32_t c = take();
  const auto digits = [&](std::size_t wanted, auto predicate) {
    std::size_t taken = 0;
    for (; taken < wanted && predicate(peek()); ++taken) take();
    return taken == wanted;
  };
  bool good = false;
  if (c < 0x80 &&
      std::string_view("abfnrtv\\\"").find(static_cast<char>(c)) != std::string_view::npos) {
    good = true;
  } else if (is_octal(c)) {
    good = digits(2, is_octal);
  } else if (c == 'x' || c == 'u' || c == 'U') {
    good = digits(c == 'x' ? 2 : c == 'u' ? 4 : 8, is_hex);
  }
  if (good) return HclToken::string;
  return fault(begin, "illegal char escape", "unknown escape in a string", "no such escape",
               "write `\\\\` for a backslash");
}

Tokens HclLexer::scan_heredoc() {
  if (!take_if('<')) {
    take();
    return fault(begin_, "heredoc expected second '<', didn't see it", "a lone `<`", "",
                 "a text of several lines begins with `<<EOT`");
  }
  take_if('-');
  const std::size_t mark_begin = at_;
  take_while([](char32_t c) { return is_letter(c) || is_decimal(c); });
  const std::string_view mark = text_.substr(mark_begin, at_ - mark_begin);
  if (text_.substr(at_).starts_with("\r\n")) take();
  const char32_t after = take();
  if (after != '\n') {
    const bool ended = after == end_of_text;
    return fault(begin_, ended ? "heredoc not terminated" : "invalid characters in heredoc anchor",
                 ended ? "a heredoc is never closed" : "unexpected text behind a heredoc's marker",
                 "", "the text begins on the next line");
  }
  if (mark.empty()) {
    return fault(begin_, "zero-length heredoc anchor", "a heredoc without a marker", "",
                 "write `<<EOT`, and `EOT` on a line of its own behind the text");
  }
  while (true) {
    const std::size_t line_begin = at_;
    while (true) {
      const char32_t c = take();
      if (c == '\n') break;
      if (c != end_of_text) continue;
      auto failure =
          fault(begin_, "heredoc not terminated", "a heredoc is never closed", "",
                fmt::format("{} must stand on a line of its own, with a line end", quote(mark)));
      failure.value().span.end = static_cast<std::uint32_t>(mark_begin + mark.size());
      return failure;
    }
    std::string_view line = trim_left(text_.substr(line_begin, at_ - 1 - line_begin));
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (line == mark) return HclToken::heredoc;
  }
}

}  // namespace peerlab::text
