#include "filter_parse.hpp"

#include <fmt/format.h>

#include <set>

namespace peerlab::server::api {
namespace {

using Node = Filter::Node;
using NodePtr = std::shared_ptr<Node>;

constexpr int deepest = 200;

/// A parser of ordered choices that goes back on failure, like the one that go-bexpr was generated
/// by. It remembers what it last looked for at the furthest place, which makes the error text.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  tl::expected<NodePtr, std::string> parse() {
    skip();
    NodePtr tree = any_of(0);
    if (tree != nullptr) {
      skip();
      if (at_ == text_.size()) return tree;
      expect_end();
    }
    return tl::unexpected<std::string>(error_.empty() ? unmatched() : error_);
  }

 private:
  std::string position(std::size_t at) const { return fmt::format("1:{} ({})", at + 1, at); }

  void missed(std::size_t at, std::string what) {
    if (at < furthest_) return;
    if (at > furthest_) expected_.clear();
    furthest_ = at;
    expected_.insert(std::move(what));
  }
  void expect_end() { missed(at_, "EOF"); }

  void fault(std::size_t at, std::string_view rule, std::string_view text) {
    if (error_.empty()) error_ = fmt::format("{}: rule \"{}\": {}", position(at), rule, text);
  }

  std::string unmatched() const {
    std::vector<std::string> all(expected_.begin(), expected_.end());
    // The end of the text comes last, whatever its name.
    if (const auto end = std::find(all.begin(), all.end(), "EOF"); end != all.end()) {
      std::rotate(end, end + 1, all.end());
    }
    std::string list;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) list += i + 1 == all.size() ? " or " : ", ";
      list += all[i];
    }
    return fmt::format("{}: no match found, expected: {}", position(furthest_), list);
  }

  bool literal(std::string_view word) {
    if (text_.substr(at_).starts_with(word)) {
      at_ += word.size();
      return true;
    }
    missed(at_, word == "\"" ? R"("\"")" : fmt::format("\"{}\"", word));
    return false;
  }
  template <class Is>
  bool one_of(std::string_view name, Is is) {
    if (at_ < text_.size() && is(text_[at_])) {
      ++at_;
      return true;
    }
    missed(at_, std::string(name));
    return false;
  }
  bool blank() {
    return one_of(R"([ \t\r\n])",
                  [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  }
  bool blanks() {
    if (!blank()) return false;
    skip();
    return true;
  }
  void skip() {
    while (blank()) {
    }
  }
  /// Whether `attempt` succeeds; if not, nothing was read.
  template <class Attempt>
  bool try_to(Attempt attempt) {
    const std::size_t start = at_;
    if (attempt()) return true;
    at_ = start;
    return false;
  }

  NodePtr any_of(int depth) { return chain(depth, "or", Node::Kind::any_of, &Parser::all_of); }
  NodePtr all_of(int depth) { return chain(depth, "and", Node::Kind::all_of, &Parser::none_of); }

  NodePtr chain(int depth, std::string_view word, Node::Kind kind, NodePtr (Parser::*part)(int)) {
    NodePtr first = (this->*part)(depth);
    if (first == nullptr) return nullptr;
    std::vector<NodePtr> parts{first};
    while (true) {
      NodePtr next;
      const bool more = try_to([&] {
        if (!blanks() || !literal(word) || !blanks()) return false;
        next = (this->*part)(depth);
        return next != nullptr;
      });
      if (!more) break;
      parts.push_back(next);
    }
    if (parts.size() == 1) return first;
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->parts = std::move(parts);
    return node;
  }

  NodePtr none_of(int depth) {
    if (depth > deepest) {
      fault(at_, "grouping", "nested too deeply");
      return nullptr;
    }
    NodePtr inner;
    const bool negated = try_to([&] {
      if (!literal("not") || !blanks()) return false;
      inner = none_of(depth + 1);
      return inner != nullptr;
    });
    if (!negated) return group(depth);
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::none_of;
    node->parts = {inner};
    return node;
  }

  NodePtr group(int depth) {
    NodePtr inner;
    const bool grouped = try_to([&] {
      if (!literal("(")) return false;
      skip();
      inner = any_of(depth + 1);
      if (inner == nullptr) return false;
      skip();
      if (literal(")")) return true;
      fault(at_, "grouping", "Unmatched parentheses");
      return false;
    });
    return grouped ? inner : match();
  }

  NodePtr match() {
    auto node = std::make_shared<Node>();
    if (try_to([&] { return selector_value(*node); })) return node;
    if (try_to([&] { return selector_alone(*node); })) return node;
    if (try_to([&] { return value_selector(*node); })) return node;
    return nullptr;
  }

  bool selector_value(Node& node) {
    return selector(node.selector) && comparison(node) && value(node.value);
  }

  bool comparison(Node& node) {
    const auto symbol = [&](std::string_view sign, bool negated) {
      return try_to([&] {
        skip();
        if (!literal(sign)) return false;
        skip();
        node.op = Node::Operator::equal;
        node.negated = negated;
        return true;
      });
    };
    const auto word = [&](std::string_view name, bool negated, Node::Operator op) {
      return try_to([&] {
        if (!blanks()) return false;
        if (negated && (!literal("not") || !blanks())) return false;
        if (!literal(name) || !blanks()) return false;
        node.op = op;
        node.negated = negated;
        return true;
      });
    };
    return symbol("==", false) || symbol("!=", true) ||
           word("contains", false, Node::Operator::in) ||
           word("contains", true, Node::Operator::in) ||
           word("matches", false, Node::Operator::matches) ||
           word("matches", true, Node::Operator::matches);
  }

  bool selector_alone(Node& node) {
    if (!selector(node.selector)) return false;
    node.op = Node::Operator::is_empty;
    for (const bool negated : {false, true}) {
      node.negated = negated;
      const bool found = try_to([&] {
        if (!blanks() || !literal("is") || !blanks()) return false;
        if (negated && (!literal("not") || !blanks())) return false;
        return literal("empty");
      });
      if (found) return true;
    }
    return false;
  }

  bool value_selector(Node& node) {
    if (!value(node.value)) return false;
    node.op = Node::Operator::in;
    for (const bool negated : {false, true}) {
      node.negated = negated;
      const bool found = try_to([&] {
        if (!blanks()) return false;
        if (negated && (!literal("not") || !blanks())) return false;
        return literal("in") && blanks() && selector(node.selector);
      });
      if (found) return true;
    }
    return false;
  }

  bool selector(std::vector<std::string>& parts) {
    parts.clear();
    std::string part;
    if (!identifier(part)) return false;
    parts.push_back(part);
    while (true) {
      const bool more = try_to([&] { return literal(".") && identifier(part); }) ||
                        try_to([&] { return index(part); });
      if (!more) return true;
      parts.push_back(part);
    }
  }

  bool index(std::string& part) {
    if (!literal("[")) return false;
    skip();
    if (!string(part)) return false;
    skip();
    return literal("]");
  }

  bool identifier(std::string& into) {
    const std::size_t start = at_;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (!one_of("[a-zA-Z]", letter)) return false;
    while (one_of("[a-zA-Z0-9_]",
                  [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; })) {
    }
    into = text_.substr(start, at_ - start);
    return true;
  }

  bool value(std::string& into) {
    std::vector<std::string> parts;
    const std::size_t start = at_;
    if (selector(parts)) {
      into = text_.substr(start, at_ - start);
      return true;
    }
    return try_to([&] { return number(into); }) || try_to([&] { return string(into); });
  }

  bool number(std::string& into) {
    const std::size_t start = at_;
    literal("-");
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!literal("0")) {
      if (!one_of("[1-9]", [](char c) { return c >= '1' && c <= '9'; })) return false;
      while (one_of("[0-9]", digit)) {
      }
    }
    try_to([&] {
      if (!literal(".") || !one_of("[0-9]", digit)) return false;
      while (one_of("[0-9]", digit)) {
      }
      return true;
    });
    const std::string_view rest = text_.substr(at_);
    if (!rest.empty() && std::string_view(" \t\r\n)").find(rest[0]) == std::string_view::npos) {
      fault(at_, "number", "Invalid number literal");
      return false;
    }
    into = text_.substr(start, at_ - start);
    return true;
  }

  bool string(std::string& into) {
    const std::size_t start = at_;
    for (const std::string_view quote : {"`", "\""}) {
      if (!literal(quote)) continue;
      const std::size_t end = text_.find(quote[0], at_);
      if (end == std::string_view::npos) {
        fault(text_.size(), "string", "Unterminated string literal");
        return false;
      }
      into = text_.substr(at_, end - at_);
      at_ = end + 1;
      // Escapes are read by Go's strconv.Unquote, which has none to read in names of Consul.
      if (quote == "\"" && into.find('\\') != std::string::npos) {
        fault(start, "string", "invalid syntax");
        return false;
      }
      return true;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t furthest_ = 0;
  std::set<std::string> expected_;
  std::string error_;
};

}  // namespace

tl::expected<NodePtr, std::string> parse_filter(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace peerlab::server::api
