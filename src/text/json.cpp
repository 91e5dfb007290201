#include "peerlab/text/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "check.hpp"
#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

namespace {

/// Walks over the text and tells how far the parser, which has a copy of it, has come.
class Tape {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Tape(const char* at, std::size_t* taken) : at_(at), taken_(taken) {}
  reference operator*() const { return *at_; }
  Tape& operator++() {
    ++at_;
    ++*taken_;
    return *this;
  }
  Tape operator++(int) {
    Tape before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Tape& other) const { return at_ == other.at_; }
  bool operator!=(const Tape& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* taken_;
};

bool is_between_tokens(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ':';
}

/// Builds the tree from the parser's calls. They come without positions; but between two tokens
/// that a call is made for stand only white space, commas and colons, so that each token begins
/// where the next other byte is.
class Handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Handler(FileId file, std::string_view text, Diagnostics& diagnostics, const Limits& limits)
      : file_(file), text_(text), diagnostics_(diagnostics), limits_(limits) {
    if (text.starts_with("\xEF\xBB\xBF")) end_ = 3;
  }

  std::size_t* taken() { return &taken_; }
  std::optional<Node> take_root() { return std::move(root_); }

  bool null() override { return value(Kind::null, whole_token()); }
  bool boolean(bool) override { return value(Kind::boolean, whole_token()); }
  bool number_integer(number_integer_t) override { return value(Kind::integer, number_token()); }
  bool number_unsigned(number_unsigned_t) override { return value(Kind::integer, number_token()); }
  bool number_float(number_float_t, const string_t& written) override {
    // An integer beyond 64 bits comes as a floating-point number.
    const bool whole = written.find_first_of(".eE") == std::string::npos;
    return value(whole ? Kind::integer : Kind::floating, number_token());
  }
  bool string(string_t& text) override {
    Node node;
    node.kind = Kind::string;
    node.quoted = true;
    node.span = whole_token();
    node.text = std::move(text);
    return add(std::move(node));
  }
  bool binary(binary_t&) override { return false; }  // no JSON text holds any

  bool start_object(std::size_t) override { return open(Kind::map); }
  bool start_array(std::size_t) override { return open(Kind::list); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Open& map = open_.back();
    map.key.key = std::move(name);
    map.key.key_span = whole_token();
    map.key.key_quoted = true;
    map.key_is_new = map.keys.insert(map.key.key).second;
    if (map.key_is_new) return true;
    diagnostics_
        .error(codes::duplicate_key, map.key.key_span,
               fmt::format("the key {} stands here twice", quote(map.key.key)))
        .label("again")
        .also(map.node.find(map.key.key)->key_span, "first");
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    report(position, error.what(), error.id == 406);
    return false;
  }

 private:
  struct Open {
    Node node;
    Entry key;
    bool key_is_new = true;
    std::set<std::string> keys;
  };

  Span next_token(std::size_t end) {
    std::size_t begin = end_;
    while (begin < end && is_between_tokens(text_[begin])) ++begin;
    end_ = end;
    return {file_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }

  /// The token whose last byte was the last one taken.
  Span whole_token() { return next_token(taken_); }

  /// A number ends only where something else begins, so the parser has looked one byte further.
  Span number_token() {
    std::size_t end = end_;
    while (end < text_.size() && is_between_tokens(text_[end])) ++end;
    const auto rest = text_.substr(end);
    end += std::min(rest.find_first_not_of("+-.0123456789eE"), rest.size());
    return next_token(end);
  }

  bool value(Kind kind, Span span) {
    Node node;
    node.kind = kind;
    node.span = span;
    node.text = std::string(text_.substr(span.begin, span.end - span.begin));
    return add(std::move(node));
  }

  bool open(Kind kind) {
    const Span span = whole_token();
    if (open_.size() >= limits_.depth) {
      diagnostics_.error(codes::too_deep, span,
                         fmt::format("more than {} lists and maps in each other", limits_.depth));
      return false;
    }
    if (!count(span)) return false;
    open_.emplace_back();
    open_.back().node.kind = kind;
    open_.back().node.span = span;
    return true;
  }

  bool close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    node.span.end = whole_token().end;
    return place(std::move(node));
  }

