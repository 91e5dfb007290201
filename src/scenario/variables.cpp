#include "peerlab/scenario/variables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "peerlab/text/suggest.hpp"
#include "peerlab/text/utf8.hpp"

namespace peerlab::scenario {
namespace {

using text::Kind;
using text::Node;

/// What an unquoted scalar with this text is in YAML's core schema, as far as forms need to know.
Kind kind_of(std::string_view text) {
  if (text == "true" || text == "false") return Kind::boolean;
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  return digits ? Kind::integer : Kind::string;
}

class Substitution {
 public:
  Substitution(const Variables& variables, text::Diagnostics& diagnostics)
      : variables_(variables), diagnostics_(diagnostics) {}

  void apply(Node& node) {
    if (node.kind == Kind::string) scalar(node);
    for (Node& item : node.items) apply(item);
    for (text::Entry& entry : node.entries) apply(entry.value);
    if (node.kind == Kind::list)
      std::erase_if(node.items, [&](Node& item) { return left_out(item); });
  }

 private:
  void scalar(Node& node) {
    if (node.text.find("${") == std::string::npos) return;
    std::string result;
    bool good = true;
    std::string_view rest = node.text;
    while (!rest.empty()) {
      const std::size_t at = rest.find("${");
      result += rest.substr(0, at);
      if (at == std::string_view::npos) break;
      if (at > 0 && rest[at - 1] == '$') {  // `$${` is written for `${`
        result += '{';
        rest.remove_prefix(at + 2);
        continue;
      }
      rest.remove_prefix(at + 2);
      const std::size_t close = rest.find('}');
      if (close == std::string_view::npos) {
        diagnostics_.error(text::codes::bad_variable, node.span, "`${` is never closed")
            .help("write `$${` for `${` itself");
        good = false;
        break;
      }
      const std::optional<std::string_view> value = value_of(rest.substr(0, close), node);
      result += value.value_or("");
      good = good && value.has_value();
      rest.remove_prefix(close + 1);
    }
    // What is half a name would only be found wrong once more.
    node.text = good ? std::move(result) : std::string();
    node.kind = kind_of(node.text);
  }

  std::optional<std::string_view> value_of(std::string_view name, const Node& node) {
    const auto found = variables_.find(name);
    if (found != variables_.end()) return found->second;
    std::vector<std::string_view> known;
    for (const auto& [variable, value] : variables_) known.push_back(variable);
    text::Diagnostic& finding =
        diagnostics_.error(text::codes::unknown_variable, node.span,
                           fmt::format("no variable is called {}", text::quote(name)));
    if (const auto near = text::did_you_mean(name, known)) {
      finding.help(fmt::format("did you mean `${{{}}}`?", *near));
    } else {
      finding.help("variables are set by `vars`, `matrix` or `--set name=value`");
    }
    return std::nullopt;
  }

  /// The record that may hold `when`: the item itself, or the value of its one verb.
  static Node* record_of(Node& item) {
    if (item.kind != Kind::map) return nullptr;
    if (item.find("when") != nullptr) return &item;
    for (text::Entry& entry : item.entries) {
      if (entry.value.kind == Kind::map && entry.value.find("when") != nullptr) return &entry.value;
    }
    return nullptr;
  }

  /// Takes `when` out of `item`; true if this case does not have it.
  bool left_out(Node& item) {
    Node* record = record_of(item);
    if (record == nullptr) return false;
    const auto when = std::find_if(record->entries.begin(), record->entries.end(),
                                   [](const text::Entry& entry) { return entry.key == "when"; });
    const Node conditions = when->value;
    record->entries.erase(when);
    if (conditions.kind != Kind::map) {
      diagnostics_
          .error(text::codes::wrong_type, conditions.span, "`when` must be a map of variables")
          .help("write `when: { side: [dc1, dc2] }`");
      return false;
    }
    return !std::all_of(conditions.entries.begin(), conditions.entries.end(),
                        [&](const text::Entry& entry) { return holds(entry); });
  }

  bool holds(const text::Entry& condition) {
    Node name;
    name.span = condition.key_span;
    const std::string_view actual = value_of(condition.key, name).value_or("");
    if (condition.value.is_scalar()) return condition.value.text == actual;
    return std::any_of(condition.value.items.begin(), condition.value.items.end(),
                       [&](const Node& value) { return value.text == actual; });
  }

  const Variables& variables_;
  text::Diagnostics& diagnostics_;
};

/// The values of one variable of the matrix, whether it is a list or a single value.
std::vector<std::string> values_of(const Node& node) {
  if (node.is_scalar()) return {node.text};
  std::vector<std::string> values;
  for (const Node& item : node.items) values.push_back(item.text);
  return values;
}

void add_keys(const Node& map, std::set<std::string>& names) {
  for (const text::Entry& entry : map.entries) names.insert(entry.key);
}

/// Every variable that something below `node` asks for.
void add_uses(const Node& node, std::set<std::string>& names) {
  for (std::size_t at = node.text.find("${"); at != std::string::npos;
       at = node.text.find("${", at + 2)) {
    names.insert(node.text.substr(at + 2, node.text.find('}', at) - at - 2));
  }
  for (const Node& item : node.items) add_uses(item, names);
  for (const text::Entry& entry : node.entries) {
    if (entry.key == "when") add_keys(entry.value, names);
    add_uses(entry.value, names);
  }
}

}  // namespace

void substitute(Node& node, const Variables& variables, text::Diagnostics& diagnostics) {
  Substitution(variables, diagnostics).apply(node);
}

std::set<std::string> variable_names(const Node& file) {
  std::set<std::string> names;
  for (const std::string_view key : {"vars", "matrix"}) {
    if (const Node* node = file.get(key)) add_keys(*node, names);
  }
  add_uses(file, names);
  return names;
}

std::vector<Variables> combinations(const Node* matrix) {
  std::vector<Variables> rows(1);
  if (matrix == nullptr) return rows;
  for (const text::Entry& entry : matrix->entries) {
    std::vector<Variables> longer;
    for (const Variables& row : rows) {
      for (const std::string& value : values_of(entry.value)) {
        longer.push_back(row);
        longer.back().insert_or_assign(entry.key, value);
      }
    }
    rows = std::move(longer);
  }
  return rows;
}

std::string row_label(const Node* matrix, const Variables& row) {
  std::string label;
  if (matrix == nullptr) return label;
  for (const text::Entry& entry : matrix->entries) {
    if (!label.empty()) label += ' ';
    label += fmt::format("{}={}", entry.key, row.at(entry.key));
  }
  return label;
}

}  // namespace peerlab::scenario
