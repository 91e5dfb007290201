#pragma once

#include <string>
#include <string_view>

namespace peerlab::text {

/// What libyaml says about a fault, in words for somebody who writes scenarios.
struct YamlProblem {
  std::string message;
  std::string label;
  std::string help;  ///< may be empty
};

/// `problem` is libyaml's text; `before` and `after` are the parts of the faulty line on either
/// side of the place it names.
YamlProblem explain_yaml_problem(std::string_view problem, std::string_view before,
                                 std::string_view after);

}  // namespace peerlab::text
