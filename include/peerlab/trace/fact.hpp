#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "peerlab/base/strong.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/net/address.hpp"
#include "peerlab/net/fault.hpp"

namespace peerlab::trace {

/// A host's number in one trace; `Trace::name` gives its name.
using Where = Strong<struct WhereTag, std::uint32_t>;

/// What happened to a host. The record says which one, and when.
struct HostStarted {};
struct HostStopped {};
struct HostCrashed {};  ///< power failure
struct HostKilled {};   ///< its process died
struct HostPaused {};
struct HostResumed {};

/// A connection, seen by the side in the record.
struct ConnectionOpened {
  Where peer;
  net::Port port = 0;
  bool dialed = false;  ///< by this side
};
struct ConnectionClosed {
  std::string peer;  ///< its name, or the address that was dialed
  net::Port port = 0;
  net::Closing why = net::Closing::by_peer;
};

/// Frames and timers: in the trace at `Level::events` only. The names are those of the payload
/// types and live as long as the program.
struct FrameSent {
  Where to;
  std::string_view kind;
  std::uint64_t bytes = 0;
};
struct FrameDelivered {
  Where from;
  std::string_view kind;
  std::uint64_t bytes = 0;
};
enum class DropReason { lost, cut, muted, queue_full, closed, host_down, unreachable };
std::string_view text(DropReason reason);
struct FrameDropped {
  std::string_view kind;
  DropReason why = DropReason::lost;
};
struct TimerFired {
  std::uint32_t owner = 0;
  std::uint32_t timer = 0;
};

/// Someone outside the world told the host to do something.
struct CommandGiven {
  std::string_view kind;
};

/// The record stands at the world itself, not at one host.
struct FaultApplied {
  net::Fault fault;
};

/// A call between services is over, for the side in the record, which made it.
struct CallEnded {
  std::uint64_t call = 0;   ///< counts the calls of a run
  std::string to;           ///< the host that was called
  std::string result;       ///< `answered`, or why there is no answer: `refused`, `timed out`, ...
  std::string answered_by;  ///< the host of the instance that answered; empty if none did
  int status = 0;           ///< of an HTTP answer, whoever gave it; 0 for tcp, or without an answer
};

// The data plane: what proxies do with a call on its way.

/// A proxy has sent a call on, or has ended it.
struct CallHop {
  std::uint64_t call = 0;
  std::string to;  ///< the proxy's name for the next hop: a cluster; empty where none was chosen
  std::string address;  ///< `host:port` that was dialed
  std::string refused;  ///< why the call ended here; empty where it went on
};
/// The application behind a sidecar has answered a call that the sidecar let in.
struct CallServed {
  std::uint64_t call = 0;
  std::string partition;     ///< of the service that answered; `default` or as named
  std::string service;       ///< that answered
  std::string caller;        ///< SPIFFE URI, as verified here or by the exporting gateway
  std::string trust_domain;  ///< of the caller
};
/// A proxy goes by a new configuration from now on.
struct ProxyConfigured {
  std::uint64_t version = 0;  ///< counts the configurations of one stream
  std::size_t listeners = 0;
  std::size_t clusters = 0;
};
/// A sidecar or gateway has its first configuration and all that it needs for it; a client agent
/// has told the catalog of all it holds, and each of its checks has run.
struct ProxyReady {};
struct AgentReady {};

/// The tenant of an admin partition has written the entries that its topology wants.
struct PartitionReady {};
/// A check of a client agent has changed its status.
struct CheckTurned {
  std::string check;   ///< its id
  std::string status;  ///< `passing`, ...
};

/// A server has won an election, or has ceased to lead.
struct LeadershipGained {
  std::uint64_t term = 0;
};
struct LeadershipLost {
  std::uint64_t term = 0;  ///< in which it led
};

/// A server can do all that its cluster needs of it: it knows a leader (or leads, with all duties
/// taken up) and has its certificate.
struct ServerReady {};

// What the leader of a cluster knows. It records each of these when it takes up leadership, and
// again whenever one changes; partitions are `default` or as named.

/// A peering, as a client of the leader would read it. What is heard of the peer meanwhile, its
/// heartbeats above all, are the PeerMessages received.
struct PeeringSeen {
  std::string partition;
  std::string peer;
  std::string id;                     ///< on this side
  std::string remote_id;              ///< on the other; empty at an acceptor
  std::string state;                  ///< `ACTIVE`, ...
  std::vector<std::string> imported;  ///< services that the peer says it exports
  std::vector<std::string> exported;  ///< services that the peer has been told of
  friend bool operator==(const PeeringSeen&, const PeeringSeen&) = default;
};
/// The record of a peering is no more.
struct PeeringGone {
  std::string partition;
  std::string peer;
  std::string id;
};
/// The instances of a service in the catalog; both numbers are 0 when the last is gone.
struct InstancesSeen {
  std::string partition;
  std::string peer;  ///< from which it is imported; empty for a service of the cluster itself
  std::string service;
  std::uint32_t total = 0;
  std::uint32_t passing = 0;
};
/// A config entry.
struct ConfigSeen {
  std::string partition;
  std::string kind;
  std::string name;
  std::string body;  ///< JSON, as the HTTP API shows it; empty when the entry is gone
};
/// The root certificates of the cluster, or those that it knows of a peer.
struct RootsSeen {
  std::string partition;
  std::string peer;  ///< empty for the cluster's own
  std::string trust_domain;
  std::vector<std::string> fingerprints;  ///< SHA-256, in hex; none when the bundle is gone
};
/// What becomes of callers that no intention names.
struct PolicySeen {
  bool allow = true;
};
/// The leader has applied an entry of the log that it wrote itself.
struct EntryApplied {
  std::uint64_t index = 0;
  std::string_view kind;  ///< of the command: `catalog`, `peering`, `ca`
  std::uint64_t bytes = 0;
};

// A peer stream, seen by one end. `peering` is the ID on that side; empty while it is not known.
// `stream` counts the streams that a host has had in this life: messages of two streams of one
// peering, of which one is only being drained, must not be taken for each other.
struct StreamBegan {
  std::string peering;
  std::string peer;
  bool dialed = false;
  std::uint64_t stream = 0;
};
struct StreamEnded {
  std::string peering;
  std::string peer;
  std::string status;  ///< `OK`, or the code with its text
  std::uint64_t stream = 0;
};
/// A message on it, when this end sends it or gets it.
struct PeerMessage {
  enum class Kind { open, request, response, terminated, heartbeat };
  std::string peering;
  bool sent = false;
  Kind kind = Kind::heartbeat;
  std::string type;         ///< of the resource: `ExportedService`, ...; empty for other messages
  std::string resource_id;  ///< of a response
  std::string nonce;        ///< of a response; of a request: the one that it answers
  std::string error;        ///< of a request that refuses (NACK)
  std::uint64_t bytes = 0;
  std::uint64_t stream = 0;
};
std::string_view text(PeerMessage::Kind kind);

/// An acceptor has judged a secret that a dialer showed.
struct SecretJudged {
  enum class Kind { establishment, stream };
  std::string peering;
  Kind kind = Kind::stream;
  std::uint64_t secret = 0;  ///< `hash_of` its text: reports know secrets by it
  bool accepted = false;
};

/// An HTTP request of the operator is over.
struct HttpEnded {
  std::uint64_t call = 0;  ///< counts the calls of a run
  std::string request;     ///< `PUT /v1/kv/a`
  int status = 0;          ///< 0: there was no answer
  std::string body;        ///< of the answer; or why there was none: `refused`, `timed out`, ...
};

/// The scenario goes on to its step number `step`, counted from 0.
struct StepBegan {
  std::size_t step = 0;
  std::string title;
};
struct StepEnded {
  std::size_t step = 0;
  bool passed = false;
  std::size_t check = 0;         ///< which of the step's checks did not pass
  std::string seen;              ///< what was seen instead
  std::optional<Instant> since;  ///< since when
};

/// The run is over; the last record of a trace.
struct RunEnded {
  enum class How {
    finished,  ///< the last step has ended, or one has failed
    limit,     ///< a limit of events or of virtual time was reached
    stuck,     ///< nothing was left to happen while a check was still open
    broken,    ///< a role failed: a fault of the program
  };
  How how = How::finished;
  std::string why;
};

/// Everything a trace can tell. To add a fact: a struct above, its name here, its text in
/// trace/text.cpp; the compiler names the places. Facts are small values that own what they hold.
using Fact =
    std::variant<HostStarted, HostStopped, HostCrashed, HostKilled, HostPaused, HostResumed,
                 ConnectionOpened, ConnectionClosed, FrameSent, FrameDelivered, FrameDropped,
                 TimerFired, CommandGiven, FaultApplied, LeadershipGained, LeadershipLost,
                 ServerReady, PeeringSeen, PeeringGone, InstancesSeen, ConfigSeen, RootsSeen,
                 PolicySeen, EntryApplied, StreamBegan, StreamEnded, PeerMessage, SecretJudged,
                 HttpEnded, CallEnded, CallHop, CallServed, ProxyConfigured, ProxyReady, AgentReady,
                 PartitionReady, CheckTurned, StepBegan, StepEnded, RunEnded>;

}  // namespace peerlab::trace
