#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "peerlab/base/go_json.hpp"
#include "peerlab/base/strong.hpp"

// JSON as Go's encoder writes it: members in the order they are added, no blanks.
namespace peerlab::server::api {

inline std::string to_json(std::string_view text) { return go_json_quote(text); }
inline std::string to_json(const std::string& text) { return go_json_quote(text); }
inline std::string to_json(const char* text) { return go_json_quote(text); }
inline std::string to_json(bool value) { return value ? "true" : "false"; }
template <std::integral Number>
requires(!std::same_as<Number, bool>) std::string to_json(Number value) {
  return std::to_string(value);
}
template <class Tag>
std::string to_json(const Strong<Tag, std::string>& name) {
  return go_json_quote(name.value());
}

/// `[...]` of what `item` makes of each element; `[]` for none.
template <class Range, class Item>
std::string json_array(const Range& range, Item item) {
  std::string out = "[";
  for (const auto& element : range) {
    if (out.size() > 1) out += ',';
    out += item(element);
  }
  return out + "]";
}
template <class Range>
std::string json_array(const Range& range) {
  return json_array(range, [](const auto& element) { return to_json(element); });
}

/// `null` for an empty range: a nil slice of Go.
template <class Range>
std::string json_array_or_null(const Range& range) {
  return range.empty() ? "null" : json_array(range);
}

/// An object under construction.
class JsonObject {
 public:
  /// A member whose value is JSON already.
  JsonObject& raw(std::string_view name, std::string_view value) {
    text_ += text_.size() > 1 ? "," : "";
    text_ += go_json_quote(name);
    text_ += ':';
    text_ += value;
    return *this;
  }
  template <class Value>
  JsonObject& add(std::string_view name, const Value& value) {
    return raw(name, to_json(value));
  }
  /// Left out where the value is empty, 0 or false: Go's omitempty.
  template <class Value>
  JsonObject& add_set(std::string_view name, const Value& value) {
    return value == Value{} ? *this : add(name, value);
  }
  JsonObject& raw_if(bool wanted, std::string_view name, std::string_view value) {
    return wanted ? raw(name, value) : *this;
  }
  std::string text() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

/// A map of strings, ordered by name.
template <class Map>
std::string json_map(const Map& map) {
  JsonObject object;
  for (const auto& [name, value] : map) object.add(name, value);
  return object.text();
}
template <class Map>
std::string json_map_or_null(const Map& map) {
  return map.empty() ? "null" : json_map(map);
}

/// The same JSON, indented by four spaces as Go's MarshalIndent does. `compact` must be JSON
/// without blanks between tokens.
std::string indented(std::string_view compact);

}  // namespace peerlab::server::api
