#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// One description of the fields of each type, from which come its JSON (both ways) and its
/// Protobuf form. The order is that in which Consul prints the fields.
namespace peerlab::catalog {

/// How a field is printed.
enum FieldFlags : unsigned {
  plain = 0,
  omit_empty = 1,     ///< absent when empty, as Go's `omitempty`
  omit_zero = 2,      ///< a struct that is absent when all its fields are empty
  never_null = 4,     ///< an empty list is `[]` and not `null`
  duration_text = 8,  ///< `"1m0s"` and not nanoseconds; absent when zero
  internal = 16,      ///< not in JSON
  kind_before = 32,   ///< the `Kind` of a config entry stands before this field
};

template <class T, class M>
struct Field {
  using Type = M;
  std::string_view name;
  M T::*member;
  unsigned flags;
};

template <class T, class M>
constexpr Field<T, M> field(std::string_view name, M T::*member, unsigned flags = plain) {
  return {name, member, flags};
}

/// The description of one type.
template <class... F>
struct Description {
  std::string_view go_type;  ///< as Go's error texts call it
  std::tuple<F...> fields;
};

template <class... F>
constexpr Description<F...> describe(std::string_view go_type, F... fields) {
  return {go_type, std::tuple<F...>(fields...)};
}

template <class T>
inline constexpr auto description_of = nullptr;

template <class T>
concept Described = !std::is_same_v<std::remove_cv_t<decltype(description_of<T>)>, std::nullptr_t>;

template <Described T>
using FieldsOf = std::remove_cv_t<decltype(description_of<T>.fields)>;

/// Calls `visit` with each field of T in turn.
template <Described T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... fields) { (visit(fields), ...); }, description_of<T>.fields);
}

template <Described T>
inline constexpr std::size_t field_count = std::tuple_size_v<FieldsOf<T>>;

}  // namespace peerlab::catalog
