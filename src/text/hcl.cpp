#include "peerlab/text/hcl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "check.hpp"
#include "hcl_lexer.hpp"
#include "hcl_value.hpp"
#include "peerlab/text/json.hpp"
#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

namespace {

using Step = tl::expected<void, HclFault>;

std::string in_words(const HclLexeme& lexeme) {
  if (lexeme.token == HclToken::eof) return "the end of the text";
  return quote(lexeme.text.substr(0, lexeme.text.find('\n')));
}

/// Reads the grammar of HCL 1 by recursive descent, one level for each nested value.
class Parser {
 public:
  Parser(FileId file, std::string_view text, Diagnostics& diagnostics, const Limits& limits)
      : lexer_(file, text), diagnostics_(diagnostics), limits_(limits) {
    root_.kind = Kind::map;
    root_.span = {file, 0, static_cast<std::uint32_t>(text.size())};
  }

  /// The whole text; the tree is in `root()`.
  Step parse() { return parse_items(root_, false, 1); }
  Node& root() { return root_; }

  /// The key at the very end that has no value, if there is one: Consul drops it.
  const std::optional<HclFault>& dangling() const { return dangling_; }

 private:
  struct Key {
    std::string name;
    Span span;
    bool quoted;
    std::string_view written;
  };
  using Index = std::map<std::string, std::size_t>;

  Step advance() {
    auto next = lexer_.next();
    if (!next) return tl::unexpected(next.error());
    lexeme_ = *next;
    return {};
  }

  tl::unexpected<HclFault> fault(std::string_view consul, std::string message,
                                 std::string label = "", std::string help = "") const {
    return tl::unexpected(HclFault{lexeme_.span, std::move(message), std::move(label),
                                   std::move(help), at_position(lexeme_.position, consul)});
  }

  bool at(HclToken token) const { return lexeme_.token == token; }

  Step enter(std::size_t depth) {
    if (depth >= limits_.depth) {
      auto failure = fault("nested too deeply",
                           fmt::format("more than {} lists and maps in each other", limits_.depth));
      failure.value().code = codes::too_deep;
      return failure;
    }
    return count();
  }

  Step count() {
    if (++nodes_ <= limits_.nodes) return {};
    auto failure =
        fault("too many values", fmt::format("the text holds more than {} values", limits_.nodes));
    failure.value().code = codes::too_large;
    return failure;
  }

  /// `depth`, here and below, is the number of maps and lists around what is read.
  ///
  /// Items up to the end of the text, or up to the closing brace, which is left for the caller.
  /// The first token has not been read yet.
  Step parse_items(Node& map, bool braced, std::size_t depth) {
    Index index;
    if (auto step = advance(); !step) return step;
    while (!at(HclToken::eof) && !(braced && at(HclToken::right_brace))) {
      if (auto step = parse_item(map, index, depth); !step) return step;
      if (dangling_) return {};
      // Items may be separated by commas, but need not be.
      if (at(HclToken::comma)) {
        if (auto step = advance(); !step) return step;
      }
    }
    return {};
  }

  /// Keys and a value. The first token is at hand, and afterwards the one behind the item.
  Step parse_item(Node& map, Index& index, std::size_t depth) {
    std::vector<Key> keys;
    while (at(HclToken::identifier) || at(HclToken::string)) {
      const bool quoted = at(HclToken::string);
      keys.push_back({quoted ? value_of(lexeme_) : std::string(lexeme_.text), lexeme_.span, quoted,
                      lexeme_.text});
      if (keys.size() > 1) {  // a label is a map of its own
        if (auto step = enter(depth + keys.size() - 2); !step) return step;
      }
      if (auto step = advance(); !step) return step;
    }
    Node value;
    if (auto step = parse_value_of(keys, value, depth + std::max<std::size_t>(keys.size(), 1) - 1);
        !step)
      return step;
    if (dangling_) return {};
    for (; keys.size() > 1; keys.pop_back()) {
      Node outer;
      outer.kind = Kind::map;
      outer.span = {value.span.file, keys.back().span.begin, value.span.end};
      outer.entries.push_back(entry(keys.back(), std::move(value)));
      value = std::move(outer);
    }
    put(map, index, entry(keys.front(), std::move(value)));
    return {};
  }

