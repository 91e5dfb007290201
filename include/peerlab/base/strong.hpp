#pragma once

#include <compare>
#include <utility>

namespace peerlab {

/// A value that compares and prints like its representation but converts to nothing, so that two
/// identities that must not be mixed up have two types.
template <class Tag, class Rep>
class Strong {
 public:
  using rep = Rep;

  Strong() = default;
  constexpr explicit Strong(Rep value) : value_(std::move(value)) {}

  constexpr const Rep& value() const { return value_; }
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
  friend constexpr bool operator==(const Strong&, const Strong&) = default;

 private:
  Rep value_{};
};

/// Found by Boost.Test and others that print with a stream.
template <class Stream, class Tag, class Rep>
auto operator<<(Stream& stream, const Strong<Tag, Rep>& strong)
    -> decltype(stream << strong.value()) {
  return stream << strong.value();
}

}  // namespace peerlab
