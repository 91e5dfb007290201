#pragma once

#include <fmt/format.h>

#include <concepts>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/fields.hpp"
#include "peerlab/base/go_json.hpp"
#include "peerlab/base/strong.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/catalog/json.hpp"
#include "peerlab/catalog/types.hpp"

/// JSON from descriptions, as Go's encoding/json prints the same structs.
namespace peerlab::catalog {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
bool is_empty(const T& value, unsigned flags) {
  if constexpr (requires { value.value().empty(); }) {
    return value.value().empty();  // a strong text
  } else if constexpr (is_optional<T>) {
    return !value.has_value();
  } else if constexpr (requires { value.empty(); }) {
    return value.empty();
  } else if constexpr (Described<T>) {
    return (flags & omit_zero) != 0 && value == T{};
  } else if constexpr (std::same_as<T, Json>) {
    return value.is_null();
  } else {
    return value == T{};
  }
}

template <class T>
void write_json(std::string& out, const T& value, unsigned flags = plain);

template <class T>
void write_json_fields(std::string& out, const T& value, const char*& separator) {
  for_each_field<T>([&](const auto& field) {
    const auto& member = value.*(field.member);
    if ((field.flags & internal) != 0) return;
    if ((field.flags & (omit_empty | omit_zero | duration_text)) != 0 &&
        is_empty(member, field.flags)) {
      return;
    }
    if constexpr (Described<std::remove_cvref_t<decltype(member)>>) {
      if (field.name.empty()) return write_json_fields(out, member, separator);  // embedded
    }
    out += separator;
    if constexpr (requires { requires std::same_as<decltype(T::kind), const std::string_view>; }) {
      if ((field.flags & kind_before) != 0) out += fmt::format("\"Kind\":\"{}\",", T::kind);
    }
    out += go_json_quote(field.name);
    out += ':';
    write_json(out, member, field.flags);
    separator = ",";
  });
}

template <class T>
void write_json_items(std::string& out, const std::vector<T>& items, unsigned flags) {
  if (items.empty() && (flags & never_null) == 0) {
    out += "null";
    return;
  }
  const char* separator = "";
  out += '[';
  for (const T& item : items) {
    out += separator;
    write_json(out, item);
    separator = ",";
  }
  out += ']';
}

template <class T, class C>
void write_json_members(std::string& out, const std::map<std::string, T, C>& members,
                        unsigned flags) {
  if (members.empty() && (flags & never_null) == 0) {
    out += "null";
    return;
  }
  const char* separator = "";
  out += '{';
  for (const auto& [name, member] : members) {
    out += separator;
    out += go_json_quote(name);
    out += ':';
    write_json(out, member);
    separator = ",";
  }
  out += '}';
}

template <class T>
void write_json(std::string& out, const T& value, unsigned flags) {
  if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
    out += go_json_quote(value);
  } else if constexpr (std::same_as<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::integral<T>) {
    fmt::format_to(std::back_inserter(out), "{}", value);
  } else if constexpr (std::floating_point<T>) {
    fmt::format_to(std::back_inserter(out), "{}", value);  // shortest digits that read back
  } else if constexpr (std::same_as<T, Json>) {
    out += to_text(value);
  } else if constexpr (std::same_as<T, Duration>) {
    if ((flags & duration_text) != 0) {
      out += '"' + go_duration(value) + '"';
    } else {
      fmt::format_to(std::back_inserter(out), "{}", value.count());
    }
  } else if constexpr (is_optional<T>) {
    if (value) {
      write_json(out, *value, flags | never_null);  // it was given, so it is not null
    } else {
      out += "null";
    }
  } else if constexpr (Described<T>) {
    const char* separator = "";
    out += '{';
    write_json_fields(out, value, separator);
    out += '}';
  } else if constexpr (requires { value.value(); }) {
    write_json(out, value.value());  // a strong value
  } else if constexpr (requires { typename T::mapped_type; }) {
    write_json_members(out, value, flags);
  } else {
    write_json_items(out, value, flags);
  }
}

/// An object put together from members of several structs.
class ObjectWriter {
 public:
  template <class T>
  ObjectWriter& add(std::string_view name, const T& value, unsigned flags = plain) {
    if ((flags & omit_empty) != 0 && is_empty(value, flags)) return *this;
    out_ += out_.empty() ? "{" : ",";
    out_ += go_json_quote(name);
    out_ += ':';
    write_json(out_, value, flags);
    return *this;
  }
  std::string end() { return std::move(out_) + "}"; }

 private:
  std::string out_;
};

}  // namespace peerlab::catalog
