#include "peerlab/scenario/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "files.hpp"
#include "mend.hpp"
#include "peerlab/scenario/check_form.hpp"
#include "peerlab/scenario/vocabulary.hpp"
#include "peerlab/text/suggest.hpp"
#include "peerlab/text/utf8.hpp"
#include "peerlab/text/yaml.hpp"
#include "resolve.hpp"
#include "values.hpp"

namespace peerlab::scenario {
namespace {

namespace fs = std::filesystem;
using text::Kind;
using text::Node;

constexpr std::size_t most_rows = 10'000;

/// Later files win: maps merge, lists append, and anything else is replaced.
void merge(Node& into, Node from) {
  if (into.kind == Kind::list && from.kind == Kind::list) {
    std::move(from.items.begin(), from.items.end(), std::back_inserter(into.items));
    return;
  }
  if (into.kind != Kind::map || from.kind != Kind::map) {
    into = std::move(from);
    return;
  }
  for (text::Entry& entry : from.entries) {
    const auto same = std::find_if(into.entries.begin(), into.entries.end(),
                                   [&](const text::Entry& own) { return own.key == entry.key; });
    if (same == into.entries.end()) {
      into.entries.push_back(std::move(entry));
    } else {
      same->key_span = entry.key_span;
      merge(same->value, std::move(entry.value));
    }
  }
}

/// Reads files and what they include.
class Reader {
 public:
  Reader(text::Sources& sources, text::Diagnostics& diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}

  std::optional<Node> read(const fs::path& file, std::optional<text::Span> included_from) {
    const std::optional<std::string> content = contents_of(file);
    if (!content) {
      // A file that cannot be read has no place of its own: show where it was asked for.
      const text::Span span =
          included_from ? *included_from : text::Span{sources_.add(file.string(), ""), 0, 0};
      diagnostics_
          .error(text::codes::unreadable_file, span,
                 fmt::format("{} cannot be read", text::quote(file.string())))
          .help("paths count from the folder of the file that they stand in");
      return std::nullopt;
    }
    const text::FileId id = sources_.add(file.string(), *content, included_from);
    std::optional<Node> node = text::read_yaml(sources_, id, diagnostics_);
    if (!node) return std::nullopt;
    if (node->kind != Kind::map) {
      diagnostics_.error(text::codes::wrong_type, node->span, "a scenario file must be a map")
          .help("begin with `peerlab: 1` and `name: ...`");
      return std::nullopt;
    }
    return with_includes(std::move(*node), file, included_from.has_value());
  }

 private:
  std::optional<Node> with_includes(Node node, const fs::path& file, bool is_included) {
    if (const text::Entry* steps = node.find("steps"); steps != nullptr && is_included) {
      diagnostics_
          .error(text::codes::bad_include, steps->key_span,
                 "a file that others include must not have steps")
          .help("put them under `macros` and call them with `use`");
      return std::nullopt;
    }
    const Node* includes = node.get("include");
    if (includes == nullptr) return node;
    open_.push_back(fs::weakly_canonical(file));
    std::optional<Node> whole;
    const std::vector<Node> names =
        includes->kind == Kind::list ? includes->items : std::vector<Node>{*includes};
    for (const Node& name : names) {
      if (name.kind != Kind::string) continue;  // check_form will say so
      std::optional<Node> part = included(name, file.parent_path() / name.text);
      if (!part) continue;
      std::erase_if(part->entries, [](const text::Entry& entry) {
        return entry.key == "name" || entry.key == "about" || entry.key == "include";
      });
      if (whole) {
        merge(*whole, std::move(*part));
      } else {
        whole = std::move(part);
      }
    }
    open_.pop_back();
    if (!whole) return node;
    const text::Span span = node.span;
    merge(*whole, std::move(node));
    whole->span = span;
    return whole;
  }

  std::optional<Node> included(const Node& name, const fs::path& file) {
    if (std::find(open_.begin(), open_.end(), fs::weakly_canonical(file)) != open_.end()) {
      diagnostics_
          .error(text::codes::bad_include, name.span,
                 fmt::format("{} includes itself, by way of this file", text::quote(name.text)))
          .help("put what both need into a third file");
      return std::nullopt;
    }
    return read(file, name.span);
  }

