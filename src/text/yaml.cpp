#include "peerlab/text/yaml.hpp"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <map>
#include <set>

#include "check.hpp"
#include "peerlab/text/utf8.hpp"
#include "yaml_offsets.hpp"
#include "yaml_problem.hpp"
#include "yaml_scalar.hpp"

namespace peerlab::text {

namespace {

constexpr std::string_view core_tag = "tag:yaml.org,2002:";

/// One event of libyaml, freed with it.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }

  yaml_event_t* operator->() { return &event_; }
  yaml_event_t* get() { return &event_; }

 private:
  yaml_event_t event_{};
};

std::string text_of(const yaml_char_t* text) {
  return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}

class Reader {
 public:
  Reader(const Sources& sources, FileId file, Diagnostics& diagnostics, const Limits& limits)
      : file_(file),
        text_(sources.text(file)),
        diagnostics_(diagnostics),
        limits_(limits),
        offsets_(text_) {
    failed_ = yaml_parser_initialize(&parser_) == 0;
    if (failed_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    const std::string_view input = text_.substr(offsets_.bom());
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(input.data()),
                                 input.size());
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { yaml_parser_delete(&parser_); }

  /// All documents that are not empty. With `only_one`, a second one is an error.
  std::vector<Node> documents(bool only_one) {
    std::vector<Node> found;
    int begun = 0;
    while (!failed_) {
      Event event;
      if (!next(event) || event->type == YAML_STREAM_END_EVENT) break;
      if (event->type != YAML_DOCUMENT_START_EVENT) continue;
      if (only_one && ++begun > 1) {
        diagnostics_
            .error(codes::several_documents, span(event), "a second YAML document begins here")
            .help("remove the line `---`, or what comes after it");
        break;
      }
      anchors_.clear();
      Node root = read_next(0);
      const bool nothing = root.kind == Kind::null && root.text.empty();
      if (!failed_ && !nothing) found.push_back(std::move(root));
    }
    return found;
  }

  bool failed() const { return failed_; }

 private:
  struct Anchored {
    Node node;
    std::size_t size = 0;  ///< values in it
    bool complete = false;
  };

  Span span(Event& event) const {
    return {file_, offsets_.byte(event->start_mark.index), offsets_.byte(event->end_mark.index)};
  }

  /// Reports what ends the reading.
  Diagnostic& fail(const Code& code, Span span, std::string message) {
    failed_ = true;
    return diagnostics_.error(code, span, std::move(message));
  }

  bool next(Event& event) {
    if (failed_) return false;
    if (yaml_parser_parse(&parser_, event.get()) != 0) return true;
    report_problem();
    return false;
  }

  void report_problem() {
    if (parser_.error == YAML_READER_ERROR) {
      const auto at = static_cast<std::uint32_t>(
          std::min<std::size_t>(parser_.problem_offset + offsets_.bom(), text_.size()));
      const auto bytes = at < text_.size() ? decode(text_.substr(at)).bytes : 0;
      fail(codes::control_character, {file_, at, at + static_cast<std::uint32_t>(bytes)},
           fmt::format("YAML does not allow the character U+{:04X}", parser_.problem_value))
          .help("inside double quotes write an escape instead");
      return;
    }
    const std::uint32_t at = offsets_.byte(parser_.problem_mark.index);
    const std::size_t line_begin = at == 0 ? 0 : text_.rfind('\n', at - 1) + 1;
    const std::string_view after = text_.substr(at);
    const YamlProblem problem = explain_yaml_problem(
        parser_.problem == nullptr ? "" : parser_.problem,
        text_.substr(line_begin, at - line_begin), after.substr(0, after.find('\n')));
    auto& finding =
        fail(codes::yaml_syntax, {file_, at, after.empty() ? at : at + 1}, problem.message)
            .label(problem.label);
    const std::string_view context =
        explain_yaml_context(parser_.context == nullptr ? "" : parser_.context);
    const std::uint32_t begin = offsets_.byte(parser_.context_mark.index);
    if (problem.with_context && !context.empty() && begin < at) {
      finding.also({file_, begin, begin + 1}, std::string(context));
      // What is never closed is shown where it was opened: the place libyaml names is the end.
      if (problem.message == "a quote is never closed")
        std::swap(finding.primary, finding.secondary[0]);
    }
    if (!problem.help.empty()) finding.help(problem.help);
  }

  Node read_next(std::size_t depth) {
    Event event;
    return next(event) ? read(event, depth) : Node();
  }

  Node read(Event& event, std::size_t depth) {
    if (++nodes_ > limits_.nodes) return too_many(span(event));
    const bool scalar = event->type == YAML_SCALAR_EVENT || event->type == YAML_ALIAS_EVENT;
    if (!scalar && depth >= limits_.depth) {
      fail(codes::too_deep, span(event),
           fmt::format("more than {} lists and maps in each other", limits_.depth));
      return {};
    }
    if (event->type == YAML_ALIAS_EVENT) return copy(event);
    const std::size_t before = nodes_;
    const std::string anchor = anchor_of(event);
    if (!anchor.empty()) anchors_[anchor] = {};
    Node node;
    if (event->type == YAML_SCALAR_EVENT) {
      node = read_scalar(event);
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
      node = read_list(event, depth);
    } else {
      node = read_map(event, depth);
    }
    if (!anchor.empty() && !failed_) {
      const std::size_t size = nodes_ - before + 1;
      nodes_ += size;  // the copy takes memory, too
      if (nodes_ > limits_.nodes) return too_many(node.span);
      anchors_[anchor] = {node, size, true};
    }
    return node;
  }

  Node too_many(Span span) {
    fail(codes::too_large, span, fmt::format("the text holds more than {} values", limits_.nodes));
    return {};
  }

  static std::string anchor_of(Event& event) {
    if (event->type == YAML_SCALAR_EVENT) return text_of(event->data.scalar.anchor);
    if (event->type == YAML_SEQUENCE_START_EVENT) return text_of(event->data.sequence_start.anchor);
    return text_of(event->data.mapping_start.anchor);
  }

  Node copy(Event& event) {
    const std::string name = text_of(event->data.alias.anchor);
    const auto found = anchors_.find(name);
    if (found == anchors_.end() || !found->second.complete) {
      auto& finding = diagnostics_.error(codes::bad_alias, span(event),
                                         fmt::format("alias {} leads nowhere", quote("*" + name)));
      if (found == anchors_.end()) {
        finding.label(fmt::format("no anchor {} stands above", quote("&" + name)))
            .help("put a text that begins with `*` in quotes");
      } else {
        finding.label("this stands inside the value that the anchor names");
      }
      Node nothing;
      nothing.span = span(event);
      return nothing;
    }
    alias_nodes_ += found->second.size;
    nodes_ += found->second.size;
    if (alias_nodes_ > limits_.alias_nodes) {
      fail(codes::alias_bomb, span(event),
           fmt::format("the aliases add more than {} values", limits_.alias_nodes))
          .label("here at the latest");
      return {};
    }
    Node node = found->second.node;
    node.span = span(event);
    return node;
  }

  Node read_scalar(Event& event) {
    const auto& scalar = event->data.scalar;
    Node node;
    node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
    node.quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node.span = span(event);
    if (node.quoted) trim_end(node.span);  // the mark of a block lies on the line after it
    node.kind = node.quoted ? Kind::string : plain_kind(node.text);
    if (const std::string tag = text_of(scalar.tag); !tag.empty()) {
      apply_tag(node, tag);
    } else if (!node.quoted && is_yaml_11_boolean(node.text)) {
      const std::string_view word = node.text;  // yes and on, but neither no nor off
      const bool truth = word[0] == 'y' || word[0] == 'Y' || word[1] == 'n' || word[1] == 'N';
      diagnostics_
          .error(codes::yaml_11_boolean, node.span,
                 fmt::format("{} means two things", quote(node.text)))
          .label("a boolean in YAML 1.1, a string in YAML 1.2")
          .help(fmt::format("write `{}`, or put the word in quotes", truth));
    } else if (!node.quoted && is_ambiguous_number(node.text)) {
      diagnostics_
          .error(codes::ambiguous_number, node.span,
                 fmt::format("{} means two things", quote(node.text)))
          .label("octal in YAML 1.1, decimal in YAML 1.2")
          .help("leave out the leading zero, or put an identifier in quotes");
    }
    return node;
  }

  /// Gives a scalar the type that its tag asks for, quotes or not.
  void apply_tag(Node& node, const std::string& tag) {
    const Kind plain = plain_kind(node.text);
    const auto wants = [&](std::string_view name) {
      return tag == fmt::format("{}{}", core_tag, name);
    };
    if (tag == "!" || wants("str")) {
      node.kind = Kind::string;
      node.quoted = true;
    } else if ((wants("int") && plain == Kind::integer) || (wants("null") && plain == Kind::null) ||
               (wants("bool") && plain == Kind::boolean) ||
               (wants("float") && (plain == Kind::integer || plain == Kind::floating))) {
      node.kind = wants("float") ? Kind::floating : plain;
    } else {
      report_tag(tag, node.span);
    }
  }

  void check_collection_tag(const yaml_char_t* written, std::string_view name, Span span) {
    const std::string tag = text_of(written);
    if (tag.empty() || tag == "!" || tag == fmt::format("{}{}", core_tag, name)) return;
    report_tag(tag, span);
  }

  void report_tag(std::string_view tag, Span span) {
    const bool known = tag.starts_with(core_tag);
    if (known) tag.remove_prefix(core_tag.size());
    diagnostics_
        .error(codes::unknown_tag, span,
               known ? fmt::format("the tag {} does not suit the value or is not known",
                                   quote(fmt::format("!!{}", tag)))
                     : fmt::format("unknown tag {}", quote(tag)))
        .help("put a text that begins with `!` in quotes");
  }

  Node read_list(Event& start, std::size_t depth) {
    Node list;
    list.kind = Kind::list;
    list.span = span(start);
    check_collection_tag(start->data.sequence_start.tag, "seq", list.span);
    while (true) {
      Event event;
      if (!next(event)) return list;
      if (event->type == YAML_SEQUENCE_END_EVENT) {
        const bool flow = start->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        if (flow) list.span.end = span(event).end;
        return list;
      }
      list.items.push_back(read(event, depth + 1));
      list.span.end = std::max(list.span.end, list.items.back().span.end);
    }
  }

  Node read_map(Event& start, std::size_t depth) {
    Node map;
    map.kind = Kind::map;
    map.span = span(start);
    check_collection_tag(start->data.mapping_start.tag, "map", map.span);
    std::map<std::string, Span> keys;
    while (true) {
      Event event;
      if (!next(event)) return map;
      if (event->type == YAML_MAPPING_END_EVENT) {
        const bool flow = start->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        if (flow) map.span.end = span(event).end;
        return map;
      }
      Entry entry;
      const bool good = read_key(event, depth, entry);
      entry.value = read_next(depth + 1);
      map.span.end = std::max({map.span.end, entry.key_span.end, entry.value.span.end});
      if (failed_) return map;
      if (!good) continue;
      const auto [first, fresh] = keys.emplace(entry.key, entry.key_span);
      if (fresh) {
        map.entries.push_back(std::move(entry));
      } else {
        diagnostics_
            .error(codes::duplicate_key, entry.key_span,
                   fmt::format("the key {} stands here twice", quote(entry.key)))
            .label("again")
            .also(first->second, "first");
      }
    }
  }

  /// False if the entry must be left out; then that has been reported.
  bool read_key(Event& event, std::size_t depth, Entry& entry) {
    entry.key_span = span(event);
    if (event->type != YAML_SCALAR_EVENT) {
      const std::size_t before = diagnostics_.errors();
      entry.key_span = read(event, depth + 1).span;
      if (diagnostics_.errors() > before) return false;  // `{{name}}` is one mistake, not two
      diagnostics_.error(codes::bad_key, entry.key_span, "a key must be a single text")
          .help("put the text in quotes if it is meant to be one, as in \"{{name}}\"");
      return false;
    }
    const auto& scalar = event->data.scalar;
    entry.key.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
    entry.key_quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (entry.key_quoted) return true;
    if (plain_kind(entry.key) == Kind::null) {
      diagnostics_.error(codes::bad_key, entry.key_span, "a key is missing before this `:`")
          .help("put a text that begins with `:` in quotes");
      return false;
    }
    if (entry.key == "<<") {
      diagnostics_.error(codes::merge_key, entry.key_span, "merge keys are not supported")
          .help("use `include` or `macros` for what several places share");
      return false;
    }
    if (is_yaml_11_boolean(entry.key)) {
      diagnostics_
          .error(codes::yaml_11_boolean, entry.key_span,
                 fmt::format("the key {} means two things", quote(entry.key)))
          .label("a boolean in YAML 1.1, a string in YAML 1.2")
          .help("put it in quotes if it is a name");
    }
    return true;
  }

  void trim_end(Span& span) const {
    while (span.end > span.begin && (text_[span.end - 1] == '\n' || text_[span.end - 1] == '\r' ||
                                     text_[span.end - 1] == ' ')) {
      --span.end;
    }
  }

  FileId file_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  const Limits& limits_;
  YamlOffsets offsets_;
  yaml_parser_t parser_{};
  bool failed_ = false;
  std::map<std::string, Anchored> anchors_;
  std::size_t nodes_ = 0;
  std::size_t alias_nodes_ = 0;
};

}  // namespace

std::optional<Node> read_yaml(const Sources& sources, FileId file, Diagnostics& diagnostics,
                              const Limits& limits) {
  if (!check_text(sources, file, diagnostics, limits)) return std::nullopt;
  Reader reader(sources, file, diagnostics, limits);
  std::vector<Node> documents = reader.documents(true);
  if (reader.failed()) return std::nullopt;
  if (documents.empty()) {
    diagnostics.error(codes::empty_text, {file, 0, 0}, "the file is empty");
    return std::nullopt;
  }
  return std::move(documents.front());
}

std::vector<Node> read_yaml_documents(const Sources& sources, FileId file, Diagnostics& diagnostics,
                                      const Limits& limits) {
  if (!check_text(sources, file, diagnostics, limits)) return {};
  return Reader(sources, file, diagnostics, limits).documents(false);
}

}  // namespace peerlab::text
