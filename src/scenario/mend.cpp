#include "mend.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "peerlab/scenario/vocabulary.hpp"
#include "values.hpp"

namespace peerlab::scenario {
namespace {

using text::Node;
using Kind = Form::Kind;

/// A scalar that check_value accepts, whatever it must be.
std::string example(const Form& form) {
  static const std::map<Kind, std::string> examples = {
      {Kind::boolean, "false"}, {Kind::duration, "1s"},   {Kind::signed_duration, "+1s"},
      {Kind::size, "1B"},       {Kind::size_count, "1B"}, {Kind::rate, "8bit"},
      {Kind::percent, "1%"},    {Kind::integer, "1"},     {Kind::count, "1"}};
  if (form.kind == Kind::choice) {
    return std::string(form.choices.substr(0, form.choices.find('|')));
  }
  return examples.at(form.kind);
}

class Mender {
 public:
  explicit Mender(const text::Diagnostics& known) : known_(known) {}

  Mended file(Node& file) {
    Mended mended;
    for (text::Entry& entry : file.entries) {
      const Key* key = find_key(file_form(), entry.key);
      if (key == nullptr || !section(entry.value, *key->form)) return mended;
    }
    mended.readable = has_required(file, file_form());
    mended.whole = whole_;
    return mended;
  }

 private:
  static const Key* find_key(const Form& form, std::string_view name) {
    const auto found = std::ranges::find(form.keys, name, &Key::name);
    return found == form.keys.end() ? nullptr : &*found;
  }

  static bool has_required(const Node& node, const Form& form) {
    return std::ranges::all_of(
        form.keys, [&](const Key& key) { return !key.required || node.find(key.name) != nullptr; });
  }

  bool is_wrong(text::Span span) const {
    return std::ranges::any_of(known_.all(), [&](const text::Diagnostic& finding) {
      return overlap(finding.primary.span, span);
    });
  }

  /// Whether there is a finding about anything in it.
  bool is_touched(const Node& node) const {
    return is_wrong(node.span) ||
           std::ranges::any_of(node.items, [&](const Node& item) { return is_touched(item); }) ||
           std::ranges::any_of(node.entries, [&](const text::Entry& entry) {
             return is_wrong(entry.key_span) || is_touched(entry.value);
           });
  }

  bool section(Node& node, const Form& form) {
    const bool holds_words = form.kind == Kind::steps || form.kind == Kind::checks ||
                             (form.kind == Kind::map && form.element->kind == Kind::steps);
    return holds_words ? value(node, form) : !is_touched(node);
  }

  /// False if nothing can be made of it.
  bool value(Node& node, const Form& form) {
    if (!is_touched(node)) return true;
    if (form.kind == Kind::anything) return true;
    if (form.kind == Kind::list) return list(node, *form.element);
    if (form.kind == Kind::map) return map(node, *form.element);
    if (form.kind == Kind::record) return record(node, form);
    if (form.kind == Kind::steps) return words(node, verbs());
    if (form.kind == Kind::checks) return words(node, checks());
    if (!node.is_scalar() || node.kind == text::Kind::null) return false;
    if (form.kind == Kind::text || form.kind == Kind::name) return true;
    node.kind = text::Kind::string;
    node.text = example(form);
    return true;
  }

  bool list(Node& node, const Form& element) {
    if (node.kind == text::Kind::null) return false;
    if (node.kind != text::Kind::list) return value(node, element);
    return std::ranges::all_of(node.items, [&](Node& item) { return value(item, element); });
  }

  bool map(Node& node, const Form& element) {
    return node.kind == text::Kind::map &&
           std::ranges::all_of(node.entries,
                               [&](text::Entry& entry) { return value(entry.value, element); });
  }

  bool record(Node& node, const Form& form) {
    if (node.kind != text::Kind::map) {
      const Key* shorthand = find_key(form, form.shorthand);
      return shorthand != nullptr && node.kind != text::Kind::null && value(node, *shorthand->form);
    }
    for (text::Entry& entry : node.entries) {
      const Key* key = find_key(form, entry.key);
      if (key != nullptr && !value(entry.value, *key->form)) return false;
    }
    return has_required(node, form);
  }

  bool words(Node& node, std::span<const Word> vocabulary) {
    if (node.kind == text::Kind::map) return word(node, vocabulary);
    if (node.kind != text::Kind::list) return false;
    const std::size_t erased =
        std::erase_if(node.items, [&](Node& item) { return !word(item, vocabulary); });
    if (erased > 0) whole_ = false;
    return true;
  }

  /// A step or a check.
  bool word(Node& item, std::span<const Word> vocabulary) {
    if (!is_touched(item)) return true;
    std::size_t found = 0;
    for (text::Entry& entry : item.entries) {
      if (entry.key == "as" || entry.key == "covers") {
        if (is_touched(entry.value)) return false;
        continue;
      }
      const Word* meant = find_word(vocabulary, entry.key);
      if (meant == nullptr || ++found > 1 || !value(entry.value, *meant->form)) return false;
      // They make peers, and the names of those may be what is wrong.
      if (meant->name == "peer" || meant->name == "http") whole_ = false;
    }
    return found == 1;
  }

  const text::Diagnostics& known_;
  bool whole_ = true;
};

}  // namespace

Mended mend(Node& file, const text::Diagnostics& known) { return Mender(known).file(file); }

}  // namespace peerlab::scenario
