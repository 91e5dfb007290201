#include "peerlab/base/go_json.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

namespace peerlab {
namespace {

constexpr int deepest = 1000;
constexpr char32_t replacement = 0xFFFD;

void append_utf8(std::string& out, char32_t rune) {
  const auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | ((rune >> shift) & 0x3F)));
  };
  if (rune < 0x80) {
    out.push_back(static_cast<char>(rune));
  } else if (rune < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (rune >> 6)));
    tail(0);
  } else if (rune < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (rune >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | (rune >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// One rune of `text` at `at` and how many bytes it takes. A byte that starts no valid sequence
/// is U+FFFD of length one, as in Go.
std::pair<char32_t, std::size_t> rune_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t offset) -> std::uint32_t {
    return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0u;
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return {replacement, 1};
  char32_t rune = lead & (length == 2 ? 0x1Fu : length == 3 ? 0x0Fu : 0x07u);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {replacement, 1};
    rune = (rune << 6) | (byte(i) & 0x3F);
  }
  const char32_t least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  const bool surrogate = rune >= 0xD800 && rune <= 0xDFFF;
  if (rune < least || rune > 0x10FFFF || surrogate) return {replacement, 1};
  return {rune, length};
}

/// The offending byte as Go prints it: taken as a Latin-1 rune, in single quotes.
std::string quoted(unsigned char byte) {
  switch (byte) {
    case '\'':
      return R"('\'')";
    case '"':
      return R"('"')";
    case '\\':
      return R"('\\')";
    case '\a':
      return R"('\a')";
    case '\b':
      return R"('\b')";
    case '\f':
      return R"('\f')";
    case '\n':
      return R"('\n')";
    case '\r':
      return R"('\r')";
    case '\t':
      return R"('\t')";
    case '\v':
      return R"('\v')";
    default:
      break;
  }
  if (byte < 0x20 || byte == 0x7F) return fmt::format("'\\x{:02x}'", byte);
  // Go prints neither C1 controls nor the no-break space nor the soft hyphen as they are.
  if ((byte >= 0x80 && byte <= 0xA0) || byte == 0xAD) return fmt::format("'\\u00{:02x}'", byte);
  std::string out = "'";
  append_utf8(out, byte);
  return out + "'";
}

/// A recursive descent that stops at the first fault; `fault_` then holds its text.
class Reader {
 public:
  Reader(std::string_view text, GoJsonExtent extent) : text_(text), extent_(extent) {}

  tl::expected<GoJson, std::string> read() {
    skip_space();
    if (at_ == text_.size() && extent_ == GoJsonExtent::first) {
      return tl::unexpected<std::string>("EOF");
    }
    GoJson root;
    if (value(root, 0) && extent_ == GoJsonExtent::whole) {
      skip_space();
      if (at_ < text_.size()) wrong("after top-level value");
    }
    if (fault_) return tl::unexpected<std::string>(std::move(*fault_));
    return root;
  }

 private:
  bool cut() const { return at_ >= text_.size(); }
  unsigned char here() const { return static_cast<unsigned char>(text_[at_]); }

  void skip_space() {
    while (!cut() && (here() == ' ' || here() == '\t' || here() == '\r' || here() == '\n')) ++at_;
  }

  /// Notes that the byte at hand does not fit, or that there is none. Always false.
  bool wrong(std::string_view context) {
    if (cut()) {
      fault_ = extent_ == GoJsonExtent::whole ? "unexpected end of JSON input" : "unexpected EOF";
    } else {
      fault_ = fmt::format("invalid character {} {}", quoted(here()), context);
    }
    return false;
  }

  bool value(GoJson& out, int depth) {
    skip_space();
    if (cut()) return wrong("");
    switch (here()) {
      case '{':
        return object(out, depth);
      case '[':
        return array(out, depth);
      case '"':
        out.kind = GoJson::Kind::string;
        return string(out.text);
      case 't':
        out.kind = GoJson::Kind::boolean;
        out.boolean = true;
        return literal("true");
      case 'f':
        out.kind = GoJson::Kind::boolean;
        return literal("false");
      case 'n':
        return literal("null");
      default:
        break;
    }
    if (here() == '-' || digit()) return number(out);
    return wrong("looking for beginning of value");
  }

  bool enter(int depth) {
    if (depth < deepest) return true;
    fault_ = "exceeded max depth";
    return false;
  }

  bool object(GoJson& out, int depth) {
    if (!enter(depth)) return false;
    out.kind = GoJson::Kind::object;
    ++at_;
    skip_space();
    if (!cut() && here() == '}') return ++at_, true;
    for (;;) {
      skip_space();
      if (cut() || here() != '"') return wrong("looking for beginning of object key string");
      auto& [key, member] = out.members.emplace_back();
      if (!string(key)) return false;
      skip_space();
      if (cut() || here() != ':') return wrong("after object key");
      ++at_;
      if (!value(member, depth + 1)) return false;
      skip_space();
      if (!cut() && here() == '}') return ++at_, true;
      if (cut() || here() != ',') return wrong("after object key:value pair");
      ++at_;
    }
  }

  bool array(GoJson& out, int depth) {
    if (!enter(depth)) return false;
    out.kind = GoJson::Kind::array;
    ++at_;
    skip_space();
    if (!cut() && here() == ']') return ++at_, true;
    for (;;) {
      if (!value(out.elements.emplace_back(), depth + 1)) return false;
      skip_space();
      if (!cut() && here() == ']') return ++at_, true;
      if (cut() || here() != ',') return wrong("after array element");
      ++at_;
    }
  }

  bool literal(std::string_view word) {
    ++at_;
    for (const char expected : word.substr(1)) {
      if (cut() || text_[at_] != expected) {
        return wrong(fmt::format("in literal {} (expecting '{}')", word, expected));
      }
      ++at_;
    }
    return true;
  }

  bool digit() const { return !cut() && here() >= '0' && here() <= '9'; }
  void digits() {
    while (digit()) ++at_;
  }

  bool number(GoJson& out) {
    const std::size_t start = at_;
    if (here() == '-') ++at_;
    if (!digit()) return wrong("in numeric literal");
    // A leading zero stands alone: what follows it belongs to the next token.
    if (here() == '0') {
      ++at_;
    } else {
      digits();
    }
    if (!cut() && here() == '.') {
      ++at_;
      if (!digit()) return wrong("after decimal point in numeric literal");
      digits();
    }
    if (!cut() && (here() == 'e' || here() == 'E')) {
      ++at_;
      if (!cut() && (here() == '+' || here() == '-')) ++at_;
      if (!digit()) return wrong("in exponent of numeric literal");
      digits();
    }
    out.kind = GoJson::Kind::number;
    out.text = text_.substr(start, at_ - start);
    return true;
  }

  bool string(std::string& out) {
    ++at_;
    for (;;) {
      if (cut() || here() < 0x20) return wrong("in string literal");
      if (here() == '"') return ++at_, true;
      if (here() == '\\') {
        if (!escape(out)) return false;
        continue;
      }
      const auto [rune, length] = rune_at(text_, at_);
      append_utf8(out, rune);
      at_ += length;
    }
  }

  bool escape(std::string& out) {
    ++at_;
    if (cut()) return wrong("in string escape code");
    constexpr std::string_view names = "bfnrt\\/\"";
    constexpr std::string_view meanings = "\b\f\n\r\t\\/\"";
    if (const auto index = names.find(text_[at_]); index != std::string_view::npos) {
      out.push_back(meanings[index]);
      ++at_;
      return true;
    }
    if (here() != 'u') return wrong("in string escape code");
    ++at_;
    const auto unit = hex4();
    if (!unit) return false;
    if (*unit < 0xD800 || *unit > 0xDFFF) return append_utf8(out, *unit), true;
    return surrogate(out, *unit);
  }

  /// A lone half of a surrogate pair becomes U+FFFD, and what follows it is read on its own.
  bool surrogate(std::string& out, char32_t unit) {
    const std::size_t after = at_;
    if (unit < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      const auto low = hex4();
      if (!low) return false;
      if (*low >= 0xDC00 && *low <= 0xDFFF) {
        append_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (*low - 0xDC00));
        return true;
      }
      at_ = after;
    }
    append_utf8(out, replacement);
    return true;
  }

  std::optional<char32_t> hex4() {
    char32_t unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = cut() ? '\0' : text_[at_];
      const int nibble = c >= '0' && c <= '9'   ? c - '0'
                         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                : -1;
      if (nibble < 0) {
        wrong("in \\u hexadecimal character escape");
        return std::nullopt;
      }
      unit = unit * 16 + static_cast<char32_t>(nibble);
    }
    return unit;
  }

  std::string_view text_;
  GoJsonExtent extent_;
  std::size_t at_ = 0;
  std::optional<std::string> fault_;
};

}  // namespace

std::string_view go_json_kind(GoJson::Kind kind) {
  switch (kind) {
    case GoJson::Kind::null:
      return "null";
    case GoJson::Kind::boolean:
      return "bool";
    case GoJson::Kind::number:
      return "number";
    case GoJson::Kind::string:
      return "string";
    case GoJson::Kind::array:
      return "array";
    case GoJson::Kind::object:
      return "object";
  }
  return "";
}

tl::expected<GoJson, std::string> read_go_json(std::string_view text, GoJsonExtent extent) {
  return Reader(text, extent).read();
}

std::string go_json_quote(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const auto [rune, length] = rune_at(text, at);
    const bool invalid = rune == replacement && length == 1;
    switch (rune) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (invalid || rune < 0x20 || rune == '<' || rune == '>' || rune == '&' || rune == 0x2028 ||
            rune == 0x2029) {
          out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(rune));
        } else {
          out += text.substr(at, length);
        }
    }
    at += length;
  }
  return out + "\"";
}

}  // namespace peerlab