  text::Sources& sources_;
  text::Diagnostics& diagnostics_;
  std::vector<fs::path> open_;
};

/// The values of `vars`, then of this row of the matrix, then of the command line.
Variables variables_of(const Node& file, const Variables& row, const Variables& set) {
  Variables variables = set;
  variables.insert(row.begin(), row.end());
  if (const Node* vars = file.get("vars")) {
    for (const text::Entry& entry : vars->entries)
      variables.try_emplace(entry.key, entry.value.text);
  }
  return variables;
}

/// What answers leave behind is known in the run only: until then `${name}` stands for itself.
void add_captures(const Node& node, Variables& variables, text::Diagnostics& diagnostics) {
  for (const Node& item : node.items) add_captures(item, variables, diagnostics);
  for (const text::Entry& entry : node.entries) {
    const Node* captures = entry.key == "http" ? entry.value.get("capture") : nullptr;
    if (captures != nullptr) {
      for (const text::Entry& capture : captures->entries) {
        const std::string itself = "${" + capture.key + "}";
        const auto [known, is_new] = variables.try_emplace(capture.key, itself);
        if (is_new || known->second == itself) continue;
        diagnostics
            .error(text::codes::bad_capture, capture.key_span,
                   fmt::format("{} is a variable already", text::quote(capture.key)))
            .help("capture under another name");
      }
    }
    add_captures(entry.value, variables, diagnostics);
  }
}

/// Whether `vars` and `matrix` are what they must be before anything else can be read.
bool check_variables(const Node& file, text::Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.errors();
  for (const Key& key : file_form().keys) {
    if (key.name != "vars" && key.name != "matrix") continue;
    if (const Node* node = file.get(key.name)) check_form(*node, *key.form, diagnostics);
  }
  if (diagnostics.errors() != before) return false;
  std::size_t rows = 1;
  if (const Node* matrix = file.get("matrix")) {
    for (const text::Entry& entry : matrix->entries) {
      const std::size_t values = entry.value.is_scalar() ? 1 : entry.value.items.size();
      rows *= values;
      if (values == 0 || rows > most_rows) {
        diagnostics.error(text::codes::bad_matrix, entry.value.span,
                          values == 0
                              ? std::string("this variable has no value, so no case is left")
                              : fmt::format("the matrix has more than {} cases", most_rows));
        return false;
      }
    }
  }
  return true;
}

/// What the file says it covers must be carried by a check, in one of its cases at least.
void check_covers(const Node& file, const std::vector<Plan>& plans,
                  text::Diagnostics& diagnostics) {
  const Node* covers = file.get("covers");
  if (covers == nullptr) return;
  std::set<std::string> carried;
  for (const Plan& plan : plans) carried.insert(plan.covers.begin(), plan.covers.end());
  const std::vector<std::string_view> known(carried.begin(), carried.end());
  for (const Node& statement : elements(*covers)) {
    if (carried.contains(statement.text)) continue;
    text::Diagnostic& finding = diagnostics.error(
        text::codes::not_covered, statement.span,
        fmt::format("no check of this file proves {}", text::quote(statement.text)));
    if (const auto near = text::did_you_mean(statement.text, known)) {
      finding.help(fmt::format("did you mean `{}`?", *near));
    } else {
      finding.help(fmt::format("write `covers: {}` beside the check that does", statement.text));
    }
  }
}

/// What mutants are caught by must be there in one of the cases at least.
void check_catches(const Node& file, const std::vector<Plan>& plans,
                   text::Diagnostics& diagnostics) {
  const Node* catches = file.get("catches");
  if (catches == nullptr) return;
  std::set<std::string> ids;
  for (const Plan& plan : plans) {
    const std::vector<std::string> own = check_ids(plan);
    ids.insert(own.begin(), own.end());
  }
  const std::vector<std::string_view> known(ids.begin(), ids.end());
  for (const text::Entry& entry : catches->entries) {
    const std::string& id = entry.value.text;
    if (ids.contains(id)) continue;
    text::Diagnostic& finding =
        diagnostics.error(text::codes::unknown_check, entry.value.span,
                          fmt::format("no invariant or step is called {}", text::quote(id)));
    if (const auto near = text::did_you_mean(id, known)) {
      finding.help(fmt::format("did you mean `{}`?", *near));
    } else {
      finding.help(
          "name an invariant (`peerlab reference` lists them), the title of a step, or `finally`");
    }
  }
}

/// Whether the steps and checks of a case can find anything amiss. Requests are judged by their
/// answers.
bool can_fail(const Plan& plan) {
  const auto judges = [](const Step& step) {
    const auto* requests = std::get_if<Requests>(&step.action);
    return (requests != nullptr && !requests->all.empty()) ||
           std::holds_alternative<checks::Expectation>(step.action);
  };
  return std::ranges::any_of(plan.config, judges) || std::ranges::any_of(plan.steps, judges) ||
         !plan.always.empty() || !plan.never.empty() || !plan.finally.empty();
}

/// Somewhere a file must say what should come of its steps.
void check_purpose(const Node& file, const std::vector<Plan>& plans,
                   text::Diagnostics& diagnostics) {
  if (std::ranges::any_of(plans, can_fail)) return;
  const text::Entry* place = file.find("steps");
  if (place == nullptr) place = file.find("name");
  diagnostics.error(text::codes::nothing_checked, place->key_span, "this scenario cannot fail")
      .label("no step and no section checks anything")
      .help("say what must hold: `finally: [{ leader: { in: dc1 } }]`");
}

/// Of a file that has findings already: what else can be said of the names in it.
void look_up_the_rest(Node file, text::Sources& sources, text::Diagnostics& diagnostics) {
  const Mended mended = mend(file, diagnostics);
  if (!mended.readable) return;
  text::Diagnostics later;
  resolve(file, sources, later);
  std::vector<text::Span> known;
  for (const text::Diagnostic& finding : diagnostics.all()) known.push_back(finding.primary.span);
  for (const text::Diagnostic& finding : later.all()) {
    const bool may_be_missing = finding.code.id == text::codes::unknown_peer.id ||
                                finding.code.id == text::codes::unknown_title.id;
    if (may_be_missing && !mended.whole) continue;
    const text::Span span = sources.outermost(finding.primary.span);
    if (std::ranges::any_of(known, [&](text::Span each) { return overlap(each, span); })) continue;
    diagnostics.add(finding);
  }
}

}  // namespace

std::vector<Plan> load(const fs::path& file, text::Sources& sources, text::Diagnostics& diagnostics,
                       const LoadOptions& options) {
  const std::size_t before = diagnostics.errors();
  std::optional<Node> tree = Reader(sources, diagnostics).read(file, std::nullopt);
  std::vector<Plan> plans;
  if (!tree || !check_variables(*tree, diagnostics)) return plans;
  const Node* matrix = tree->get("matrix");
  for (const Variables& row : combinations(matrix)) {
    Node copy = *tree;
    std::erase_if(copy.entries, [](const text::Entry& entry) {
      return entry.key == "vars" || entry.key == "matrix";
    });
    Variables variables = variables_of(*tree, row, options.set);
    add_captures(copy, variables, diagnostics);
    substitute(copy, variables, diagnostics);
    // Rows differ in values only: once one of them is wrong, the others would say the same.
    if (!check_form(copy, file_form(), diagnostics) || diagnostics.errors() != before) {
      look_up_the_rest(std::move(copy), sources, diagnostics);
      return plans;
    }
    Plan plan = resolve(copy, sources, diagnostics);
    plan.file = file.string();
    plan.row = row_label(matrix, row);
    plan.variables = variable_names(*tree);
    for (const MutantInfo& info : all_mutants()) {
      if (options.mutants.has(info.mutant)) plan.mutants.plant(info.mutant);
    }
    plans.push_back(std::move(plan));
    if (diagnostics.errors() != before) return plans;
  }
  check_purpose(*tree, plans, diagnostics);
  check_covers(*tree, plans, diagnostics);
  check_catches(*tree, plans, diagnostics);
  return plans;
}

std::vector<fs::path> scenario_files(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (auto entry = fs::recursive_directory_iterator(path);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->is_directory() && entry->path().filename() == "common") {
      entry.disable_recursion_pending();
      continue;
    }
    const fs::path extension = entry->path().extension();
    if (entry->is_regular_file() && (extension == ".yaml" || extension == ".yml")) {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace peerlab::scenario
