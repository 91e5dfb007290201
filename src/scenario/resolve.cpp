#include "resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "peerlab/base/assert.hpp"
#include "peerlab/checks/invariant.hpp"
#include "peerlab/scenario/names.hpp"
#include "peerlab/scenario/vocabulary.hpp"
#include "peerlab/text/suggest.hpp"
#include "peerlab/text/utf8.hpp"
#include "values.hpp"

namespace peerlab::scenario {
namespace {

using text::Node;

/// Macros may use macros, but not without end.
constexpr std::size_t deepest_macro = 16;
/// `repeat` and `use` are unrolled; more steps than this are a mistake.
constexpr std::size_t most_steps = 100'000;

class Resolver {
 public:
  Resolver(const Node& file, text::Diagnostics& diagnostics)
      : file_(file), diagnostics_(diagnostics) {}

  Plan resolve() {
    check_version();
    plan_.name = file_.get("name")->text;
    if (const Node* about = file_.get("about")) plan_.about = about->text;
    plan_.tags = texts("tags");
    mutants();
    topology();
    limits();
    if (const Node* steps = file_.get("steps")) add_steps(*steps, 0);
    if (const Node* finally = file_.get("finally")) {
      plan_.finally = checks_of(*finally, plan_.finally_spans);
    }
    catches();
    return std::move(plan_);
  }

 private:
  // --- sections
  // -----------------------------------------------------------------------------------

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

  void mutants() {
    const Node* node = file_.get("mutants");
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
    unknown(text::codes::unknown_mutant, span, "mutant", name, names);
  }

  void topology() {
    const Node* clusters = file_.get("topology");
    if (clusters == nullptr) return;
    for (const text::Entry& entry : clusters->entries) {
      check_name(entry);
      ClusterPlan cluster;
      cluster.name = ClusterName(entry.key);
      cluster.datacenter = DatacenterName(entry.key);
      servers(entry.value, cluster);
      if (const Node* services = entry.value.get("services")) {
        for (const text::Entry& service : services->entries) {
          check_name(service);
          cluster.services.push_back({ServiceName(service.key), instances_of(service.value)});
        }
      }
      plan_.topology.clusters.push_back(std::move(cluster));
    }
  }

  void servers(const Node& node, ClusterPlan& cluster) {
    if (const Node* name = node.get("datacenter")) cluster.datacenter = DatacenterName(name->text);
    if (const Node* edition = node.get("edition")) {
      cluster.edition = edition->text == "enterprise" ? Edition::enterprise : Edition::community;
    }
    if (const Node* count = node.get("servers")) {
      cluster.servers = static_cast<unsigned>(within(*count, 0, 99, "servers of one cluster"));
    }
    if (const Node* multiplier = node.get("raft_multiplier")) {
      cluster.raft_multiplier = static_cast<int>(within(*multiplier, 1, 10, "a Raft multiplier"));
    }
  }

  /// The number, which must lie between two others; the smaller one if it does not.
  std::uint64_t within(const Node& node, std::uint64_t least, std::uint64_t most,
                       std::string_view what) {
    const std::uint64_t number = whole_number(node);
    if (number >= least && number <= most) return number;
    diagnostics_.error(text::codes::bad_number, node.span,
                       fmt::format("{} must lie between {} and {}", what, least, most));
    return least;
  }

