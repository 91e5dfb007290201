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
constexpr Form count{.kind = Kind::count, .title = "a count (3, \"<= 5\")"};
constexpr Form size_count{.kind = Kind::size_count, .title = "a size (512KiB, \"<= 512KiB\")"};
constexpr Form duration{.kind = Kind::duration, .title = "a duration (250ms, 5s, 1m30s)"};
constexpr Form size{.kind = Kind::size, .title = "a size (64KiB, 8MiB)"};
constexpr Form rate{.kind = Kind::rate, .title = "a rate (200kbit, 1Mbit)"};
constexpr Form percent{.kind = Kind::percent, .title = "a share (1%, 0.5%)"};
constexpr Form offset{.kind = Kind::signed_duration, .title = "a duration with a sign (+30s, -2m)"};

// Names of things. The paths are those of docs/scenario-reference.md, section "Names".
constexpr Form cluster{.kind = Kind::name, .title = "a cluster of the topology"};
constexpr Form target{.kind = Kind::name, .title = "a host (dc1/server/0, dc1/web)"};
constexpr Form tenant{.kind = Kind::name,
                      .title = "a cluster, or a partition of one (dc1, dc1@web)"};
constexpr Form tenant_or_any{.kind = Kind::name, .title = "a cluster or partition, or `any`"};
constexpr Form cluster_or_any{.kind = Kind::name, .title = "a cluster, or `any`"};
constexpr Form peer_name{.kind = Kind::name, .title = "a peer, as it is called there"};
constexpr Form anything{.kind = Kind::anything, .title = "anything"};
constexpr Form texts{.kind = Kind::list, .title = "a list of texts", .element = &text};
constexpr Form targets{.kind = Kind::list, .title = "one or several hosts", .element = &target};
constexpr Form clusters{
    .kind = Kind::list, .title = "one or several clusters", .element = &cluster};
constexpr Form tenants{
    .kind = Kind::list, .title = "one or several clusters or partitions", .element = &tenant};
constexpr Form any_map{.kind = Kind::map, .title = "a map", .element = &anything};
constexpr Form text_map{.kind = Kind::map, .title = "texts by name", .element = &text};
constexpr Form name_map{
    .kind = Kind::map, .title = "names by cluster or partition", .element = &name};
constexpr Form names{.kind = Kind::list, .title = "one or several names", .element = &name};
constexpr Form pair{.kind = Kind::list, .title = "two clusters or hosts", .element = &target};

// Lists of words; defined below, since steps hold steps.
extern const Form steps;
extern const Form all_checks;

// --- topology -----------------------------------------------------------------------------------

constexpr Form protocol{.kind = Kind::choice, .title = "a protocol", .choices = "tcp|http"};
constexpr Form gateway_mode{
    .kind = Kind::choice, .title = "a gateway mode", .choices = "none|remote|local"};
constexpr Key upstream_keys[] = {
    {"service", &name, true, "The service that is called."},
    {"peer", &name, false, "The peer that exports it; without one a service of the own cluster."},
    {"partition", &name, false, "Another partition of the own cluster, in which the service is."},
    {"port", &integer, false, "Where the sidecar listens; 5001, 5002 and so on unless given."},
    {"mode", &gateway_mode, false, "Of mesh gateways, for this upstream alone."},
};
constexpr Form upstream{
    .kind = Kind::record, .title = "an upstream", .keys = upstream_keys, .shorthand = "service"};
constexpr Form upstreams{.kind = Kind::list, .title = "a list of upstreams", .element = &upstream};
constexpr Key service_keys[] = {
    {"instances", &integer, false, "How many instances run; 1 unless given."},
    {"protocol", &protocol, false,
     "Written as `service-defaults`, where there are none of its name; tcp without them."},
    {"mesh", &boolean, false, "Each instance has a sidecar; so it is where there are servers."},
    {"upstreams", &upstreams, false, "The services that its application calls by its sidecar."},
};
constexpr Form service{.kind = Kind::record, .title = "a service", .keys = service_keys};
constexpr Form services{.kind = Kind::map, .title = "services by name", .element = &service};

constexpr Form wan_address{
    .kind = Kind::choice, .title = "an IP or a host name", .choices = "ip|hostname"};
