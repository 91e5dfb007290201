#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "peerlab/base/go_json.hpp"

namespace peerlab::catalog {

/// A JSON value: what Consul keeps as `map[string]interface{}` and hands on unread, such as the
/// `Config` of a proxy. The members of an object are ordered bytewise by name, as Go prints a map.
struct Json {
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;
  /// Integers beyond 2^53 are kept as double, which is what Consul makes of every number.
  using Value =
      std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object>;

  Json() = default;
  // Not explicit: a number, a text or a list is its own JSON.
  Json(std::nullptr_t) {}                              // NOLINT(google-explicit-constructor)
  Json(std::same_as<bool> auto from) : value(from) {}  // NOLINT(google-explicit-constructor)
  template <std::integral T>
  requires(!std::same_as<T, bool>) Json(T from)
      : value(static_cast<std::int64_t>(from)) {}            // NOLINT(google-explicit-constructor)
  Json(double from) : value(from) {}                         // NOLINT(google-explicit-constructor)
  Json(std::string from) : value(std::move(from)) {}         // NOLINT(google-explicit-constructor)
  Json(std::string_view from) : value(std::string(from)) {}  // NOLINT(google-explicit-constructor)
  Json(const char* from) : value(std::string(from)) {}       // NOLINT(google-explicit-constructor)
  Json(Array from) : value(std::move(from)) {}               // NOLINT(google-explicit-constructor)
  Json(Object from) : value(std::move(from)) {}              // NOLINT(google-explicit-constructor)

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value); }
  const Object* object() const { return std::get_if<Object>(&value); }
  const Array* array() const { return std::get_if<Array>(&value); }
  const std::string* text() const { return std::get_if<std::string>(&value); }

  /// The member of that name, or nullptr when there is none or this is no object.
  const Json* find(std::string_view name) const;

  friend bool operator==(const Json&, const Json&) = default;

  Value value = nullptr;
};

/// The value without what only its reader needed: of members of one name the last stays, as in Go.
Json to_json(const GoJson& read);

/// Compact JSON as Go's encoding/json writes it: `<`, `>`, `&`, U+2028 and U+2029 escaped, numbers
/// in Go's shortest form.
std::string to_text(const Json& json);

}  // namespace peerlab::catalog
