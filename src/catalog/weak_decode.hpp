#pragma once

#include <fmt/format.h>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/fields.hpp"
#include "catalog/json_writer.hpp"
#include "catalog/key_names.hpp"
#include "peerlab/base/edition.hpp"
#include "peerlab/base/go_json.hpp"

/// Structs from JSON as Consul's config entries are read: mapstructure with weak typing, keys
/// without regard to case or in snake_case (agent/structs/config_entry.go, DecodeConfigEntry).
namespace peerlab::catalog {

/// What was wrong, in the order of the text.
struct DecodeFindings {
  Edition edition = Edition::community;  ///< of the cluster that reads
  std::vector<std::string> errors;
  std::vector<std::string> unused;  ///< dotted paths of keys that no field has
};

/// Go's name for the type that encoding/json makes of a value.
std::string_view weak_kind(GoJson::Kind kind);
/// The same with the element types spelled out, as in "got unconvertible type".
std::string_view weak_type(GoJson::Kind kind);

std::optional<std::string> weak_string(const GoJson& in);
/// Numbers and texts; `what` is Go's name of the wanted type.
std::optional<std::int64_t> weak_integer(const GoJson& in, std::string_view what,
                                         const std::string& path, DecodeFindings& findings);
std::optional<bool> weak_bool(const GoJson& in, const std::string& path, DecodeFindings& findings);
std::optional<double> weak_number(const GoJson& in, const std::string& path,
                                  DecodeFindings& findings);
std::optional<Duration> weak_duration(const GoJson& in, const std::string& path,
                                      DecodeFindings& findings);

void unconvertible(const GoJson& in, std::string_view wanted, const std::string& path,
                   DecodeFindings& findings);

/// The one key that is read and dropped without a word: Community Edition has no namespaces, but
/// an exported service may name one (traffic 5.2).
template <class T>
inline constexpr std::string_view dropped_key = "";

/// The one field that Community Edition does not know. (Traffic 4.2)
template <class T>
inline constexpr std::string_view enterprise_key = "";

template <class T>
void weak_decode(const GoJson& in, T& out, const std::string& path, DecodeFindings& findings);

/// The member whose key means the field: by its name, else by its alias; nullptr if none.
const std::pair<std::string, GoJson>* member_of(const GoJson& in, std::string_view field);

template <class T>
void weak_decode_fields(const GoJson& in, T& out, const std::string& path,
                        std::set<const void*>& used, DecodeFindings& findings) {
  for_each_field<T>([&](const auto& field) {
    auto& member = out.*(field.member);
    if ((field.flags & internal) != 0) return;
    const bool only_enterprise = !field.name.empty() && field.name == enterprise_key<T>;
    if (only_enterprise && findings.edition == Edition::community) return;
    if constexpr (Described<std::remove_cvref_t<decltype(member)>>) {
      if (field.name.empty()) return weak_decode_fields(in, member, path, used, findings);
    }
    const auto* found = member_of(in, field.name);
    if (found == nullptr) return;
    used.insert(found);
    weak_decode(found->second, member, join_path(path, field.name), findings);
  });
}

template <class T>
void weak_decode_struct(const GoJson& in, T& out, const std::string& path,
                        DecodeFindings& findings) {
  if (in.kind == GoJson::Kind::array && in.elements.size() == 1) {
    return weak_decode_struct(in.elements.front(), out, path, findings);
  }
  if (in.kind != GoJson::Kind::object) {
    findings.errors.push_back(
        fmt::format("'{}' expected a map or struct, got \"{}\"", path, weak_kind(in.kind)));
    return;
  }
  std::set<const void*> used;
  weak_decode_fields(in, out, path, used, findings);
  for (const auto& member : in.members) {
    if (used.contains(&member) || same_key(member.first, dropped_key<T>)) continue;
    findings.unused.push_back(join_path(path, member.first));
  }
}

template <class T>
void weak_decode_list(const GoJson& in, std::vector<T>& out, const std::string& path,
                      DecodeFindings& findings) {
  out.clear();
  if (in.kind == GoJson::Kind::array) {
    for (std::size_t i = 0; i < in.elements.size(); ++i) {
      weak_decode(in.elements[i], out.emplace_back(), fmt::format("{}[{}]", path, i), findings);
    }
  } else if (in.kind != GoJson::Kind::object || !in.members.empty()) {
    weak_decode(in, out.emplace_back(), path + "[0]", findings);
  }
}

template <class T, class C>
void weak_decode_map(const GoJson& in, std::map<std::string, T, C>& out, const std::string& path,
                     DecodeFindings& findings) {
  if (in.kind == GoJson::Kind::array) {
    for (const GoJson& element : in.elements) weak_decode_map(element, out, path, findings);
    return;
  }
  if (in.kind != GoJson::Kind::object) {
    findings.errors.push_back(
        fmt::format("'{}' expected a map, got '{}'", path, weak_kind(in.kind)));
    return;
  }
  for (const auto& [key, value] : in.members) {
    weak_decode(value, out[key], fmt::format("{}[{}]", path, key), findings);
  }
}

template <class T>
void weak_decode(const GoJson& in, T& out, const std::string& path, DecodeFindings& findings) {
  const auto take = [&](auto read) {
    if (read) out = static_cast<T>(*read);
  };
  if constexpr (std::same_as<T, Json>) {
    out = to_json(in);
  } else if (in.kind == GoJson::Kind::null) {
    return;
  } else if constexpr (is_optional<T>) {
    weak_decode(in, out.emplace(), path, findings);
  } else if constexpr (std::same_as<T, std::string>) {
    if (auto read = weak_string(in)) {
      out = std::move(*read);
    } else {
      unconvertible(in, "string", path, findings);
    }
  } else if constexpr (std::same_as<T, bool>) {
    take(weak_bool(in, path, findings));
  } else if constexpr (std::integral<T>) {
    take(weak_integer(in, std::is_signed_v<T> ? "int" : "uint", path, findings));
  } else if constexpr (std::floating_point<T>) {
    take(weak_number(in, path, findings));
  } else if constexpr (std::same_as<T, Duration>) {
    take(weak_duration(in, path, findings));
  } else if constexpr (Described<T>) {
    weak_decode_struct(in, out, path, findings);
  } else if constexpr (requires { typename T::mapped_type; }) {
    weak_decode_map(in, out, path, findings);
  } else if constexpr (requires { out.emplace_back(); }) {
    weak_decode_list(in, out, path, findings);
  } else {
    typename T::rep text;
    weak_decode(in, text, path, findings);
    out = T(std::move(text));
  }
}

}  // namespace peerlab::catalog
