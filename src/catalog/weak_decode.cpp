#include "catalog/weak_decode.hpp"

#include <cmath>

namespace peerlab::catalog {

namespace {

/// strconv.ParseInt with base 0: a sign, then 0x, 0o, 0b or 0 as prefix, or decimal.
std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text.front() == '0') {
    const char letter = static_cast<char>(text[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
    text.remove_prefix(letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 1);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || text.front() == '-' || error != std::errc{} ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

double number_of(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Go converts a float64 that is out of range as it likes; we clamp.
std::int64_t truncated(double value) {
  constexpr double limit = 9223372036854775807.0;
  if (!(value > -limit)) return std::numeric_limits<std::int64_t>::min();
  if (!(value < limit)) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(value);
}

void cannot_parse(std::string_view what, std::string_view function, const std::string& path,
                  DecodeFindings& findings) {
  findings.errors.push_back(
      fmt::format("'{}' cannot parse value as '{}': strconv.{}: invalid "
                  "syntax",
                  path, what, function));
}

}  // namespace

std::string_view weak_kind(GoJson::Kind kind) {
  switch (kind) {
    case GoJson::Kind::null:
      return "invalid";
    case GoJson::Kind::boolean:
      return "bool";
    case GoJson::Kind::number:
      return "float64";
    case GoJson::Kind::string:
      return "string";
    case GoJson::Kind::array:
      return "slice";
    case GoJson::Kind::object:
      return "map";
  }
  return "";
}

std::string_view weak_type(GoJson::Kind kind) {
  if (kind == GoJson::Kind::array) return "[]interface {}";
  if (kind == GoJson::Kind::object) return "map[string]interface {}";
  return weak_kind(kind);
}

void unconvertible(const GoJson& in, std::string_view wanted, const std::string& path,
                   DecodeFindings& findings) {
  findings.errors.push_back(fmt::format("'{}' expected type '{}', got unconvertible type '{}'",
                                        path, wanted, weak_type(in.kind)));
}

std::optional<std::string> weak_string(const GoJson& in) {
  switch (in.kind) {
    case GoJson::Kind::string:
      return in.text;
    case GoJson::Kind::boolean:
      return in.boolean ? "1" : "0";
    case GoJson::Kind::number:
      return to_text(to_json(in));
    case GoJson::Kind::null:
    case GoJson::Kind::array:
    case GoJson::Kind::object:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::int64_t> weak_integer(const GoJson& in, std::string_view what,
                                         const std::string& path, DecodeFindings& findings) {
  if (in.kind == GoJson::Kind::number) return truncated(number_of(in.text));
  if (in.kind == GoJson::Kind::boolean) return in.boolean ? 1 : 0;
  if (in.kind != GoJson::Kind::string) {
    unconvertible(in, what, path, findings);
    return std::nullopt;
  }
  if (in.text.empty()) return 0;
  const auto value = parse_integer(in.text);
  const bool fits = value && (what == "int" || *value >= 0);
  if (!fits) cannot_parse(what, what == "int" ? "ParseInt" : "ParseUint", path, findings);
  return fits ? value : std::nullopt;
}

std::optional<bool> weak_bool(const GoJson& in, const std::string& path, DecodeFindings& findings) {
  if (in.kind == GoJson::Kind::boolean) return in.boolean;
  if (in.kind == GoJson::Kind::number) return number_of(in.text) != 0;
  if (in.kind != GoJson::Kind::string) {
    unconvertible(in, "bool", path, findings);
    return std::nullopt;
  }
  for (const char* yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (in.text == yes) return true;
  }
  for (const char* no : {"", "0", "f", "F", "FALSE", "false", "False"}) {
    if (in.text == no) return false;
  }
  cannot_parse("bool", "ParseBool", path, findings);
  return std::nullopt;
}

std::optional<double> weak_number(const GoJson& in, const std::string& path,
                                  DecodeFindings& findings) {
  if (in.kind == GoJson::Kind::number) return number_of(in.text);
  if (in.kind == GoJson::Kind::boolean) return in.boolean ? 1 : 0;
  if (in.kind != GoJson::Kind::string) {
    unconvertible(in, "float32", path, findings);
    return std::nullopt;
  }
  if (in.text.empty()) return 0;
  double value = 0;
  const char* end = in.text.data() + in.text.size();
  if (std::from_chars(in.text.data(), end, value).ptr == end) return value;
  cannot_parse("float", "ParseFloat", path, findings);
  return std::nullopt;
}

std::optional<Duration> weak_duration(const GoJson& in, const std::string& path,
                                      DecodeFindings& findings) {
  if (in.kind == GoJson::Kind::string) {
    const auto duration = parse_go_duration(in.text);
    if (!duration) findings.errors.push_back(fmt::format("'{}' time: invalid duration", path));
    return duration;
  }
  const auto count = weak_integer(in, "time.Duration", path, findings);
  return count ? std::optional(Duration(*count)) : std::nullopt;
}

const std::pair<std::string, GoJson>* member_of(const GoJson& in, std::string_view field) {
  const std::pair<std::string, GoJson>* found = nullptr;
  const std::string alias = key_alias(field);
  for (const auto& member : in.members) {
    if (member.first == field) return &member;
    if (found == nullptr && (same_key(member.first, field) || same_key(member.first, alias))) {
      found = &member;
    }
  }
  return found;
}

}  // namespace peerlab::catalog
