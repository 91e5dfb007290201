#pragma once

#include <string>
#include <string_view>

namespace peerlab::text {

/// What libyaml says about a fault, in words for somebody who writes scenarios.
struct YamlProblem {
  std::string message;
  std::string label;
  std::string help;          ///< may be empty
  bool with_context = true;  ///< whether the beginning of the faulty thing is of interest
};

/// `problem` is libyaml's text; `before` and `after` are the parts of the faulty line on either
/// side of the place it names.
YamlProblem explain_yaml_problem(std::string_view problem, std::string_view before,
                                 std::string_view after);

/// What to write at the place where the faulty thing begins; nothing if that place helps nobody.
/// `context` is libyaml's text, such as "while parsing a flow mapping".
std::string_view explain_yaml_context(std::string_view context);

}  // namespace peerlab::text
