#pragma once

#include <stdexcept>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace peerlab {

/// Failures a caller can tell apart and act upon. A failure nobody would treat differently needs
/// no code of its own: its story belongs in `Error::detail`.
enum class Errc {
  malformed_token,
  malformed_message,
  invalid_argument,
  unreadable_file,
  permission_denied
};

struct Error {
  Errc code;
  std::string detail;  ///< for people: the name, value or line that was wrong
};

/// A value, or the reason why there is none. Becomes std::expected with C++23; until then only
/// members that std::expected has too: and_then, transform, or_else, value, error.
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(Errc code, std::string detail) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}

/// Thrown by PEERLAB_ASSERT.
struct AssertionFailed : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace peerlab
