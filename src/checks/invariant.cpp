#include "peerlab/checks/invariant.hpp"

#include "rules.hpp"

namespace peerlab::checks {
namespace {

constexpr Invariant all[] = {
    {"causes-come-first", "what is told later happened later, and causes come before effects",
     "docs/how-it-works.md", causes_come_first},
    {"calls-end-once", "a call has one outcome", "docs/how-it-works.md", calls_end_once},
    {"dead-hosts-are-silent", "a host that is down does nothing", "docs/how-it-works.md",
     dead_hosts_are_silent},

    {"one-leader-per-term", "in each term at most one server of a cluster leads",
     "Raft (Ongaro, Ousterhout), figure 3, Election Safety; D-001", one_leader_per_term},
    {"log-grows", "an entry of a log is written once, and entries are applied in order",
     "Raft (Ongaro, Ousterhout), figure 3, State Machine Safety", log_grows},

    {"nonces-grow", "each response on a peer stream has a higher nonce than the one before",
     "C-140; peering specification 5.8", nonces_grow},
    {"answers-match", "each ACK or NACK belongs to one response, and each response has at most one",
     "C-120, C-128; peering specification 5.6, 5.7", answers_match},
    {"sent-as-asked", "a resource is sent only once its type was subscribed to",
     "peering specification 5.5; HB-047", sent_as_asked},
    {"acceptors-ask-no-addresses", "only a dialer subscribes to server addresses", "C-116; HB-018",
     acceptors_ask_no_addresses},
    {"ended-streams-are-silent", "nothing is sent or looked at on a peer stream that has ended",
     "peering specification 5.9; HB-059", ended_streams_are_silent},
    {"only-leaders-stream", "only a leader talks on peer streams; one deposed may do so for 2 min",
     "peering specification 5.4, 7.7; HB-045, HB-046", only_leaders_stream},

    {"secret-accepted-once", "an establishment secret is accepted once",
     "peering specification 2.3, 2.4; HB-032", secret_accepted_once},
    {"active-is-alive", "an ACTIVE peering was heard of less than 2 min ago",
     "C-144; peering specification 5.10; HB-050, HB-082", active_is_alive},
    {"terminated-stays", "a TERMINATED peering is ACTIVE again only after it was established anew",
     "C-235, C-053; peering specification 4.2", terminated_stays},
    {"deleted-stays", "a peering that was deleted does not come back", "peering specification 9.7",
     deleted_stays},

    {"imports-have-a-peering", "what a cluster holds of a peer belongs to a peering that it has",
     "C-240; peering specification 9.7; HB-092", imports_have_a_peering},
    {"imports-were-sent", "a cluster has imported only what its peer has sent to it before",
     "peering specification 9.2; HB-080", imports_were_sent},
    {"sent-is-exported", "a cluster sends only what some entry has exported to that peer before",
     "traffic specification 5.3; D-069; HB-077", sent_is_exported},

    {"traffic-is-exported",
     "a service answers callers of a peer only if it was exported to that peer",
     "seed page, exported services; traffic specification 5.3", traffic_is_exported},
    {"traffic-is-intended", "a service answers only callers that its intentions let in",
     "traffic specification 4.4; HB-094, HB-095, HB-115", traffic_is_intended},

    {"secrets-stay-secret", "secrets of peerings and private keys stand in no answer and no error",
     "peering specification 2.1; HB-034", secrets_stay_secret},
};

}  // namespace

std::span<const Invariant> invariants() { return all; }

}  // namespace peerlab::checks
