#include "peerlab/scenario/check_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "peerlab/scenario/vocabulary.hpp"
#include "peerlab/text/suggest.hpp"
#include "peerlab/text/utf8.hpp"
#include "values.hpp"

namespace peerlab::scenario {
namespace {

using text::Node;
using Kind = Form::Kind;

class Checker {
 public:
  explicit Checker(text::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void check(const Node& node, const Form& form) {
    switch (form.kind) {
      case Kind::anything:
        return;
      case Kind::text:
      case Kind::name:
        return text(node, form);
      case Kind::boolean:
        return boolean(node, form);
      case Kind::integer:
      case Kind::count:
      case Kind::size_count:
      case Kind::duration:
      case Kind::signed_duration:
      case Kind::size:
      case Kind::rate:
      case Kind::percent:
        return unit(node, form);
      case Kind::choice:
        return choice(node, form);
      case Kind::list:
        return list(node, form);
      case Kind::map:
        return map(node, form);
      case Kind::record:
        return record(node, form);
      case Kind::steps:
        return words(node, form, verbs(), "step");
      case Kind::checks:
        return words(node, form, checks(), "check");
    }
  }

 private:
  /// Whether something is said of this place already: what the reader of YAML could not make
  /// anything of is not of the wrong type besides.
  bool is_known_to_be_wrong(text::Span span) const {
    return std::ranges::any_of(diagnostics_.all(), [&](const text::Diagnostic& finding) {
      return overlap(finding.primary.span, span);
    });
  }

  void wrong_type(const Node& node, const Form& form) {
    if (is_known_to_be_wrong(node.span)) return;
    diagnostics_.error(
        text::codes::wrong_type, node.span,
        fmt::format("expected {}, found {}", form.title, text::with_article(node.kind)));
  }

  void text(const Node& node, const Form& form) {
    if (!node.is_scalar() || node.kind == text::Kind::null) return wrong_type(node, form);
    if (form.kind == Kind::name && node.text.empty() && !is_known_to_be_wrong(node.span)) {
      diagnostics_.error(text::codes::wrong_type, node.span,
                         fmt::format("expected {}, found an empty text", form.title));
    }
  }

  void boolean(const Node& node, const Form& form) {
    if (node.kind != text::Kind::boolean) wrong_type(node, form);
  }

  void unit(const Node& node, const Form& form) {
    if (!node.is_scalar() || node.kind == text::Kind::null) return wrong_type(node, form);
    if (!is_known_to_be_wrong(node.span)) check_value(node, form.kind, diagnostics_);
  }

  void choice(const Node& node, const Form& form) {
    if (!node.is_scalar()) return wrong_type(node, form);
    std::vector<std::string_view> choices;
    std::string_view rest = form.choices;
    for (;;) {
      const std::size_t bar = rest.find('|');
      choices.push_back(rest.substr(0, bar));
      if (bar == std::string_view::npos) break;
      rest.remove_prefix(bar + 1);
    }
    if (std::find(choices.begin(), choices.end(), node.text) != choices.end()) return;
    if (is_known_to_be_wrong(node.span)) return;
    text::Diagnostic& finding =
        diagnostics_.error(text::codes::bad_choice, node.span,
                           fmt::format("{} is not {}", text::quote(node.text), form.title));
    if (const auto near = text::did_you_mean(node.text, choices)) {
      finding.help(fmt::format("did you mean `{}`?", *near));
    } else {
      finding.help("write " + text::enumerate(choices, "or"));
    }
  }

  void list(const Node& node, const Form& form) {
    if (node.kind == text::Kind::null) return wrong_type(node, form);
    for (const Node& item : elements(node)) check(item, *form.element);
  }

  void map(const Node& node, const Form& form) {
    if (node.kind != text::Kind::map) return wrong_type(node, form);
    for (const text::Entry& entry : node.entries) check(entry.value, *form.element);
  }

  void record(const Node& node, const Form& form) {
    if (node.kind != text::Kind::map) {
      const Key* shorthand = find_key(form, form.shorthand);
      if (shorthand == nullptr || node.kind == text::Kind::null) return wrong_type(node, form);
      return check(node, *shorthand->form);
    }
    for (const text::Entry& entry : node.entries) {
      if (const Key* key = find_key(form, entry.key)) {
        check(entry.value, *key->form);
      } else {
        unknown_key(entry, form);
      }
    }
    for (const Key& key : form.keys) {
      if (!key.required || node.find(key.name) != nullptr) continue;
      diagnostics_
          .error(text::codes::missing_key, node.span,
                 fmt::format("{} needs the key `{}`", form.title, key.name))
          .help(std::string(key.doc));
    }
  }

  static const Key* find_key(const Form& form, std::string_view name) {
    const auto found = std::find_if(form.keys.begin(), form.keys.end(),
                                    [&](const Key& key) { return key.name == name; });
    return found == form.keys.end() ? nullptr : &*found;
  }

  void unknown_key(const text::Entry& entry, const Form& form) {
    std::vector<std::string_view> known;
    for (const Key& key : form.keys) known.push_back(key.name);
    unknown(entry, known, fmt::format("not a key of {}", form.title));
  }

  void unknown(const text::Entry& entry, const std::vector<std::string_view>& known,
               std::string label) {
    text::Diagnostic& finding =
        diagnostics_.error(text::codes::unknown_key, entry.key_span,
                           fmt::format("unknown key {}", text::quote(entry.key)));
    finding.label(std::move(label));
    if (const auto near = text::did_you_mean(entry.key, known)) {
      finding.help(fmt::format("did you mean `{}`?", *near));
    } else {
      finding.help("there are " + text::enumerate(known));
    }
  }

  /// A list of steps or checks: each a map with one word, perhaps also with statements that it
  /// proves (`covers`), a step perhaps with a title (`as`).
  void words(const Node& node, const Form& form, std::span<const Word> vocabulary,
             std::string_view kind) {
    if (node.kind != text::Kind::list && node.kind != text::Kind::map) {
      return wrong_type(node, form);
    }
    if (form.filled && elements(node).empty()) {
      diagnostics_.error(text::codes::nothing_checked, node.span, "this list of checks is empty")
          .help(
              fmt::format("for example `[{{ {} }}]`; a `when` that leaves none belongs to the step",
                          vocabulary.front().example));
    }
    for (const Node& item : elements(node)) word(item, vocabulary, kind);
  }

  void word(const Node& item, std::span<const Word> vocabulary, std::string_view kind) {
    if (item.kind != text::Kind::map) {
      diagnostics_
          .error(text::codes::wrong_type, item.span,
                 fmt::format("a {} is a map with one word, found {}", kind,
                             text::with_article(item.kind)))
          .help(fmt::format("for example `{}`", vocabulary.front().example));
      return;
    }
    std::size_t found = 0;
    for (const text::Entry& entry : item.entries) {
      if (kind == "step" && entry.key == "as") {
        static constexpr Form title{.kind = Kind::text, .title = "a title"};
        check(entry.value, title);
        continue;
      }
      if (entry.key == "covers") {
        check(entry.value, statements());
        continue;
      }
      if (++found == 2) {
        diagnostics_
            .error(text::codes::several_words, entry.key_span,
                   fmt::format("a {} has one word, and this is the second", kind))
            .help(fmt::format("begin another {} with `- {}:`", kind, entry.key));
      }
      if (const Word* meant = find_word(vocabulary, entry.key)) {
        check(entry.value, *meant->form);
      } else {
        unknown_word(entry, vocabulary, kind);
      }
    }
    if (found == 0) {
      diagnostics_
          .error(text::codes::missing_key, item.span, fmt::format("this {} has no word", kind))
          .help(fmt::format("for example `{}`", vocabulary.front().example));
    }
  }

  void unknown_word(const text::Entry& entry, std::span<const Word> vocabulary,
                    std::string_view kind) {
    std::string label = fmt::format("not a {}", kind);
    if (kind == "step" && find_word(checks(), entry.key) != nullptr) {
      diagnostics_
          .error(text::codes::unknown_key, entry.key_span,
                 fmt::format("{} is a check", text::quote(entry.key)))
          .label(std::move(label))
          .help(fmt::format("say when it must hold: `- now: [{{ {}: ... }}]`", entry.key));
      return;
    }
    if (is_planned(entry.key)) {
      diagnostics_
          .error(text::codes::unknown_key, entry.key_span,
                 fmt::format("{} is planned and not built yet", text::quote(entry.key)))
          .label(std::move(label))
          .help("`peerlab reference` tells what there is");
      return;
    }
    std::vector<std::string_view> known;
    for (const Word& each : vocabulary) known.push_back(each.name);
    unknown(entry, known, std::move(label));
  }

  text::Diagnostics& diagnostics_;
};

}  // namespace

bool check_form(const Node& node, const Form& form, text::Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.errors();
  Checker(diagnostics).check(node, form);
  return diagnostics.errors() == before;
}

}  // namespace peerlab::scenario
