#include "peerlab/checks/expectation.hpp"

#include <fmt/format.h>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::checks {

std::string describe(const Check& check) {
  return std::visit(
      Overloaded{
          [](const CallCheck& call) {
            return fmt::format("{} calls {}{}", call.from, call.to, call.direct ? " directly" : "");
          },
      },
      check);
}

}  // namespace peerlab::checks