  unsigned instances_of(const Node& service) {
    const Node* count = service.get("instances");
    if (count == nullptr) return 1;
    return static_cast<unsigned>(within(*count, 0, 10'000, "instances of one service"));
  }

  /// Names become parts of paths, DNS names and certificates: lower case, digits and dashes.
  void check_name(const text::Entry& entry) {
    const std::string_view good = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const std::string& name = entry.key;
    if (!name.empty() && name.size() <= 63 && name.find_first_not_of(good) == std::string::npos &&
        name.front() != '-' && name.back() != '-') {
      return;
    }
    diagnostics_
        .error(text::codes::bad_name, entry.key_span,
               fmt::format("{} cannot be the name of a cluster or service", text::quote(name)))
        .help("use lower-case letters, digits and dashes, at most 63, no dash at either end");
  }

  void limits() {
    const Node* limits = file_.get("limits");
    if (limits == nullptr) return;
    if (const Node* time = limits->get("time")) plan_.time_limit = duration(*time);
    if (const Node* events = limits->get("events")) plan_.event_limit = whole_number(*events);
  }

  // --- steps
  // --------------------------------------------------------------------------------------

  void add_steps(const Node& list, std::size_t depth) {
    for (const Node& item : elements(list)) {
      if (plan_.steps.size() > most_steps) {
        if (!too_many_) {
          diagnostics_.error(text::codes::too_many_steps, item.span,
                             fmt::format("with this step there are more than {}", most_steps));
        }
        too_many_ = true;
        return;
      }
      const Node* title = item.get("as");
      for (const text::Entry& entry : item.entries) {
        if (is_word(entry)) add_step(entry, title, depth);
      }
      cover(item, verbs());
    }
  }

  /// Whether it is the word of a step or check, not what may stand beside it.
  static bool is_word(const text::Entry& entry) {
    return entry.key != "as" && entry.key != "covers";
  }

  /// Takes in the statements that a step or check proves.
  void cover(const Node& item, std::span<const Word> words) {
    const text::Entry* covers = item.find("covers");
    if (covers == nullptr) return;
    for (const text::Entry& entry : item.entries) {
      if (!is_word(entry)) continue;
      const Word::Group group = find_word(words, entry.key)->group;
      if (group == Word::Group::check || find_word(checks(), entry.key) != nullptr) continue;
      diagnostics_
          .error(text::codes::not_covered, covers->key_span,
                 fmt::format("{} checks nothing, so it proves nothing", text::quote(entry.key)))
          .help("write `covers` beside the check that proves the statement");
      return;
    }
    for (const Node& statement : elements(covers->value)) plan_.covers.insert(statement.text);
  }

  void add_step(const text::Entry& entry, const Node* title, std::size_t depth) {
    const Node& node = entry.value;
    if (entry.key == "group") return add_steps(node, depth);
    if (entry.key == "repeat") {
      for (std::uint64_t time = 0; time < whole_number(*node.get("times")) && !too_many_; ++time) {
        add_steps(*node.get("steps"), depth);
      }
      return;
    }
    if (entry.key == "use") return use(node, depth);
    Step step{entry.key_span, title != nullptr ? title->text : entry.key, Wait{}};
    step.action = action(entry.key, node, step);
    plan_.steps.push_back(std::move(step));
  }

  void use(const Node& name, std::size_t depth) {
    const Node* macros = file_.get("macros");
    const Node* steps = macros != nullptr ? macros->get(name.text) : nullptr;
    if (steps == nullptr) {
      std::vector<std::string> names;
      if (macros != nullptr) {
        for (const text::Entry& entry : macros->entries) names.push_back(entry.key);
      }
      unknown(text::codes::unknown_macro, name.span, "macro", name.text, names);
    } else if (depth >= deepest_macro) {
      diagnostics_.error(text::codes::macro_cycle, name.span,
                         fmt::format("macro {} uses itself, or macros are nested too deeply",
                                     text::quote(name.text)));
    } else {
      add_steps(*steps, depth + 1);
    }
  }

  Action action(std::string_view verb, const Node& node, Step& step) {
    if (verb == "wait") return Wait{duration(node)};
    if (verb == "transfer_leader") {
      const Node& name = node.is_scalar() ? node : *node.get("in");
      return TransferLeader{cluster(name)};
    }
    if (find_word(checks(), verb) != nullptr) {
      step.check_spans = {step.span};
      return checks::Expectation{checks::Expectation::Mode::now, {}, {}, {check(verb, node)}};
    }
    if (verb == "now" || verb == "eventually" || verb == "hold" || verb == "never") {
      return expectation(verb, node, step);
    }
    return inject(verb, node);
  }

  // --- faults
  // -------------------------------------------------------------------------------------

  Action inject(std::string_view verb, const Node& node) {
    Inject inject;
    if (const Node* lasts = node.get("for")) inject.lasts = duration(*lasts);
    if (const Node* between = node.get("between")) {
      const std::optional<Sides> sides = sides_of(*between);
      if (sides) link_fault(verb, node, *sides, inject);
      return inject;
    }
    const Node* targets =
        node.is_scalar() || node.kind == text::Kind::list ? &node : node.get("target");
    for (const Node& target : elements(*targets)) {
      if (const auto path = host(target)) host_fault(verb, node, net::HostGroup(*path), inject);
    }
    return inject;
  }

  struct Sides {
    net::HostGroup one, other;
    std::string one_label, other_label;
  };

  std::optional<Sides> sides_of(const Node& between) {
    const auto pair = elements(between);
    if (pair.size() != 2) {
      diagnostics_.error(text::codes::bad_sides, between.span, "there must be two sides")
          .help("write `between: [dc1, dc2]`");
      return std::nullopt;
    }
    const auto one = host(pair[0]);
    const auto other = host(pair[1]);
    if (!one || !other) return std::nullopt;
    return Sides{net::HostGroup(*one), net::HostGroup(*other), pair[0].text, pair[1].text};
  }

  void link_fault(std::string_view verb, const Node& node, const Sides& sides, Inject& inject) {
    using net::Direction;
    if (verb == "cut") {
      const Node* direction = node.get("direction");
      const std::string wanted = direction != nullptr ? direction->text : "both";
      if (wanted == "both") {
        inject.faults = {net::Cut{sides.one, sides.other, Direction::both_ways}};
        inject.ends = {net::Heal{sides.one, sides.other, Direction::both_ways}};
      } else if (wanted == "to_" + sides.one_label) {
        inject.faults = {net::Cut{sides.other, sides.one, Direction::one_way}};
        inject.ends = {net::Heal{sides.other, sides.one, Direction::one_way}};
      } else if (wanted == "to_" + sides.other_label) {
        inject.faults = {net::Cut{sides.one, sides.other, Direction::one_way}};
        inject.ends = {net::Heal{sides.one, sides.other, Direction::one_way}};
      } else {
        diagnostics_
            .error(text::codes::bad_choice, direction->span,
                   fmt::format("{} is no direction of this cut", text::quote(wanted)))
            .help(fmt::format("write `both`, `to_{}` or `to_{}`", sides.one_label,
                              sides.other_label));
      }
    } else if (verb == "heal") {
      inject.faults = {net::Heal{sides.one, sides.other, Direction::both_ways}};
    } else if (verb == "reset") {
      inject.faults = {net::ResetConnections{sides.one, sides.other}};
    } else {
      PEERLAB_ASSERT(verb == "link");
      inject.faults = {net::ShapeLink{sides.one, sides.other, link_model(node)}};
    }
  }

  net::LinkModel link_model(const Node& node) {
    net::LinkModel model;
    if (const Node* latency = node.get("latency")) model.latency = duration(*latency);
    if (const Node* jitter = node.get("jitter")) model.jitter = duration(*jitter);
    if (const Node* loss = node.get("loss")) model.loss = percent(*loss);
    if (const Node* rate = node.get("rate")) model.bytes_per_second = bits_per_second(*rate) / 8;
    if (const Node* queue = node.get("queue")) model.queue_bytes = bytes(*queue);
    return model;
  }

  void host_fault(std::string_view verb, const Node& node, const net::HostGroup& hosts,
                  Inject& inject) {
    const auto both = [&](const net::Fault& fault, const net::Fault& end) {
      inject.faults.push_back(fault);
      inject.ends.push_back(end);
    };
    if (verb == "mute") {
      both(net::Mute{hosts}, net::Unmute{hosts});
    } else if (verb == "kill") {
      both(net::Crash{hosts}, net::Start{hosts});
    } else if (verb == "start") {
      inject.faults.push_back(net::Start{hosts});
    } else if (verb == "restart") {
      inject.faults.push_back(net::Crash{hosts});
      inject.faults.push_back(net::Start{hosts});
    } else if (verb == "pause") {
      both(net::Pause{hosts}, net::Resume{hosts});
    } else if (verb == "resume") {
      inject.faults.push_back(net::Resume{hosts});
    } else {
      PEERLAB_ASSERT(verb == "skew");
      inject.faults.push_back(net::JumpClock{hosts, duration(*node.get("by"))});
    }
  }

  // --- checks
  // -------------------------------------------------------------------------------------

  Action expectation(std::string_view verb, const Node& node, Step& step) {
    using Mode = checks::Expectation::Mode;
    checks::Expectation expectation;
    const Node* all = node.kind == text::Kind::list ? &node : node.get("all");
    expectation.all = checks_of(*all, step.check_spans);
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

  std::vector<checks::Check> checks_of(const Node& list, std::vector<text::Span>& spans) {
    std::vector<checks::Check> found;
    for (const Node& item : elements(list)) {
      for (const text::Entry& entry : item.entries) {
        if (!is_word(entry)) continue;
        spans.push_back(entry.key_span);
        found.push_back(check(entry.key, entry.value));
      }
      cover(item, checks());
    }
    return found;
  }

  checks::Check check(std::string_view word, const Node& node) {
    if (word == "http") return http(node);
    if (word == "leader") return leader(node);
    PEERLAB_ASSERT(word == "call");
    return call(node);
  }

  checks::HttpCheck http(const Node& node) {
    checks::HttpCheck check;
    check.server = server(*node.get("in"));
    if (const Node* method = node.get("method")) check.method = method->text;
    check.target = node.get("path")->text;
    if (const Node* body = node.get("body")) {
      check.request_body = body->is_scalar() ? body->text : to_json(*body);
    }
    if (const Node* timeout = node.get("timeout")) check.timeout = duration(*timeout);
    const Node* expect = node.get("expect");
    if (expect == nullptr) return check;
    if (const Node* status = expect->get("status")) {
      check.status = static_cast<int>(within(*status, 0, 599, "a status"));
    }
    if (const Node* body = expect->get("body")) check.body = body->text;
    if (const Node* contains = expect->get("contains")) check.contains = contains->text;
    if (const Node* json = expect->get("json")) {
      for (const text::Entry& entry : json->entries) {
        check.json.emplace_back(entry.key, entry.value.text);
      }
    }
    return check;
  }

  checks::LeaderCheck leader(const Node& node) {
    checks::LeaderCheck check;
    check.cluster = cluster(*node.get("in"));
    if (const Node* exists = node.get("exists")) check.exists = exists->text == "true";
    if (const Node* is = node.get("is")) check.is = host(*is);
    if (const Node* is_not = node.get("is_not")) check.is_not = host(*is_not);
    return check;
  }

  checks::CallCheck call(const Node& node) {
    checks::CallCheck check;
    check.from = instance(*node.get("from"));
    check.to = service(*node.get("to"));
    if (const Node* direct = node.get("direct")) check.direct = direct->text == "true";
    if (!check.direct) {
      diagnostics_
          .error(text::codes::no_upstream, node.get("to")->span,
                 fmt::format("{} has no upstream {}", text::quote(node.get("from")->text),
                             text::quote(node.get("to")->text)))
          .help("add `direct: true` to call the other host itself, past every proxy");
    }
    if (const Node* timeout = node.get("timeout")) check.timeout = duration(*timeout);
    if (const Node* expect = node.get("expect")) {
      if (const Node* result = expect->get("result")) check.result = result->text;
      if (const Node* by = expect->get("answered_by")) check.answered_by = service(*by);
    }
    return check;
  }

  // --- names
  // --------------------------------------------------------------------------------------

  std::optional<std::string> host(const Node& name) {
    std::optional<std::string> path = host_path(name.text, plan_.topology);
    if (!path) {
      unknown(text::codes::unknown_host, name.span, "host", name.text, known_paths(plan_.topology));
    }
    return path;
  }

  std::string cluster(const Node& name) {
    for (const ClusterPlan& each : plan_.topology.clusters) {
      if (each.name.value() == name.text) return name.text;
    }
    std::vector<std::string> names;
    for (const ClusterPlan& each : plan_.topology.clusters) names.push_back(each.name.value());
    unknown(text::codes::unknown_host, name.span, "cluster", name.text, names);
    return {};
  }

  /// The host of a server; of a cluster the first one.
  std::string server(const Node& name) {
    const std::optional<std::string> path = host(name);
    if (!path) return {};
    if (path->find("/server/") != std::string::npos) return *path;
    for (const ClusterPlan& each : plan_.topology.clusters) {
      if (each.name.value() == *path && each.servers > 0) return *path + "/server/0";
    }
    diagnostics_
        .error(text::codes::not_a_server, name.span,
               fmt::format("{} is no server", text::quote(name.text)))
        .help("name a server (`dc1/server/0`, `dc1/server/leader`) or a cluster that has some");
    return {};
  }

  std::string service(const Node& name) {
    const std::optional<std::string> path = host(name);
    if (!path) return {};
    if (!instances(*path, plan_.topology).empty() && path->find('/') != std::string::npos) {
      return *path;
    }
    diagnostics_
        .error(text::codes::not_a_service, name.span,
               fmt::format("{} is no service", text::quote(name.text)))
        .help("name a service (`dc1/web`) or one of its instances (`dc1/web/0`)");
    return {};
  }

  std::string instance(const Node& name) {
    const std::string path = service(name);
    if (path.empty()) return {};
    return instances(path, plan_.topology).front();
  }

  void unknown(const text::Code& code, text::Span span, std::string_view kind,
               const std::string& name, const std::vector<std::string>& known) {
    text::Diagnostic& finding =
        diagnostics_.error(code, span, fmt::format("there is no {} {}", kind, text::quote(name)));
    const std::vector<std::string_view> candidates(known.begin(), known.end());
    if (const auto near = text::did_you_mean(name, candidates)) {
      finding.help(fmt::format("did you mean `{}`?", *near));
    } else if (known.empty()) {
      finding.help(fmt::format("the scenario has no {} at all", kind));
    } else {
      finding.help("there are " + text::enumerate(candidates));
    }
  }

  const Node& file_;
  text::Diagnostics& diagnostics_;
  Plan plan_;
  bool too_many_ = false;
};

}  // namespace

std::vector<std::string> check_ids(const Plan& plan) {
  std::vector<std::string> ids;
  for (const Step& step : plan.steps) ids.push_back(step.title);
  if (!plan.finally.empty()) ids.emplace_back("finally");
  for (const checks::Invariant& each : checks::invariants()) ids.emplace_back(each.id);
  return ids;
}

Plan resolve(const Node& file, text::Diagnostics& diagnostics) {
  return Resolver(file, diagnostics).resolve();
}

}  // namespace peerlab::scenario
