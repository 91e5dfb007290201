#pragma once

#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "filter.hpp"

namespace peerlab::server::api {

/// An expression as a tree.
struct Filter::Node {
  enum class Kind { all_of, any_of, none_of, match };
  enum class Operator { equal, in, is_empty, matches };

  Kind kind = Kind::match;
  std::vector<std::shared_ptr<Node>> parts;  // of the first three

  std::vector<std::string> selector;
  Operator op = Operator::equal;
  bool negated = false;
  std::string value;
  std::optional<std::regex> pattern = {};
};

/// The tree of an expression that is well formed; else the parser's text, without a prefix.
tl::expected<std::shared_ptr<Filter::Node>, std::string> parse_filter(std::string_view text);

}  // namespace peerlab::server::api
