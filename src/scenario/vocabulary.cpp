#include "peerlab/scenario/vocabulary.hpp"

#include <algorithm>

namespace peerlab::scenario {
namespace {

using Kind = Form::Kind;
using Group = Word::Group;

// Scalars.
constexpr Form text{.kind = Kind::text, .title = "a text"};
constexpr Form name{.kind = Kind::name, .title = "a name"};
constexpr Form boolean{.kind = Kind::boolean, .title = "true or false"};
constexpr Form integer{.kind = Kind::integer, .title = "a whole number"};
constexpr Form duration{.kind = Kind::duration, .title = "a duration (250ms, 5s, 1m30s)"};
constexpr Form size{.kind = Kind::size, .title = "a size (64KiB, 8MiB)"};
constexpr Form rate{.kind = Kind::rate, .title = "a rate (200kbit, 1Mbit)"};
constexpr Form percent{.kind = Kind::percent, .title = "a share (1%, 0.5%)"};
constexpr Form offset{.kind = Kind::signed_duration, .title = "a duration with a sign (+30s, -2m)"};

// Names of things. The paths are those of docs/scenario-reference.md, section "Names".
constexpr Form cluster{.kind = Kind::name, .title = "a cluster of the topology"};
constexpr Form target{.kind = Kind::name, .title = "a host (dc1/server/0, dc1/web)"};
constexpr Form anything{.kind = Kind::anything, .title = "anything"};
constexpr Form texts{.kind = Kind::list, .title = "a list of texts", .element = &text};
constexpr Form targets{.kind = Kind::list, .title = "one or several hosts", .element = &target};
constexpr Form clusters{
    .kind = Kind::list, .title = "one or several clusters", .element = &cluster};
constexpr Form pair{.kind = Kind::list, .title = "two clusters or hosts", .element = &target};

// Lists of words; defined below, since steps hold steps.
extern const Form steps;
extern const Form all_checks;

// --- topology -----------------------------------------------------------------------------------

constexpr Key service_keys[] = {
    {"instances", &integer, false, "How many instances run; 1 unless given."},
};
constexpr Form service{.kind = Kind::record, .title = "a service", .keys = service_keys};
constexpr Form services{.kind = Kind::map, .title = "services by name", .element = &service};

constexpr Form edition{
    .kind = Kind::choice, .title = "an edition", .choices = "community|enterprise"};
constexpr Key cluster_keys[] = {
    {"servers", &integer, false, "How many Consul servers it has; none unless given."},
    {"datacenter", &name, false, "What the cluster calls itself; its name here unless given."},
    {"edition", &edition, false, "Which Consul it runs; `community` unless given."},
    {"raft_multiplier", &integer, false, "1 to 10: how patient its servers are; 5 unless given."},
    {"services", &services, false, "The services of the cluster, each with its instances."},
};
constexpr Form cluster_record{.kind = Kind::record, .title = "a cluster", .keys = cluster_keys};
constexpr Form topology{.kind = Kind::map, .title = "clusters by name", .element = &cluster_record};

// --- steps that act -----------------------------------------------------------------------------

constexpr Key call_expect_keys[] = {
    {"result", &text, false, "`answered`, or why there is no answer: `refused`, `timed out`, ..."},
    {"answered_by", &target, false, "Which service, or which instance of it, must answer."},
};
constexpr Form call_expect{
    .kind = Kind::record, .title = "what a call must come to", .keys = call_expect_keys};
constexpr Key call_keys[] = {
    {"from", &target, true, "The instance that calls; of several instances the first."},
    {"to", &target, true, "The service that is called."},
    {"direct", &boolean, false, "Straight to the other host, past every proxy."},
    {"timeout", &duration, false, "How long the caller waits for the answer; 15s unless given."},
    {"expect", &call_expect, false, "What must come of it; an answer unless given."},
};
constexpr Form call{.kind = Kind::record, .title = "a call", .keys = call_keys};

constexpr Form json_values{
    .kind = Kind::map, .title = "JSON pointers with the values there", .element = &text};
constexpr Key http_expect_keys[] = {
    {"status", &integer, false, "The status; any below 300 unless given, 0 for no answer at all."},
    {"body", &text, false, "The whole body."},
    {"contains", &text, false, "A part of the body."},
    {"json", &json_values, false, "What stands at places of a JSON body: `/0/Value: abc`."},
};
constexpr Form http_expect{
    .kind = Kind::record, .title = "what must be answered", .keys = http_expect_keys};
constexpr Key http_keys[] = {
    {"in", &target, true,
     "The server: `dc1/server/0`, `dc1/server/leader`, or `dc1` for the first."},
    {"method", &text, false, "GET unless given."},
    {"path", &text, true, "With the query, as in a URL: `/v1/kv/a?raw`."},
    {"body", &anything, false, "The body: a text as it is, anything else as JSON."},
    {"timeout", &duration, false, "How long the operator waits; 30s unless given."},
    {"expect", &http_expect, false, "What must be answered."},
};
constexpr Form http{.kind = Kind::record, .title = "an HTTP request", .keys = http_keys};

constexpr Key leader_keys[] = {
    {"in", &cluster, true, "The cluster."},
    {"exists", &boolean, false, "Whether a server leads; true unless given."},
    {"is", &target, false, "The server that must lead."},
    {"is_not", &target, false, "The server that must not lead."},
};
constexpr Form leader{.kind = Kind::record, .title = "a leader", .keys = leader_keys};

constexpr Key transfer_keys[] = {{"in", &cluster, true, "The cluster."}};
constexpr Form transfer{
    .kind = Kind::record, .title = "a cluster", .keys = transfer_keys, .shorthand = "in"};

// --- faults -------------------------------------------------------------------------------------

constexpr Key cut_keys[] = {
    {"between", &pair, true, "The two sides: clusters or hosts."},
    {"direction", &text, false, "`both`, or `to_<side>`: what is lost. `both` unless given."},
    {"for", &duration, false, "Heals by itself after this time."},
};
constexpr Form cut{.kind = Kind::record, .title = "a cut", .keys = cut_keys};
constexpr Key heal_keys[] = {{"between", &pair, true, "The two sides of an earlier cut."}};
constexpr Form heal{.kind = Kind::record, .title = "the end of a cut", .keys = heal_keys};

constexpr Key link_keys[] = {
    {"between", &pair, true, "The two sides: clusters or hosts."},
    {"latency", &duration, false, "One way."},
    {"jitter", &duration, false, "Added to the latency, uniform from nothing to this."},
    {"loss", &percent, false, "Share of parcels lost; streams send those again."},
    {"rate", &rate, false, "Bits a second; no limit unless given."},
    {"queue", &size, false, "How much waits for a slow link before it is dropped."},
};
constexpr Form link{.kind = Kind::record, .title = "a link's quality", .keys = link_keys};

constexpr Key host_fault_keys[] = {
    {"target", &targets, true, "The hosts."},
    {"for", &duration, false, "Ends by itself after this time."},
};
constexpr Form host_fault{
    .kind = Kind::record, .title = "hosts", .keys = host_fault_keys, .shorthand = "target"};
constexpr Key hosts_keys[] = {{"target", &targets, true, "The hosts."}};
constexpr Form hosts{
    .kind = Kind::record, .title = "hosts", .keys = hosts_keys, .shorthand = "target"};

constexpr Key skew_keys[] = {
    {"target", &targets, true, "The hosts whose clocks move."},
    {"by", &offset, true, "How far the clock jumps, with a sign."},
};
constexpr Form skew{.kind = Kind::record, .title = "a clock fault", .keys = skew_keys};

// --- checks -------------------------------------------------------------------------------------

constexpr Key now_keys[] = {{"all", &all_checks, true, "Every one of these must hold."}};
constexpr Form now{.kind = Kind::record, .title = "checks", .keys = now_keys, .shorthand = "all"};
constexpr Key eventually_keys[] = {
    {"within", &duration, true, "The latest moment, counted from the start of the step."},
    {"after", &duration, false, "It must not hold before this moment."},
    {"all", &all_checks, true, "Every one of these must hold, all at one instant."},
};
constexpr Form eventually{.kind = Kind::record, .title = "checks", .keys = eventually_keys};
constexpr Key hold_keys[] = {
    {"for", &duration, true, "How long."},
    {"all", &all_checks, true, "What must (or, with `never`, must not) be true at any instant."},
};
constexpr Form hold{.kind = Kind::record, .title = "checks", .keys = hold_keys};

// --- shapes -------------------------------------------------------------------------------------

constexpr Key repeat_keys[] = {
    {"times", &integer, true, "How often."},
    {"steps", &steps, true, "The steps."},
};
constexpr Form repeat{.kind = Kind::record, .title = "a repetition", .keys = repeat_keys};

constexpr Word verb_table[] = {
    {"call", Group::act, &call, "One service calls another, once.",
     "call: { from: dc1/client, to: dc2/web, direct: true, expect: { answered_by: dc2/web } }"},

    {"http", Group::act, &http, "An HTTP request of an operator to a server, once.",
     "http: { in: dc1, method: PUT, path: /v1/kv/a, body: hello, expect: { body: \"true\" } }"},
    {"transfer_leader", Group::act, &transfer, "The leading server hands leadership to another.",
     "transfer_leader: dc1"},

    {"cut", Group::breakage, &cut,
     "Nothing passes between the two sides. Connections stay open and send again, as TCP does.",
     "cut: { between: [dc1, dc2], direction: to_dc2, for: 30s }"},
    {"heal", Group::breakage, &heal, "Ends a cut.", "heal: { between: [dc1, dc2] }"},
    {"link", Group::breakage, &link, "Sets the quality of the links between the two sides.",
     "link: { between: [dc1, dc2], latency: 40ms, jitter: 5ms, loss: 1% }"},
    {"reset", Group::breakage, &heal, "Resets every connection between the two sides.",
     "reset: { between: [dc1, dc2] }"},
    {"mute", Group::breakage, &host_fault,
     "The hosts send nothing, while their connections stay up.",
     "mute: { target: dc1/web/0, for: 3m }"},
    {"kill", Group::breakage, &hosts,
     "The hosts crash: memory and writes that were not synced are lost.", "kill: dc1/web/0"},
    {"start", Group::breakage, &hosts, "Hosts that were killed come back from their disks.",
     "start: dc1/web/0"},
    {"restart", Group::breakage, &hosts, "Crash and start at once.", "restart: dc1/web/0"},
    {"pause", Group::breakage, &host_fault, "The hosts stop running, without noticing.",
     "pause: { target: dc1/web/0, for: 10s }"},
    {"resume", Group::breakage, &hosts, "Ends a pause.", "resume: dc1/web/0"},
    {"skew", Group::breakage, &skew, "The hosts' clocks jump.",
     "skew: { target: dc1/web/0, by: +30s }"},

    {"wait", Group::time, &duration, "Lets virtual time pass.", "wait: 10s"},

    {"now", Group::check, &now, "True at this instant.",
     "now: [{ call: { from: dc1/client, to: dc2/web } }]"},
    {"eventually", Group::check, &eventually, "Becomes true in time.",
     "eventually: { within: 5s, all: [{ call: { from: dc1/client, to: dc2/web } }] }"},
    {"hold", Group::check, &hold, "True all the time.",
     "hold: { for: 30s, all: [{ call: { from: dc1/client, to: dc2/web } }] }"},
    {"never", Group::check, &hold, "At no instant true.",
     "never: { for: 30s, all: [{ call: { from: dc1/client, to: dc2/web } }] }"},

    {"group", Group::shape, &steps, "Steps under one title.", "group: [{ wait: 1s }]"},
    {"repeat", Group::shape, &repeat, "Steps, several times over.",
     "repeat: { times: 3, steps: [{ wait: 1s }] }"},
    {"use", Group::shape, &name, "The steps of a macro.", "use: peered-and-calling"},
};

constexpr Word check_table[] = {
    {"call", Group::fact, &call,
     "A call, made to find out. Where it is not as expected, it is made again after 100ms.",
     "call: { from: dc1/client, to: dc2/web, expect: { answered_by: dc2/web } }"},
    {"http", Group::fact, &http,
     "An HTTP request, made to find out. Where the answer is not as expected, it is made again.",
     "http: { in: dc1, path: /v1/status/leader, expect: { contains: \":8300\" } }"},
    {"leader", Group::fact, &leader, "A server of the cluster leads.",
     "leader: { in: dc1, is_not: dc1/server/0 }"},
};

constexpr Form steps{.kind = Kind::steps, .title = "a list of steps"};
constexpr Form all_checks{.kind = Kind::checks, .title = "a list of checks"};

// --- the file -----------------------------------------------------------------------------------

constexpr Form step_map{.kind = Kind::map, .title = "step lists by name", .element = &steps};
constexpr Form variable_values{
    .kind = Kind::list, .title = "the values of a variable", .element = &text};
constexpr Form matrix{
    .kind = Kind::map, .title = "values by variable", .element = &variable_values};
constexpr Form variables{.kind = Kind::map, .title = "variables by name", .element = &text};
constexpr Form covered{.kind = Kind::list, .title = "statements (C-121)", .element = &text};
constexpr Form caught{
    .kind = Kind::map, .title = "ids of invariants or titles of steps by mutant", .element = &text};
constexpr Key limit_keys[] = {
    {"time", &duration, false, "Virtual time after which a run is undecided; 24h unless given."},
    {"events", &integer, false, "Events after which a run is undecided; 50 million unless given."},
};
constexpr Form limits{.kind = Kind::record, .title = "limits", .keys = limit_keys};

constexpr Key file_keys[] = {
    {"peerlab", &integer, true, "The version of the language: 1."},
    {"name", &text, true, "What the scenario is called in reports."},
    {"about", &text, false, "What it shows, in a sentence or two."},
    {"covers", &covered, false, "Statements of the specification that its checks prove."},
    {"catches", &caught, false, "Mutants, each with the invariant or the step that must fail."},
    {"tags", &texts, false, "Words to select scenarios by."},
    {"vars", &variables, false, "Values for `${name}`."},
    {"matrix", &matrix, false, "Each combination of values is a case of its own."},
    {"include", &texts, false, "Files without steps whose content comes first."},
    {"mutants", &texts, false, "Historic bugs to plant in this run."},
    {"topology", &topology, false, "The clusters."},
    {"macros", &step_map, false, "Step lists that `use` names."},
    {"steps", &steps, false, "What happens, in order."},
    {"finally", &all_checks, false, "What must hold when all faults are healed and all is quiet."},
    {"limits", &limits, false, "When to give up."},
};
constexpr Form file{.kind = Kind::record, .title = "a scenario", .keys = file_keys};

}  // namespace

const Form& file_form() { return file; }
const Form& statements() { return covered; }
std::span<const Word> verbs() { return verb_table; }
std::span<const Word> checks() { return check_table; }

const Word* find_word(std::span<const Word> words, std::string_view wanted) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const Word& word) { return word.name == wanted; });
  return found == words.end() ? nullptr : &*found;
}

std::string_view group_name(Group group) {
  switch (group) {
    case Group::act:
      return "act";
    case Group::breakage:
      return "break";
    case Group::time:
      return "time";
    case Group::check:
      return "check";
    case Group::shape:
      return "shape";
    case Group::fact:
      return "fact";
  }
  return "";
}

}  // namespace peerlab::scenario
