#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "peerlab/text/codes.hpp"
#include "peerlab/text/source.hpp"
#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

/// A place as Consul's HCL errors name it.
struct HclPosition {
  std::uint32_t line = 1;
  std::uint32_t column = 0;
};

/// What is wrong, for a person and in Consul's words.
struct HclFault {
  Span span;
  std::string message;
  std::string label;
  std::string help;
  std::string consul;  ///< `At 1:11: object expected closing RBRACE got: EOF`
  Code code = codes::hcl_syntax;
  std::optional<Span> opened = std::nullopt;  ///< a bracket that should have been closed before
};

/// The text of Consul's error at a place.
std::string at_position(HclPosition position, std::string_view text);

/// The tokens of HCL 1; the names are those that Consul prints.
enum class HclToken {
  eof,
  identifier,
  number,
  floating,
  boolean,
  string,
  heredoc,
  left_bracket,
  right_bracket,
  left_brace,
  right_brace,
  comma,
  period,
  assign,
  add,
  sub
};
std::string_view consul_name(HclToken token);

struct HclLexeme {
  HclToken token = HclToken::eof;
  Span span;
  HclPosition position;
  std::string_view text;  ///< as written
};

/// Splits a text into tokens and drops comments. The text must be UTF-8.
class HclLexer {
 public:
  HclLexer(FileId file, std::string_view text) : file_(file), text_(text) {
    if (text.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  tl::expected<HclLexeme, HclFault> next();

 private:
  using Failure = tl::unexpected<HclFault>;
  static constexpr char32_t end_of_text = 0xFFFFFFFF;

  char32_t peek() const {
    return at_ < text_.size() ? decode(text_.substr(at_)).value : end_of_text;
  }
  char32_t take();
  bool take_if(char32_t wanted);
  template <class Predicate>
  std::size_t take_while(Predicate predicate);
  /// HCL's scanner moves a column further each time it meets the end of the text, and Consul's
  /// messages show it.
  void look_past_end(int times);

  tl::expected<bool, HclFault> skip_comment();
  tl::expected<HclToken, HclFault> scan();
  tl::expected<HclToken, HclFault> scan_number();
  tl::expected<HclToken, HclFault> scan_string();
  tl::expected<HclToken, HclFault> scan_escape();
  tl::expected<HclToken, HclFault> scan_heredoc();
  Failure fault(std::size_t begin, std::string_view consul, std::string message,
                std::string label = "", std::string help = "") const;

  FileId file_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  ///< of the current token
  HclPosition position_;   ///< of the code point taken last
  bool line_ended_ = false;
};

}  // namespace peerlab::text
