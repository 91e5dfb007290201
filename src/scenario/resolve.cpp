#include "resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "entries.hpp"
#include "faults.hpp"
#include "idle_faults.hpp"
#include "lookup.hpp"
#include "peerlab/checks/invariant.hpp"
#include "peerlab/scenario/vocabulary.hpp"
#include "peerlab/text/utf8.hpp"
#include "peers.hpp"
#include "read_acts.hpp"
#include "read_checks.hpp"
#include "read_topology.hpp"
#include "values.hpp"

namespace peerlab::scenario {
namespace {

using text::Node;

/// Macros may use macros, but not without end.
constexpr std::size_t deepest_macro = 16;
/// `repeat` and `use` are unrolled; more steps than this are a mistake.
constexpr std::size_t most_steps = 100'000;

/// The names that any step captures.
std::set<std::string> captures_of(const Node& node) {
  std::set<std::string> names;
  for (const Node& item : node.items) names.merge(captures_of(item));
  for (const text::Entry& entry : node.entries) {
    const Node* captures = entry.key == "http" ? entry.value.get("capture") : nullptr;
    if (captures != nullptr) {
      for (const text::Entry& capture : captures->entries) names.insert(capture.key);
    }
    names.merge(captures_of(entry.value));
  }
  return names;
}

class Resolver {
 public:
  Resolver(const Node& file, text::Sources& sources, text::Diagnostics& diagnostics)
      : file_(file),
        diagnostics_(diagnostics),
        entries_(sources, lookup_, peers_),
        acts_(lookup_, peers_, checks_, entries_, captures_of(file)) {}

  Plan resolve() {
    check_version();
    plan_.name = file_.get("name")->text;
    if (const Node* about = file_.get("about")) plan_.about = about->text;
    plan_.tags = texts("tags");
    mutants("mutants");
    mutants("quirks");
    topology();
    names();
    limits();
    config();
    if (const Node* steps = file_.get("steps")) add_steps(*steps, 0);
    check_time();
    warn_of_idle_faults(plan_, diagnostics_);
    plan_.always = watched("always", plan_.always_spans);
    plan_.never = watched("never", plan_.never_spans);
    if (const Node* finally = file_.get("finally")) {
      plan_.finally = checks_.list(*finally, plan_.finally_spans);
    }
    catches();
    return std::move(plan_);
  }

 private:
  // --- sections
  // ------------------------------------------------------------------------------------

  void check_version() {
    const Node& version = *file_.get("peerlab");
    if (whole_number(version) == 1) return;
    diagnostics_
        .error(text::codes::bad_version, version.span,
               fmt::format("this program reads version 1 of the language, not {}", version.text))
        .help("write `peerlab: 1`");
  }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> found;
    const Node* node = file_.get(key);
    if (node == nullptr) return found;
    for (const Node& item : elements(*node)) found.push_back(item.text);
    return found;
  }

  void mutants(std::string_view section) {
    const Node* node = file_.get(section);
    if (node == nullptr) return;
    for (const Node& item : elements(*node)) {
      if (const std::optional<Mutant> mutant = mutant_named(item.text)) {
        plan_.mutants.plant(*mutant);
      } else {
        unknown_mutant(item.span, item.text);
      }
    }
  }

  /// What each mutant must be caught by: an invariant, or a step by its title. A step that only
  /// other cases of the matrix have is no mistake here; `load` sees all cases.
  void catches() {
    const Node* node = file_.get("catches");
    if (node == nullptr) return;
    const std::vector<std::string> ids = check_ids(plan_);
    for (const text::Entry& entry : node->entries) {
      const std::optional<Mutant> mutant = mutant_named(entry.key);
      if (!mutant) unknown_mutant(entry.key_span, entry.key);
      const std::string& id = entry.value.text;
      if (mutant && std::find(ids.begin(), ids.end(), id) != ids.end()) {
        plan_.catches.push_back({*mutant, id});
      }
    }
  }

  void unknown_mutant(text::Span span, const std::string& name) {
    std::vector<std::string> names;
    for (const MutantInfo& info : all_mutants()) names.push_back(info.name);
    lookup_.unknown(text::codes::unknown_mutant, span, "mutant", name, names);
  }

