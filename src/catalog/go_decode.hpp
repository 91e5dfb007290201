#pragma once

#include <fmt/format.h>

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/fields.hpp"
#include "catalog/json_writer.hpp"
#include "catalog/key_names.hpp"
#include "peerlab/base/go_json.hpp"

/// Structs from JSON as Go's encoding/json reads them with unknown fields disallowed.
namespace peerlab::catalog {

/// Types whose UnmarshalJSON Consul wrote by hand: they also take snake_case keys and overlook
/// unknown ones.
template <class T>
inline constexpr bool has_own_unmarshal = false;

class GoDecoder {
 public:
  /// Go goes on after the first error but tells only that one.
  const std::optional<std::string>& error() const { return error_; }

  template <class T>
  void decode(const GoJson& in, T& out);

 private:
  template <Described T>
  void decode_struct(const GoJson& in, T& out);
  template <Described T>
  bool decode_member(const std::pair<std::string, GoJson>& member, T& out, bool lenient);
  template <class T>
  void decode_integer(const GoJson& in, T& out);
  void decode_duration(const GoJson& in, Duration& out);

  void fail(std::string text) {
    if (!error_) error_ = std::move(text);
  }
  void mismatch(std::string_view value, std::string_view go_type) {
    const std::string where =
        field_.empty() ? "value" : fmt::format("struct field {}.{}", struct_, field_);
    fail(fmt::format("json: cannot unmarshal {} into Go {} of type {}", value, where, go_type));
  }

  std::optional<std::string> error_;
  std::string struct_;  // the innermost struct
  std::string field_;   // the way to the field from the outermost one
};

template <class T>
std::string go_type_of() {
  if constexpr (Described<T>) {
    return "structs." + std::string(description_of<T>.go_type);
  } else if constexpr (std::same_as<T, bool>) {
    return "bool";
  } else if constexpr (std::integral<T>) {
    return std::is_signed_v<T> ? "int" : "uint64";
  } else if constexpr (is_optional<T>) {
    return go_type_of<typename T::value_type>();
  } else if constexpr (std::same_as<T, Json>) {
    return "interface {}";
  } else if constexpr (std::same_as<T, Json::Object>) {
    return "map[string]interface {}";
  } else if constexpr (requires { typename T::mapped_type; }) {
    return "map[string]" + go_type_of<typename T::mapped_type>();
  } else if constexpr (std::same_as<T, std::string>) {
    return "string";
  } else if constexpr (requires { typename T::value_type; }) {
    return "[]" + go_type_of<typename T::value_type>();
  } else if constexpr (std::same_as<T, NodeId>) {
    return "types.NodeID";
  } else if constexpr (std::same_as<T, CheckId>) {
    return "types.CheckID";
  } else {
    return "string";
  }
}

template <class T>
void GoDecoder::decode_integer(const GoJson& in, T& out) {
  T value{};
  const char* end = in.text.data() + in.text.size();
  const auto [read, problem] = std::from_chars(in.text.data(), end, value);
  if (problem != std::errc{} || read != end) {
    return mismatch("number " + in.text, go_type_of<T>());
  }
  out = value;
}

inline void GoDecoder::decode_duration(const GoJson& in, Duration& out) {
  if (in.kind == GoJson::Kind::string) {
    const auto duration = parse_go_duration(in.text);
    if (!duration) return fail(fmt::format("time: invalid duration {}", go_json_quote(in.text)));
    out = *duration;
  } else if (in.kind == GoJson::Kind::number) {
    double count = 0;
    std::from_chars(in.text.data(), in.text.data() + in.text.size(), count);
    constexpr double most = 9.2e18;
    out = Duration(static_cast<std::int64_t>(std::min(std::max(count, -most), most)));
  }
}

template <class T>
void GoDecoder::decode(const GoJson& in, T& out) {
  using Kind = GoJson::Kind;
  const auto wants = [&](Kind kind) {
    if (in.kind == kind) return true;
    mismatch(go_json_kind(in.kind), go_type_of<T>());
    return false;
  };
  if (in.kind == Kind::null) return;
  if constexpr (std::same_as<T, Json>) {
    out = to_json(in);
  } else if constexpr (is_optional<T>) {
    decode(in, out ? *out : out.emplace());
  } else if constexpr (Described<T>) {
    if (wants(Kind::object)) decode_struct(in, out);
  } else if constexpr (std::same_as<T, bool>) {
    if (wants(Kind::boolean)) out = in.boolean;
  } else if constexpr (std::same_as<T, Duration>) {
    decode_duration(in, out);
  } else if constexpr (std::integral<T>) {
    if (wants(Kind::number)) decode_integer(in, out);
  } else if constexpr (std::same_as<T, std::string>) {
    if (wants(Kind::string)) out = in.text;
  } else if constexpr (requires { typename T::mapped_type; }) {
    if (!wants(Kind::object)) return;
    for (const auto& [key, value] : in.members) decode(value, out[key]);
  } else if constexpr (requires { typename T::value_type; }) {
    if (!wants(Kind::array)) return;
    out.clear();
    for (const GoJson& element : in.elements) decode(element, out.emplace_back());
  } else {
    if (wants(Kind::string)) out = T(in.text);
  }
}

template <Described T>
bool GoDecoder::decode_member(const std::pair<std::string, GoJson>& member, T& out, bool lenient) {
  const auto& [key, value] = member;
  bool known = false;
  for_each_field<T>([&](const auto& field) {
    auto& target = out.*(field.member);
    if (known || (field.flags & internal) != 0) return;
    if constexpr (Described<std::remove_cvref_t<decltype(target)>>) {
      if (field.name.empty()) {
        known = decode_member(member, target, lenient);
        return;
      }
    }
    if (!same_key(key, field.name) && !(lenient && same_key(key, key_alias(field.name)))) return;
    known = true;
    const std::string outer = field_;
    field_ = join_path(field_, field.name);
    decode(value, target);
    field_ = outer;
  });
  return known;
}

template <Described T>
void GoDecoder::decode_struct(const GoJson& in, T& out) {
  // Weights that are given at all are those that are written.
  if constexpr (std::same_as<T, Weights>) out = {0, 0};
  const std::string outer_struct = struct_;
  const std::string outer_field = field_;
  if (has_own_unmarshal<T>) {
    struct_ = "";
    field_ = "Alias";
  } else {
    struct_ = description_of<T>.go_type;
  }
  for (const auto& member : in.members) {
    if (decode_member(member, out, has_own_unmarshal<T>) || has_own_unmarshal<T>) continue;
    fail(fmt::format(
        "json: unknown field {}{}", go_json_quote(member.first),
        member.first == "Namespace" ? " - Namespaces are a Consul Enterprise feature" : ""));
  }
  struct_ = outer_struct;
  field_ = outer_field;
}

}  // namespace peerlab::catalog