  static Entry entry(Key& key, Node value) {
    return {std::move(key.name), key.span, key.quoted, std::move(value)};
  }

  /// `= value` or `{ ... }`. Reports what stands in place of either.
  Step parse_value_of(const std::vector<Key>& keys, Node& value, std::size_t depth) {
    if (at(HclToken::assign) && keys.size() == 1) {
      const HclLexeme sign = lexeme_;
      if (auto step = advance(); !step) return step;
      if (at(HclToken::eof)) {
        dangling_ =
            HclFault{sign.span, fmt::format("{} has no value", quote(keys[0].name)),
                     "the text ends here", "", "accepted, and the key is dropped without a word"};
        return {};
      }
      return parse_value(value, depth);
    }
    if (at(HclToken::left_brace) && !keys.empty()) return parse_value(value, depth);
    return report_no_value(keys);
  }

  Step report_no_value(const std::vector<Key>& keys) {
    if (keys.empty()) {
      if (at(HclToken::assign)) {
        return fault("no object keys found!", "a key is missing before `=`");
      }
      if (at(HclToken::left_brace)) {
        return fault("expected: IDENT | STRING got: LBRACE", "a key is missing before `{`");
      }
      std::string help;
      if (at(HclToken::add) || at(HclToken::sub) || at(HclToken::period)) {
        help = "HCL 1, which Consul reads, has no expressions";
      } else if (at(HclToken::right_brace)) {
        help = "there is one `}` too many";
      }
      auto failure =
          fault(fmt::format("expected: IDENT | STRING | ASSIGN | LBRACE got: {}",
                            consul_name(lexeme_.token)),
                fmt::format("expected a key, found {}", in_words(lexeme_)), "", std::move(help));
      if (at(HclToken::right_bracket)) failure.value().opened = brace_;
      return failure;
    }
    if (at(HclToken::assign)) {
      return fault("nested object expected: LBRACE got: ASSIGN", "only a block may have labels",
                   "expected `{`",
                   fmt::format("write `{} {} {{ ... }}`", keys[0].written, keys[1].written));
    }
    if (!at(HclToken::eof) && !at(HclToken::right_brace)) {
      return fault(fmt::format("expected: IDENT | STRING | ASSIGN | LBRACE got: {}",
                               consul_name(lexeme_.token)),
                   fmt::format("expected `=` or `{{` behind {}, found {}", quote(keys.back().name),
                               in_words(lexeme_)));
    }
    std::string written;
    for (const Key& key : keys)
      written += fmt::format("{}{}", written.empty() ? "" : " ", key.written);
    return fault(
        fmt::format("key '{}' expected start of object ('{{') or assignment ('=')", written),
        fmt::format("{} has no value", quote(keys.back().name)), "expected `=` or `{`");
  }

  /// Any value; its first token is at hand, and afterwards the one behind it.
  Step parse_value(Node& value, std::size_t depth) {
    switch (lexeme_.token) {
      case HclToken::number:
      case HclToken::floating:
      case HclToken::boolean:
      case HclToken::string:
      case HclToken::heredoc:
        return parse_literal(value);
      case HclToken::left_brace:
        return parse_object(value, depth);
      case HclToken::left_bracket:
        return parse_list(value, depth);
      case HclToken::right_brace:
        return report_empty_value();
      case HclToken::eof:
      case HclToken::identifier:
      case HclToken::right_bracket:
      case HclToken::comma:
      case HclToken::period:
      case HclToken::assign:
      case HclToken::add:
      case HclToken::sub:
        break;
    }
    const std::string consul =
        fmt::format("Unknown token: {}:{} {} {}", lexeme_.position.line, lexeme_.position.column,
                    consul_name(lexeme_.token), lexeme_.text);
    return fault(consul, fmt::format("expected a value, found {}", in_words(lexeme_)), "",
                 help_for_word());
  }

  std::string help_for_word() const {
    if (!at(HclToken::identifier)) return "";
    if (lexeme_.text == "null") return "HCL 1 knows no null; leave out the key";
    return fmt::format("put a text in quotes: \"{}\"", printable(lexeme_.text));
  }

