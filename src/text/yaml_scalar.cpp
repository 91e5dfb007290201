#include "yaml_scalar.hpp"

#include <algorithm>
#include <initializer_list>

#include "peerlab/text/yaml.hpp"

namespace peerlab::text {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

template <class Predicate>
bool all(std::string_view text, Predicate predicate) {
  return !text.empty() && std::all_of(text.begin(), text.end(), predicate);
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text;
}

/// Takes the digits off the front and returns how many there were.
std::size_t take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto count = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(count);
  return count;
}

bool is_float(std::string_view text) {
  text = without_sign(text);
  if (one_of(text, {".inf", ".Inf", ".INF"})) return true;
  std::size_t digits = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += take_digits(text);
  }
  if (digits == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text = without_sign(text.substr(1));
    return all(text, is_digit);
  }
  return text.empty();
}

}  // namespace

Kind plain_kind(std::string_view text) {
  if (one_of(text, {"", "~", "null", "Null", "NULL"})) return Kind::null;
  if (one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) return Kind::boolean;
  if (all(without_sign(text), is_digit)) return Kind::integer;
  if (text.starts_with("0o") && all(text.substr(2), is_octal)) return Kind::integer;
  if (text.starts_with("0x") && all(text.substr(2), is_hex)) return Kind::integer;
  if (one_of(text, {".nan", ".NaN", ".NAN"}) || is_float(text)) return Kind::floating;
  return Kind::string;
}

bool is_yaml_11_boolean(std::string_view text) {
  return one_of(text,
                {"yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"});
}

bool is_ambiguous_number(std::string_view text) {
  text = without_sign(text);
  return text.size() > 1 && text.starts_with('0') && all(text, is_digit);
}

}  // namespace peerlab::text