  bool add(Node node) { return count(node.span) && place(std::move(node)); }

  bool count(Span span) {
    if (++nodes_ <= limits_.nodes) return true;
    diagnostics_.error(codes::too_large, span,
                       fmt::format("the text holds more than {} values", limits_.nodes));
    return false;
  }

  bool place(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (Open& outer = open_.back(); outer.node.kind == Kind::list) {
      outer.node.items.push_back(std::move(node));
    } else if (outer.key_is_new) {
      outer.key.value = std::move(node);
      outer.node.entries.push_back(std::move(outer.key));
    }
    return true;
  }

  /// `what` is nlohmann's text: "... syntax error while parsing <context> - <problem>".
  void report(std::size_t position, std::string_view what, bool overflow) {
    const std::size_t end = std::min(position, text_.size());
    if (text_.find_first_not_of(" \t\r\n", end_) == std::string_view::npos && !started()) {
      diagnostics_.error(codes::empty_text, {file_, 0, 0}, "the text is empty");
      return;
    }
    if (overflow) {
      const Span span = number_token();
      diagnostics_.error(codes::bad_number, span,
                         fmt::format("{} is out of range",
                                     quote(text_.substr(span.begin, span.end - span.begin))));
      return;
    }
    std::string_view problem = what.substr(std::min(what.find(" - "), what.size() - 3) + 3);
    const std::string_view expected =
        problem.substr(std::min(problem.find("; expected "), problem.size()));
    problem = problem.substr(0, problem.find("; "));
    const bool at_end = problem.find("end of input") != std::string_view::npos;
    const bool literal = problem.ends_with("literal") && problem.starts_with("unexpected");
    Span span{file_, static_cast<std::uint32_t>(end > 0 && !at_end ? end - 1 : end),
              static_cast<std::uint32_t>(end)};
    const bool open_string = problem.find("missing closing quote") != std::string_view::npos;
    if (literal || open_string) span = next_token(end);
    auto& finding = diagnostics_.error(codes::json_syntax, span,
                                       fmt::format("this is not JSON: {}", printable(problem)));
    if (!expected.empty()) finding.label(std::string(expected.substr(2)));
    const char sign = span.begin < text_.size() ? text_[span.begin] : '\0';
    if (sign == '/' || sign == '#') finding.help("JSON has no comments");
    if (sign == '\'') finding.help("JSON strings stand in double quotes");
    std::string_view before = text_.substr(0, span.begin);
    before = before.substr(0, before.find_last_not_of(" \t\r\n") + 1);
    if ((sign == '}' || sign == ']') && before.ends_with(',')) {
      finding.help("remove the comma before it");
    }
  }

  bool started() const { return root_ || !open_.empty(); }

  FileId file_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  const Limits& limits_;
  std::size_t taken_ = 0;  ///< bytes that the parser has read
  std::size_t end_ = 0;    ///< end of the last token
  std::size_t nodes_ = 0;
  std::vector<Open> open_;
  std::optional<Node> root_;
};

}  // namespace

std::optional<Node> read_json(const Sources& sources, FileId file, Diagnostics& diagnostics,
                              const Limits& limits) {
  if (!check_text(sources, file, diagnostics, limits)) return std::nullopt;
  const std::string_view text = sources.text(file);
  Handler handler(file, text, diagnostics, limits);
  const bool good =
      nlohmann::json::sax_parse(Tape(text.data(), handler.taken()),
                                Tape(text.data() + text.size(), handler.taken()), &handler);
  return good ? handler.take_root() : std::nullopt;
}

}  // namespace peerlab::text