  /// `key = }`: HCL's parser takes this brace for the end of the map, goes on, and complains of
  /// whatever comes next.
  Step report_empty_value() {
    auto failure = fault("", "a value is missing", "expected a value before this");
    if (auto step = advance(); !step) return step;
    failure.value().consul = at_position(
        lexeme_.position,
        fmt::format("object expected closing RBRACE got: {}", consul_name(lexeme_.token)));
    return failure;
  }

  Step parse_literal(Node& value) {
    if (auto step = count(); !step) return step;
    value.span = lexeme_.span;
    value.text = std::string(lexeme_.text);
    if (at(HclToken::boolean)) {
      value.kind = Kind::boolean;
    } else if (at(HclToken::number)) {
      value.kind = Kind::integer;
      write_octal_as_such(value.text);
    } else if (at(HclToken::floating)) {
      value.kind = Kind::floating;
    } else {
      value.kind = Kind::string;
      value.quoted = true;
      value.text = value_of(lexeme_);
    }
    const bool too_large = (value.kind == Kind::integer && !value.integer()) ||
                           (value.kind == Kind::floating && !value.number());
    if (too_large) {
      auto failure =
          fault("value out of range", fmt::format("{} is out of range", quote(lexeme_.text)), "",
                "numbers have 64 bits");
      failure.value().code = codes::bad_number;
      return failure;
    }
    return advance();
  }

  /// A leading zero means octal in HCL; in the tree that is written `0o17`.
  static void write_octal_as_such(std::string& text) {
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    const bool octal = text.size() > first + 1 && text[first] == '0' && text[first + 1] != 'x' &&
                       text[first + 1] != 'X';
    if (octal) text.insert(first + 1, "o");
  }

  Step parse_object(Node& map, std::size_t depth) {
    if (auto step = enter(depth); !step) return step;
    const Span opening = lexeme_.span;
    map.kind = Kind::map;
    const auto outer_brace = std::exchange(brace_, opening);
    if (auto step = parse_items(map, true, depth + 1); !step) return step;
    brace_ = outer_brace;
    if (at(HclToken::eof) || dangling_) {
      // HCL's parser looks at the end of the text once more before it complains.
      dangling_.reset();
      if (auto step = advance(); !step) return step;
      auto failure = fault("object expected closing RBRACE got: EOF", "a brace is never closed",
                           "opened here");
      failure.value().span = opening;
      return failure;
    }
    map.span = {opening.file, opening.begin, lexeme_.span.end};
    return advance();
  }

  Step parse_list(Node& list, std::size_t depth) {
    if (auto step = enter(depth); !step) return step;
    const Span opening = lexeme_.span;
    list.kind = Kind::list;
    bool need_comma = false;
    if (auto step = advance(); !step) return step;
    while (!at(HclToken::right_bracket)) {
      if (at(HclToken::comma)) {
        need_comma = false;
        if (auto step = advance(); !step) return step;
        continue;
      }
      if (need_comma) {
        return in_list(opening, "expected `,` or `]`",
                       "error parsing list, expected comma or list end, got");
      }
      if (auto step = parse_element(list, opening, depth); !step) return step;
      // HCL's parser forgets to ask for a comma behind a list.
      need_comma = list.items.back().kind != Kind::list;
    }
    list.span = {opening.file, opening.begin, lexeme_.span.end};
    return advance();
  }

  /// Reports what does not belong into a list.
  tl::unexpected<HclFault> in_list(Span opening, std::string_view expected,
                                   std::string_view consul) const {
    const std::string words = fmt::format("{}: {}", consul, consul_name(lexeme_.token));
    if (!at(HclToken::eof)) {
      return fault(words, fmt::format("{}, found {}", expected, in_words(lexeme_)), "",
                   help_for_word());
    }
    auto failure = fault(words, "a bracket is never closed", "opened here");
    failure.value().span = opening;
    return failure;
  }