constexpr Key gateways_keys[] = {
    {"count", &integer, true, "How many."},
    {"wan_address", &wan_address, false, "How other clusters reach them; by IP unless given."},
};
constexpr Form gateways{.kind = Kind::record,
                        .title = "how many gateways, or more about them",
                        .keys = gateways_keys,
                        .shorthand = "count"};

constexpr Key partition_keys[] = {
    {"agents", &integer, false, "Client agents; one where they are needed unless given."},
    {"gateways", &gateways, false, "Mesh gateways; none unless given."},
    {"services", &services, false, "The services of the partition, each with its instances."},
};
constexpr Form partition{.kind = Kind::record, .title = "a partition", .keys = partition_keys};
constexpr Form partitions{.kind = Kind::map, .title = "partitions by name", .element = &partition};

constexpr Form allow_or_deny{
    .kind = Kind::choice, .title = "allow or deny", .choices = "allow|deny"};

constexpr Form edition{
    .kind = Kind::choice, .title = "an edition", .choices = "community|enterprise"};
constexpr Key cluster_keys[] = {
    {"servers", &integer, false, "How many Consul servers it has; none unless given."},
    {"datacenter", &name, false, "What the cluster calls itself; its name here unless given."},
    {"edition", &edition, false,
     "Which Consul it runs; `enterprise` where it has partitions, `community` otherwise."},
    {"default_intention_policy", &allow_or_deny, false,
     "What holds for callers that no intention names; `allow` unless given."},
    {"raft_multiplier", &integer, false, "1 to 10: how patient its servers are; 5 unless given."},
    {"agents", &integer, false, "Client agents; one where they are needed unless given."},
    {"gateways", &gateways, false, "Mesh gateways; none unless given."},
    {"services", &services, false, "The services of the cluster, each with its instances."},
    {"partitions", &partitions, false, "Admin partitions beside the default one."},
};
constexpr Form cluster_record{.kind = Kind::record, .title = "a cluster", .keys = cluster_keys};
constexpr Form topology{.kind = Kind::map, .title = "clusters by name", .element = &cluster_record};

// --- steps that act -----------------------------------------------------------------------------

constexpr Key call_expect_keys[] = {
    {"result", &text, false,
     "`answered`, or why there is no answer: `refused`, `closed`, `timed out`, or the text of a "
     "proxy that answered instead."},
    {"status", &integer, false, "The status of an HTTP answer, whoever gave it."},
    {"because", &text, false, "A part of why a proxy on the way ended the call."},
    {"answered_by", &target, false, "Which service, or which instance of it, must answer."},
};
constexpr Form call_expect{
    .kind = Kind::record, .title = "what a call must come to", .keys = call_expect_keys};
