#include "peerlab/text/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

std::string_view with_article(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "nothing";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
      return "an integer";
    case Kind::floating:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a map";
  }
  return "";
}

bool Node::is_blocks() const {
  const auto is_map = [](const Node& item) { return item.kind == Kind::map; };
  return is_map(*this) || (kind == Kind::list && std::all_of(items.begin(), items.end(), is_map));
}

std::optional<bool> Node::boolean() const {
  if (kind != Kind::boolean) return std::nullopt;
  return text.starts_with('t') || text.starts_with('T');
}

std::optional<std::int64_t> Node::integer() const {
  if (kind != Kind::integer) return std::nullopt;
  std::string digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.erase(0, 1);
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) base = 16;
  if (digits.starts_with("0o")) base = 8;
  if (base != 10) digits.erase(0, 2);
  if (negative) digits.insert(0, "-");  // so that the smallest integer fits, too
  std::int64_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<double> Node::number() const {
  if (const auto whole = integer()) return static_cast<double>(*whole);
  if (kind != Kind::integer && kind != Kind::floating) return std::nullopt;
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (begin != end && *begin == '+') ++begin;
  double value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

const Entry* Node::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

const Node* Node::get(std::string_view key) const {
  const Entry* entry = find(key);
  return entry == nullptr ? nullptr : &entry->value;
}

bool same_value(const Node& one, const Node& other) {
  if (one.kind != other.kind || one.items.size() != other.items.size() ||
      one.entries.size() != other.entries.size()) {
    return false;
  }
  switch (one.kind) {
    case Kind::null:
      return true;
    case Kind::boolean:
      return one.boolean() == other.boolean();
    case Kind::integer:
      return one.integer() ? one.integer() == other.integer() : one.text == other.text;
    case Kind::floating:
      return one.number() ? one.number() == other.number() : one.text == other.text;
    case Kind::string:
      return one.text == other.text;
    case Kind::list:
      return std::equal(one.items.begin(), one.items.end(), other.items.begin(), same_value);
    case Kind::map:
      return std::equal(one.entries.begin(), one.entries.end(), other.entries.begin(),
                        [](const Entry& a, const Entry& b) {
                          return a.key == b.key && same_value(a.value, b.value);
                        });
  }
  return false;
}

std::string to_text(const Node& node) {
  std::string out;
  std::string_view separator;
  switch (node.kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
    case Kind::integer:
    case Kind::floating:
      return node.text;
    case Kind::string:
      return fmt::format("\"{}\"", printable(node.text));
    case Kind::list:
      for (const Node& item : node.items) {
        out += separator;
        out += to_text(item);
        separator = ", ";
      }
      return fmt::format("[{}]", out);
    case Kind::map:
      for (const Entry& entry : node.entries) {
        out += fmt::format("{}{}: {}", separator, printable(entry.key), to_text(entry.value));
        separator = ", ";
      }
      return fmt::format("{{{}}}", out);
  }
  return out;
}

}  // namespace peerlab::text
