#include "peerlab/checks/expectation.hpp"

#include <fmt/format.h>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::checks {

bool is_active(const Check& check) {
  return std::visit(Overloaded{
                        [](const CallCheck&) { return true; },
                        [](const HttpCheck&) { return true; },
                        [](const LeaderCheck&) { return false; },
                    },
                    check);
}

std::string describe(const Check& check) {
  return std::visit(
      Overloaded{
          [](const CallCheck& call) {
            return fmt::format("{} calls {}{}", call.from, call.to, call.direct ? " directly" : "");
          },
          [](const HttpCheck& http) {
            return fmt::format("{} {} at {}", http.method, http.target, http.server);
          },
          [](const LeaderCheck& leader) { return fmt::format("leader of {}", leader.cluster); },
      },
      check);
}

}  // namespace peerlab::checks