constexpr Key call_keys[] = {
    {"from", &target, true, "The instance that calls; of several instances the first."},
    {"to", &target, true, "The upstream that is called (`web`), or its service (`dc2/web`)."},
    {"direct", &boolean, false, "Straight to the other host, past every proxy."},
    {"protocol", &protocol, false, "What the caller speaks; that of the service unless given."},
    {"method", &text, false, "Of an HTTP call; GET unless given."},
    {"path", &text, false, "Of an HTTP call; `/` unless given."},
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
constexpr Form http_check{.kind = Kind::record, .title = "an HTTP request", .keys = http_keys};
constexpr Key http_step_keys[] = {
    http_keys[0],
    http_keys[1],
    http_keys[2],
    http_keys[3],
    http_keys[4],
    http_keys[5],
    {"capture", &text_map, false,
     "JSON pointers by name: what stands there in the answer is `${name}` in later steps."},
};
constexpr Form http{.kind = Kind::record, .title = "an HTTP request", .keys = http_step_keys};

constexpr Key leader_keys[] = {
    {"in", &cluster, true, "The cluster."},
    {"exists", &boolean, false, "Whether a server leads; true unless given."},
    {"is", &target, false, "The server that must lead."},
    {"is_not", &target, false, "The server that must not lead."},
};
constexpr Form leader{
    .kind = Kind::record, .title = "a leader", .keys = leader_keys, .shorthand = "in"};

constexpr Key transfer_keys[] = {{"in", &cluster, true, "The cluster."}};
constexpr Form transfer{
    .kind = Kind::record, .title = "a cluster", .keys = transfer_keys, .shorthand = "in"};

constexpr Key peer_keys[] = {
    {"accept", &tenant, true, "Who makes the token."},
    {"dial", &tenant, true, "Who is given the token, and dials."},
    {"names", &name_map, false, "What each of them is called by the other; its name unless given."},
    {"addresses", &texts, false, "What the token gives as addresses instead of the servers' own."},
    {"token", &any_map, false, "Fields of the token that are changed on its way (a merge patch)."},
    {"timeout", &duration, false, "How long the operator waits for the dialer; 30s unless given."},
    {"expect", &http_expect, false, "What must be answered; also where it is refused at once."},
};
constexpr Form peer{.kind = Kind::record, .title = "a peering", .keys = peer_keys};

constexpr Key unpeer_keys[] = {
    {"in", &tenant, true, "Who deletes it."},
    {"peer", &peer_name, true, "The peer."},
    {"expect", &http_expect, false, "What must be answered."},
};
constexpr Form unpeer{.kind = Kind::record, .title = "a peering", .keys = unpeer_keys};

#define PEERLAB_ENTRY_KEYS                                                                    \
  {"in", &tenants, true, "Where it is written."}, {"hcl", &text, false, "The entry in HCL."}, \
      {"json", &text, false, "The entry in JSON."},                                           \
      {"crd", &text, false, "Entries as Kubernetes resources, one or more documents."}, {     \
    "file", &text, false, "A file with entries: `.hcl`, `.json` or `.yaml` (Kubernetes)."     \
  }
constexpr Key entry_keys[] = {PEERLAB_ENTRY_KEYS};
constexpr Form entry{.kind = Kind::record, .title = "a config entry", .keys = entry_keys};
constexpr Form entries{.kind = Kind::list, .title = "config entries", .element = &entry};
constexpr Key write_keys[] = {
    PEERLAB_ENTRY_KEYS,
    {"expect", &http_expect, false, "What must be answered."},
};
#undef PEERLAB_ENTRY_KEYS
constexpr Form write{.kind = Kind::record, .title = "a config entry", .keys = write_keys};
constexpr Key delete_keys[] = {
    {"in", &tenants, true, "Where it is deleted."},
    {"kind", &text, true, "The kind of the entry: `service-intentions`."},
    {"name", &text, true, "Its name."},
    {"expect", &http_expect, false, "What must be answered."},
};
constexpr Form delete_entry{.kind = Kind::record, .title = "a config entry", .keys = delete_keys};

constexpr Form status{.kind = Kind::choice,
                      .title = "a status (passing, warning, critical)",
                      .choices = "passing|warning|critical"};
constexpr Key register_keys[] = {
    {"in", &tenant, true, "Into whose catalog."},
    {"service", &name, true, "The service."},
    {"id", &name, false,
     "The id of the instance on its node; the name of the service unless given."},
    {"instances", &integer, false, "How many, each on a node of its own; 1 unless given."},
    {"first", &integer, false, "The number of the first; 0 unless given. Nodes are `web-0`, ..."},
    {"node", &name, false, "The node, for a single instance."},
    {"address", &text, false, "Of the node; one of 198.51.100.0/24 unless given."},
    {"port", &integer, false, "Of the service."},
    {"status", &status, false, "Of a check of the instance; none unless given."},
    {"tags", &texts, false, "Tags of the service."},
    {"meta", &text_map, false, "Metadata of the service."},
    {"pad", &size, false, "One tag more, which has so many bytes."},
    {"expect", &http_expect, false, "What must be answered, each time."},
};
constexpr Form register_instances{
    .kind = Kind::record, .title = "instances", .keys = register_keys};
constexpr Key deregister_keys[] = {
    {"in", &tenant, true, "From whose catalog."},
    {"service", &name, false, "The service; its nodes `web-0`, ... go as a whole."},
    {"instances", &integer, false, "How many; 1 unless given."},
    {"first", &integer, false, "The number of the first; 0 unless given."},
    {"node", &name, false, "A node: it goes as a whole, or only `service` of it."},
    {"id", &name, false, "The id of the instance on that node."},
    {"expect", &http_expect, false, "What must be answered, each time."},
};
constexpr Form deregister{.kind = Kind::record, .title = "instances", .keys = deregister_keys};

constexpr Key export_keys[] = {
    {"in", &tenant, true, "Who exports."},
    {"service", &names, true, "The services; `*` for all of them."},
    {"to", &peer_name, true, "The peer, as it is called there."},
    {"expect", &http_expect, false, "What must be answered."},
};
constexpr Form exports{.kind = Kind::record, .title = "exports", .keys = export_keys};

constexpr Form key_type{.kind = Kind::choice,
                        .title = "a kind of key (ec-384, rsa-2048)",
                        .choices = "ec-224|ec-256|ec-384|ec-521|rsa-2048|rsa-4096"};
constexpr Key rotate_keys[] = {
    {"in", &tenants, true, "Whose CA."},
    {"key", &key_type, true,
     "The key of the new root. There is a new one if it is of another kind."},
    {"expect", &http_expect, false, "What must be answered."},
};
constexpr Form rotate_ca{.kind = Kind::record, .title = "a new root", .keys = rotate_keys};

// --- faults -------------------------------------------------------------------------------------

constexpr Key cut_keys[] = {
    {"between", &pair, true, "The two sides: clusters or hosts."},
    {"direction", &text, false, "`both`, or `to_<side>`: what is lost. `both` unless given."},
    {"for", &duration, false, "Heals by itself after this time."},
};
constexpr Form cut{.kind = Kind::record, .title = "a cut", .keys = cut_keys};
constexpr Key heal_keys[] = {{"between", &pair, true, "The two sides of an earlier cut."}};
constexpr Form heal{.kind = Kind::record, .title = "the end of a cut", .keys = heal_keys};

constexpr Key connections_keys[] = {{"between", &pair, true, "The two sides: clusters or hosts."}};
constexpr Form connections{.kind = Kind::record, .title = "connections", .keys = connections_keys};

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

constexpr Key scale_keys[] = {
    {"service", &target, true, "The service."},
    {"to", &integer, true, "How many of its instances run: the first so many."},
};
constexpr Form scale{.kind = Kind::record, .title = "a service", .keys = scale_keys};

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
constexpr Form eventually{
    .kind = Kind::record, .title = "a step with checks", .keys = eventually_keys};
constexpr Key hold_keys[] = {
    {"for", &duration, true, "How long."},
    {"all", &all_checks, true, "What must (or, with `never`, must not) be true at any instant."},
};
constexpr Form hold{.kind = Kind::record, .title = "a step with checks", .keys = hold_keys};

constexpr Form state{
    .kind = Kind::choice,
    .title = "a state of a peering",
    .choices = "PENDING|ESTABLISHING|ACTIVE|FAILING|DELETING|TERMINATED|UNDEFINED"};
#define PEERLAB_PEERING_KEYS                                                                   \
  {"connected", &boolean, false, "Whether a stream of it is open at any server."},             \
      {"because", &text, false, "A part of what its last stream that ended did end with."},    \
      {"heartbeat_younger_than", &duration, false, "When the peer last gave a sign of life."}, \
      {"imported", &count, false, "How many services it imports."}, {                          \
    "exported", &count, false, "How many services it exports."                                 \
  }
constexpr Key implied_keys[] = {PEERLAB_PEERING_KEYS};
constexpr Form implied{
    .kind = Kind::record, .title = "what follows from the state", .keys = implied_keys};
constexpr Key peering_keys[] = {
    {"in", &tenant_or_any, true, "Who is asked; `any` for every peering of the scenario."},
    {"peer", &peer_name, false, "The peer."},
    {"exists", &boolean, false, "Whether there is such a peering; true unless given."},
    {"state", &state, false, "Its state."},
    PEERLAB_PEERING_KEYS,
    {"implies", &implied, false,
     "Asked only while it has this state; in any other the check holds."},
};
#undef PEERLAB_PEERING_KEYS
constexpr Form peering{.kind = Kind::record, .title = "a peering", .keys = peering_keys};

constexpr Key exported_keys[] = {
    {"in", &tenant, true, "Who is asked."},
    {"peer", &peer_name, true, "The peer."},
    {"services", &names, false, "These services and no others; `[]` for none."},
    {"count", &count, false, "How many services."},
};
constexpr Form exported{.kind = Kind::record, .title = "services", .keys = exported_keys};
constexpr Key imported_keys[] = {
    exported_keys[0],
    exported_keys[1],
    exported_keys[2],
    exported_keys[3],
    {"equals_exports_of", &tenant, false, "Just what the other cluster's entry names for it."},
};
constexpr Form imported{.kind = Kind::record, .title = "services", .keys = imported_keys};

constexpr Key instances_keys[] = {
    {"in", &tenant, true, "Whose catalog is read."},
    {"peer", &peer_name, false,
     "From which it is imported; a service of the cluster itself without."},
    {"service", &name, true, "The service."},
    {"total", &count, false, "How many instances it has."},
    {"passing", &count, false, "How many of them pass their checks."},
};
constexpr Form instances{.kind = Kind::record, .title = "instances", .keys = instances_keys};

constexpr Key roots_keys[] = {
    {"in", &tenant, true, "Who is asked."},
    {"of_peer", &peer_name, false, "The peer whose roots it knows; its own without."},
    {"count", &count, false, "How many roots."},
    {"equals_roots_of", &tenant, false, "The same roots as this cluster's own."},
};
constexpr Form roots{.kind = Kind::record, .title = "root certificates", .keys = roots_keys};

constexpr Form message_kind{.kind = Kind::choice,
                            .title = "a kind of message",
                            .choices = "open|request|response|terminated|heartbeat"};
constexpr Key messages_keys[] = {
    {"in", &cluster_or_any, true, "Whose servers sent or received them."},
    {"peer", &peer_name, false, "On streams with this peer; with all of them unless given."},
    {"sent", &boolean, false, "Sent (true) or received (false); both unless given."},
    {"kind", &message_kind, false, "The kind of message."},
    {"type", &text, false, "The resource they are about: `ExportedService`, ..."},
    {"error", &text, false, "A part of the error with which they refuse something."},
    {"count", &count, true, "How many."},
    {"since", &text, false,
     "The title of the step since whose begin they count; all unless given."},
};
constexpr Form messages{.kind = Kind::record, .title = "messages", .keys = messages_keys};

constexpr Key work_keys[] = {
    {"in", &cluster_or_any, true, "Whose log."},
    {"log_entries", &count, false, "How many entries were written into it."},
    {"largest_log_entry", &size_count, false, "The size of the largest of them."},
    {"since", &text, false,
     "The title of the step since whose begin they count; all unless given."},
    {"for", &duration, false, "Only those written so long before the moment."},
};
constexpr Form work{.kind = Kind::record, .title = "work", .keys = work_keys};

// --- shapes -------------------------------------------------------------------------------------

constexpr Key repeat_keys[] = {
    {"times", &integer, true, "How often."},
    {"steps", &steps, true, "The steps."},
};
constexpr Form repeat{.kind = Kind::record, .title = "a repetition", .keys = repeat_keys};

constexpr Form branches{.kind = Kind::list, .title = "lists of steps", .element = &steps};

constexpr Word verb_table[] = {
    {"peer", Group::act, &peer,
     "Two clusters are peered: one makes a token, the other dials with it.",
     "peer: { accept: dc2, dial: dc1 }"},
    {"unpeer", Group::act, &unpeer, "A peering is deleted.", "unpeer: { in: dc1, peer: dc2 }"},
    {"write", Group::act, &write, "Config entries are written.",
     "write: { in: dc2, hcl: 'Kind = \"mesh\"' }"},
    {"delete", Group::act, &delete_entry, "A config entry is deleted.",
     "delete: { in: dc2, kind: service-intentions, name: web }"},
    {"register", Group::act, &register_instances,
     "Instances of a service are written into the catalog.",
     "register: { in: dc2, service: web, instances: 3, status: passing }"},
    {"deregister", Group::act, &deregister, "They are taken out of it.",
     "deregister: { in: dc2, service: web, instances: 3 }"},
    {"export", Group::act, &exports, "Services are exported to a peer, besides those that are.",
     "export: { in: dc2, service: web, to: dc1 }"},
    {"unexport", Group::act, &exports, "Services are exported to a peer no longer.",
     "unexport: { in: dc2, service: web, to: dc1 }"},
    {"rotate_ca", Group::act, &rotate_ca, "A CA gets a new root, which the old one signs.",
     "rotate_ca: { in: dc2, key: ec-384 }"},
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
    {"reset", Group::breakage, &connections, "Resets every connection between the two sides.",
     "reset: { between: [dc1, dc2] }"},
    {"half_open", Group::breakage, &connections,
     "The connections between the two sides swallow everything from now on, and neither is told.",
     "half_open: { between: [dc1, dc2] }"},
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
    {"scale", Group::breakage, &scale,
     "So many instances of a service run: those beyond lose their power, the others come back.",
     "scale: { service: dc1/web, to: 0 }"},
    {"skew", Group::breakage, &skew, "The hosts' clocks jump; before `finally` they jump back.",
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
    {"parallel", Group::shape, &branches, "Several lists of steps at the same time.",
     "parallel: [[{ wait: 1s }], [{ wait: 2s }]]"},
    {"repeat", Group::shape, &repeat, "Steps, several times over.",
     "repeat: { times: 3, steps: [{ wait: 1s }] }"},
    {"use", Group::shape, &name, "The steps of a macro.", "use: peered-and-calling"},
};

constexpr Word check_table[] = {
    {"call", Group::fact, &call,
     "A call, made to find out. Where it is not as expected, it is made again after 100ms.",
     "call: { from: dc1/client, to: dc2/web, expect: { answered_by: dc2/web } }"},
    {"http", Group::fact, &http_check,
     "An HTTP request, made to find out. Where the answer is not as expected, it is made again.",
     "http: { in: dc1, path: /v1/status/leader, expect: { contains: \":8300\" } }"},
    {"leader", Group::fact, &leader, "A server of the cluster leads.",
     "leader: { in: dc1, is_not: dc1/server/0 }"},
    {"peering", Group::fact, &peering, "What the leader of a cluster tells of a peering.",
     "peering: { in: dc1, peer: dc2, state: ACTIVE }"},
    {"imported", Group::fact, &imported, "The services that are imported from a peer.",
     "imported: { in: dc1, peer: dc2, services: [web] }"},
    {"exported", Group::fact, &exported, "The services that a peer has been told of.",
     "exported: { in: dc2, peer: dc1, services: [web] }"},
    {"instances", Group::fact, &instances, "The instances of a service in the catalog.",
     "instances: { in: dc1, peer: dc2, service: web, passing: 2 }"},
    {"roots", Group::fact, &roots,
     "The root certificates of a cluster, or those it knows of a peer.",
     "roots: { in: dc1, of_peer: dc2, equals_roots_of: dc2 }"},
    {"messages", Group::fact, &messages, "Messages on the streams with peers.",
     "messages: { in: dc2, kind: response, type: ExportedService, sent: true, count: \"<= 3\" }"},
    {"work", Group::fact, &work, "What a cluster writes into its log.",
     "work: { in: dc1, for: 1m, log_entries: 0 }"},
};

constexpr Form steps{.kind = Kind::steps, .title = "a list of steps"};
constexpr Form all_checks{.kind = Kind::checks, .title = "a list of checks", .filled = true};
// Every item may be for other cases of the matrix (`when`).
constexpr Form section_checks{.kind = Kind::checks, .title = "a list of checks"};

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

constexpr Form start{
    .kind = Kind::choice, .title = "when the steps begin", .choices = "ready|cold"};

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
    {"quirks", &texts, false, "Defects of the reference to switch on; the same as `mutants`."},
    {"topology", &topology, false, "The clusters."},
    {"names", &name_map, false,
     "What clusters are called by their peers; their names unless given."},
    {"start", &start, false, "`ready`: steps begin once all hosts are; `cold`: with the boot."},
    {"config", &entries, false, "Config entries, written before the first step."},
    {"macros", &step_map, false, "Step lists that `use` names."},
    {"steps", &steps, false, "What happens, in order."},
    {"always", &section_checks, false, "What must be true after every event while the steps run."},
    {"never", &section_checks, false, "What must not be true after any event while the steps run."},
    {"finally", &section_checks, false,
     "What must hold when all faults are healed and all is quiet."},
    {"limits", &limits, false, "When to give up."},
};
constexpr Form file{.kind = Kind::record, .title = "a scenario", .keys = file_keys};

}  // namespace

const Form& file_form() { return file; }
const Form& statements() { return covered; }
std::span<const Word> verbs() { return verb_table; }
std::span<const Word> checks() { return check_table; }

bool is_planned(std::string_view word) {
  static constexpr std::string_view words[] = {"disk",   "dns",     "explore",  "load",     "log",
                                               "metric", "restore", "snapshot", "stop_load"};
  return std::ranges::find(words, word) != std::end(words);
}

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