  void topology() {
    if (const Node* clusters = file_.get("topology")) {
      plan_.topology = read_topology(*clusters, lookup_);
    }
  }

  /// Every cluster to which `names` gives a name must be there.
  void names() {
    const Node* names = file_.get("names");
    if (names == nullptr) return;
    for (const text::Entry& entry : names->entries) {
      Node name;
      name.text = entry.key;
      name.span = entry.key_span;
      lookup_.tenant(name);
    }
  }

  void config() {
    const Node* start = file_.get("start");
    plan_.cold = start != nullptr && start->text == "cold";
    const Node* config = file_.get("config");
    if (config == nullptr) return;
    if (plan_.cold) {
      diagnostics_
          .error(
              text::codes::cold_config, config->span,
              "`config` is written once the clusters are ready, and `start: cold` waits for none")
          .help("use the step `write`");
    }
    for (const Node& item : elements(*config)) {
      plan_.config.push_back(Step{item.span, "config", acts_.write(item)});
    }
  }

  /// Checks of which something is known at every instant.
  std::vector<checks::Check> watched(std::string_view section, std::vector<text::Span>& spans) {
    const Node* list = file_.get(section);
    if (list == nullptr) return {};
    std::vector<checks::Check> found = checks_.list(*list, spans);
    for (std::size_t index = 0; index < found.size(); ++index) {
      if (!checks::is_active(found[index])) continue;
      diagnostics_
          .error(text::codes::active_watch, spans[index],
                 fmt::format("`{}` cannot hold a call or a request", section))
          .help("put it into a step `hold` or `never`, which says for how long");
    }
    return found;
  }

  void limits() {
    const Node* limits = file_.get("limits");
    if (limits == nullptr) return;
    if (const Node* time = limits->get("time")) plan_.time_limit = duration(*time);
    if (const Node* events = limits->get("events")) plan_.event_limit = whole_number(*events);
  }

  /// A run that only waits longer than it may take never comes to its end.
  void check_time() {
    if (too_many_) return;
    Duration left = plan_.time_limit;
    for (std::size_t index = 0; index < plan_.steps.size(); ++index) {
      const Step& step = plan_.steps[index];
      if (const auto* parallel = std::get_if<Parallel>(&step.action)) index = parallel->end - 1;
      const Duration takes = least_time(step);
      if (takes <= left) {
        left -= takes;
        continue;
      }
      diagnostics_
          .error(text::codes::too_little_time, step.span,
                 fmt::format("the steps up to this one take longer than {}",
                             go_duration(plan_.time_limit)))
          .label("the run would be given up in here")
          .help("raise `limits: { time: ... }`, or wait less");
      return;
    }
  }

  /// What a step takes at least.
  static Duration least_time(const Step& step) {
    using Mode = checks::Expectation::Mode;
    if (const auto* wait = std::get_if<Wait>(&step.action)) return wait->lasts;
    const auto* checked = std::get_if<checks::Expectation>(&step.action);
    if (checked == nullptr || checked->mode == Mode::now) return Duration{0};
    return checked->mode == Mode::eventually ? checked->after : checked->within;
  }

  // --- steps
  // ---------------------------------------------------------------------------------------

  void add_steps(const Node& list, std::size_t depth) {
    for (const Node& item : elements(list)) {
      if (plan_.steps.size() > most_steps) {
        if (!too_many_) {
          diagnostics_
              .error(text::codes::too_many_steps, item.span,
                     fmt::format("with this step there are more than {}", most_steps))
              .help("`repeat` and `use` are unrolled: repeat less, or wait longer at a time");
        }
        too_many_ = true;
        return;
      }
      const Node* title = item.get("as");
      for (const text::Entry& entry : item.entries) {
        if (CheckReader::is_word(entry)) add_step(entry, title, depth);
      }
      checks_.cover(item, verbs());
    }
  }

  void add_step(const text::Entry& entry, const Node* title, std::size_t depth) {
    const Node& node = entry.value;
    if (entry.key == "group") return add_steps(node, depth);
    if (entry.key == "repeat") {
      const Node& times = *node.get("times");
      if (whole_number(times) == 0) {
        diagnostics_
            .error(text::codes::nothing_checked, times.span, "these steps are never carried out")
            .help("repeat them once at least, or take the step out");
      }
      for (std::uint64_t time = 0; time < whole_number(times) && !too_many_; ++time) {
        add_steps(*node.get("steps"), depth);
      }
      return;
    }
    if (entry.key == "use") return use(node, depth);
    Step step{entry.key_span, title != nullptr ? title->text : entry.key, Wait{}};
    if (entry.key == "parallel") return parallel(node, std::move(step), depth);
    step.action = action(entry.key, node, step);
    titles_.insert(step.title);
    plan_.steps.push_back(std::move(step));
  }

