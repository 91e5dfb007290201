#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "peerlab/base/time.hpp"

namespace peerlab::checks {

/// A call from one service instance to a service, and what must come of it.
struct CallCheck {
  std::string from;     ///< host of the caller: `dc1/service/client/0`
  std::string to;       ///< service: `dc2/service/web`, or one instance of it
  bool direct = false;  ///< past every proxy
  Duration timeout = std::chrono::seconds(15);
  std::string result = "answered";
  std::optional<std::string> answered_by;  ///< host, or the beginning of its path
  friend bool operator==(const CallCheck&, const CallCheck&) = default;
};

/// Something that is true or not at an instant of a run. To add one: a struct above, its name here,
/// its row in scenario/vocabulary.cpp; the compiler then leads to `judge` and `resolve`.
using Check = std::variant<CallCheck>;

/// The check in a few words: `call dc1/service/client/0 -> dc2/service/web`.
std::string describe(const Check& check);

}  // namespace peerlab::checks