  Step parse_element(Node& list, Span opening, std::size_t depth) {
    const HclPosition position = lexeme_.position;
    const bool object = at(HclToken::left_brace);
    const bool inner_list = at(HclToken::left_bracket);
    const bool literal = at(HclToken::number) || at(HclToken::floating) || at(HclToken::boolean) ||
                         at(HclToken::string) || at(HclToken::heredoc);
    if (!object && !inner_list && !literal) {
      return in_list(opening, "expected a value or `]`", "unexpected token while parsing list");
    }
    Node element;
    auto step = parse_value(element, depth + 1);
    if (!step) {
      if (!literal) {
        const auto* what = object ? "object within list" : "list within list";
        step.error().consul = at_position(
            position, fmt::format("error while trying to parse {}: {}", what, step.error().consul));
      }
      return step;
    }
    list.items.push_back(std::move(element));
    return step;
  }

  /// Adds an entry to a map. Equal blocks gather in a list; of other values the last one wins.
  void put(Node& map, Index& index, Entry added) {
    const auto [known, fresh] = index.emplace(added.key, map.entries.size());
    if (fresh) {
      map.entries.push_back(std::move(added));
      return;
    }
    Entry& entry = map.entries[known->second];
    Node& value = entry.value;
    const bool blocks = value.kind == Kind::map && added.value.kind == Kind::map;
    if (!blocks && value.kind != Kind::list) {
      diagnostics_
          .warning(codes::duplicate_key, added.key_span,
                   fmt::format("the key {} stands here twice", quote(added.key)))
          .label("this one wins")
          .also(entry.key_span, "this one is lost");
      entry = std::move(added);
      return;
    }
    if (blocks) {
      Node list;
      list.kind = Kind::list;
      list.span = value.span;
      list.items.push_back(std::move(value));
      value = std::move(list);
    }
    value.span.end = added.value.span.end;
    if (added.value.kind == Kind::list) {
      for (Node& item : added.value.items) value.items.push_back(std::move(item));
    } else {
      value.items.push_back(std::move(added.value));
    }
  }

  HclLexer lexer_;
  HclLexeme lexeme_;
  Diagnostics& diagnostics_;
  const Limits& limits_;
  Node root_;
  std::size_t nodes_ = 0;
  std::optional<HclFault> dangling_;
  std::optional<Span> brace_;  ///< the innermost that is open
};

bool begins_with_brace(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto first = text.find_first_not_of(" \t\r\n\v\f");
  return first != std::string_view::npos && text[first] == '{';
}

void report(const HclFault& fault, Diagnostics& diagnostics) {
  auto& finding = diagnostics.error(fault.code, fault.span, fault.message);
  if (!fault.label.empty()) finding.label(fault.label);
  if (fault.opened) finding.also(*fault.opened, "this brace is still open");
  if (!fault.help.empty()) finding.help(fault.help);
  if (fault.code.id == codes::hcl_syntax.id) finding.footer("in Consul", fault.consul);
}

}  // namespace

std::optional<Node> read_hcl(const Sources& sources, FileId file, Diagnostics& diagnostics,
                             const Limits& limits) {
  const std::string_view text = sources.text(file);
  if (begins_with_brace(text)) return read_json(sources, file, diagnostics, limits);
  if (!check_text(sources, file, diagnostics, limits)) return std::nullopt;
  Parser parser(file, text, diagnostics, limits);
  if (auto step = parser.parse(); !step) {
    report(step.error(), diagnostics);
    return std::nullopt;
  }
  if (parser.dangling()) report(*parser.dangling(), diagnostics);
  return std::move(parser.root());
}

Result<Node> parse_hcl(std::string_view text, const Limits& limits) {
  Sources sources;
  Diagnostics diagnostics;
  const FileId file = sources.add("", std::string(text.substr(0, limits.bytes + 1)));
  if (!begins_with_brace(text) && check_text(sources, file, diagnostics, limits)) {
    Parser parser(file, sources.text(file), diagnostics, limits);
    if (auto step = parser.parse(); !step) {
      return failure(Errc::malformed_message, step.error().consul);
    }
    return std::move(parser.root());
  }
  auto tree = read_json(sources, file, diagnostics, limits);
  if (tree && !diagnostics.has_errors()) return std::move(*tree);
  return failure(Errc::malformed_message, diagnostics.all().front().message);
}

}  // namespace peerlab::text