  void parallel(const Node& lists, Step step, std::size_t depth) {
    const std::size_t index = plan_.steps.size();
    titles_.insert(step.title);
    plan_.steps.push_back(std::move(step));
    Parallel parallel;
    for (const Node& list : elements(lists)) {
      parallel.branches.push_back(plan_.steps.size());
      add_steps(list, depth);
    }
    parallel.end = plan_.steps.size();
    plan_.steps[index].action = std::move(parallel);
  }

  void use(const Node& name, std::size_t depth) {
    const Node* macros = file_.get("macros");
    const Node* steps = macros != nullptr ? macros->get(name.text) : nullptr;
    if (steps == nullptr) {
      std::vector<std::string> names;
      if (macros != nullptr) {
        for (const text::Entry& entry : macros->entries) names.push_back(entry.key);
      }
      lookup_.unknown(text::codes::unknown_macro, name.span, "macro", name.text, names);
    } else if (depth >= deepest_macro) {
      diagnostics_
          .error(text::codes::macro_cycle, name.span,
                 fmt::format("macro {} uses itself, or macros are nested too deeply",
                             text::quote(name.text)))
          .help("take the `use` out that leads back here, or `repeat` the steps");
    } else {
      add_steps(*steps, depth + 1);
    }
  }

  Action action(std::string_view verb, const Node& node, Step& step) {
    acts_.check_captured(node);
    if (verb == "wait") return Wait{duration(node)};
    if (verb == "transfer_leader") {
      return TransferLeader{lookup_.cluster(node.is_scalar() ? node : *node.get("in"))};
    }
    if (std::optional<Requests> requests = acts_.read(verb, node)) return *std::move(requests);
    if (verb == "call") {
      step.check_spans = {step.span};
      return checks::Expectation{checks::Expectation::Mode::now, {}, {}, {checks_.call(node)}};
    }
    if (verb == "now" || verb == "eventually" || verb == "hold" || verb == "never") {
      return expectation(verb, node, step);
    }
    return read_fault(verb, node, lookup_);
  }

  Action expectation(std::string_view verb, const Node& node, Step& step) {
    using Mode = checks::Expectation::Mode;
    checks::Expectation expectation;
    const Node* all = node.kind == text::Kind::list ? &node : node.get("all");
    expectation.all = checks_.list(*all, step.check_spans);
    if (verb == "eventually") {
      expectation.mode = Mode::eventually;
      expectation.within = duration(*node.get("within"));
      if (const Node* after = node.get("after")) expectation.after = duration(*after);
    } else if (verb != "now") {
      expectation.mode = verb == "hold" ? Mode::hold : Mode::never;
      expectation.within = duration(*node.get("for"));
    }
    return expectation;
  }

  const Node& file_;
  text::Diagnostics& diagnostics_;
  Plan plan_;
  const Lookup lookup_{plan_.topology, diagnostics_};
  const Peers peers_{file_};
  std::set<std::string> titles_;  // of the steps so far
  const CheckReader checks_{lookup_, peers_, titles_, plan_.covers};
  EntryReader entries_;
  ActReader acts_;
  bool too_many_ = false;
};

}  // namespace

std::vector<std::string> check_ids(const Plan& plan) {
  std::vector<std::string> ids;
  for (const Step& step : plan.steps) ids.push_back(step.title);
  if (!plan.always.empty()) ids.emplace_back("always");
  if (!plan.never.empty()) ids.emplace_back("never");
  if (!plan.finally.empty()) ids.emplace_back("finally");
  for (const checks::Invariant& each : checks::invariants()) ids.emplace_back(each.id);
  return ids;
}

Plan resolve(const Node& file, text::Sources& sources, text::Diagnostics& diagnostics) {
  return Resolver(file, sources, diagnostics).resolve();
}

}  // namespace peerlab::scenario
