#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/time.hpp"
#include "peerlab/peering/message.hpp"
#include "peerlab/peering/secrets.hpp"
#include "peerlab/peering/tracker.hpp"

namespace peerlab::peering {

/// Defaults of Consul (agent/grpc-external/services/peerstream/server.go), but for `drain`.
struct StreamTimings {
  Duration heartbeat_interval = std::chrono::seconds(15);
  Duration heartbeat_timeout = std::chrono::minutes(2);
  /// How long a graceful end waits for the other side. Consul waits for ever (QP-20).
  Duration drain = std::chrono::seconds(2);
};

enum class Timer { heartbeat_due, heartbeat_overdue, drained };

/// Who leads the Raft of our own cluster, as this server sees it.
struct Leadership {
  bool is_ours = true;
  std::string leader_address;  ///< server RPC address of the leader; may be empty
};

// What can happen to a stream ...

/// The transport is there: the acceptor has been called, or the dialer's call is under way.
struct Opened {
  Leadership leadership;
};
struct Received {
  ReplicationMessage message;
};
/// End of the peer's sending direction: a dialer's half-close, or status OK from an acceptor.
struct PeerClosed {};
/// The transport broke, the peer cancelled or ended with a status, or our own gRPC layer refused
/// what came (then `status` is what it answers).
struct ReceiveFailed {
  Status status;
};
/// A message of ours did not get out. `cause` is the transport's text: `EOF` if the stream has
/// ended already, whose status then comes as PeerClosed or ReceiveFailed.
struct SendFailed {
  ReplicationMessage message;
  std::string cause;
};
struct Expired {
  Timer timer;
};
struct LeadershipChanged {
  Leadership leadership;
};

/// What the acceptor's store says about an Open; the answer to CheckOpen. (see open_check.hpp)
struct OpenChecked {
  enum class Record { unreadable, unknown, found };
  enum class State { active, deleting, terminated };

  Record record = Record::found;  ///< unreadable: the PeerID is no UUID
  PeerId id;                      ///< as stored, whatever the case of the one presented
  State state = State::active;
  bool dials = false;  ///< the record has the PeerID of a peer: we are its dialer
  OpenVerdict secret = Status{GrpcCode::internal, "the secret was not judged", {}};
  bool connect_ca_ready = true;
};
/// The answers to PromoteSecret.
struct SecretPromoted {};
struct PromotionFailed {
  std::string cause;
};
/// The exporter has a new value. May come before the peer subscribes; it is held back until then.
struct ResourceChanged {
  std::string id;
  Resource resource;
};
/// The service or chain is no longer exported: nothing is sent, but what was last sent is
/// forgotten.
struct ResourceWithdrawn {
  ResourceType type;
  std::string id;
};
/// The answers to Import.
struct ImportApplied {};
struct ImportFailed {
  std::string cause;  ///< the importer's text (peering spec 5.7, case 8)
};
/// The peering stopped being active here while its stream was up.
struct PeeringDeleted {};

using Input =
    std::variant<Opened, Received, PeerClosed, ReceiveFailed, SendFailed, Expired,
                 LeadershipChanged, OpenChecked, SecretPromoted, PromotionFailed, ResourceChanged,
                 ResourceWithdrawn, ImportApplied, ImportFailed, PeeringDeleted>;

// ... and what it may ask for in return.

struct Send {
  ReplicationMessage message;
};
/// Replaces an earlier Arm of the same timer.
struct Arm {
  Timer timer;
  Instant due;
};
/// Look up the peering and judge the secret; answered by OpenChecked.
struct CheckOpen {
  PeerId peer_id;
  StreamSecret secret;
};
/// Make the pending secret the active one and store where the peer lives, in one write of the log.
struct PromoteSecret {
  PeerId peering;
  SecretsWrite write;
  std::optional<RemoteInfo> remote;
};
/// The peer wants resources of this type from now on.
struct Subscribed {
  ResourceType type;
};
/// Apply a resource of the peer. One at a time; the next message is looked at after the answer.
struct Import {
  std::string resource_id;
  Resource resource;
};
/// The peer has deleted its side: set the record to TERMINATED. A failure is only logged.
struct MarkTerminated {
  PeerId peering;
};
/// End our sending direction, keep reading.
struct HalfClose {};
/// The end. An acceptor answers with `status`; a dialer closes the connection and sends no status,
/// and redials unless the code is OK.
struct Hangup {
  Status status;
};
/// Consul's process dies here (QP-10 at a dialer).
struct Crash {
  std::string reason;
};

using Output = std::variant<Send, Arm, CheckOpen, PromoteSecret, Subscribed, Import, MarkTerminated,
                            HalfClose, Hangup, Crash>;

/// What a dialer knows before it opens a stream.
struct DialerIdentity {
  PeerId local;   ///< our own ID of the peering
  PeerId remote;  ///< the acceptor's ID of it, from the token
  StreamSecret secret;
  RemoteInfo self;
};

/// One end of one peering stream, from its opening until it is hung up. The same loop serves both
/// sides; only the opening differs (Consul: stream_resources.go). Writes what it sees of the peer
/// into the tracker of its server.
///
/// Messages are handled in the order received. While the store is asked, or a resource is being
/// applied, what arrives waits inside; only heartbeats are seen at once.
class PeerStream {
 public:
  /// `tracker` must outlive the stream.
  static PeerStream acceptor(StreamTracker& tracker, StreamTimings timings = {},
                             Mutants planted = {});
  static PeerStream dialer(StreamTracker& tracker, DialerIdentity identity,
                           StreamTimings timings = {}, Mutants planted = {});

  /// The only way in and the only way out. Equal calls give equal outputs. After a Hangup there are
  /// none.
  std::vector<Output> step(Instant now, const Input& input);

  bool is_connected() const { return phase_ == Phase::streaming; }
  bool has_ended() const { return phase_ == Phase::ended; }

  template <class Visitor>
  void describe(Visitor&& visit) const {
    visit("side", side_ == Side::acceptor ? "acceptor" : "dialer");
    visit("phase", static_cast<std::uint64_t>(phase_));
    visit("peering", registration_ ? registration_->peering.value() : std::string());
    visit("nonces", nonces_);
    visit("waiting", static_cast<std::uint64_t>(inbox_.size()));
  }

 private:
  enum class Phase { created, opening, checking, promoting, streaming, draining, ended };

  PeerStream(Side side, StreamTracker& tracker, std::optional<DialerIdentity> identity,
             StreamTimings timings, Mutants planted)
      : side_(side),
        tracker_(&tracker),
        identity_(std::move(identity)),
        timings_(timings),
        mutants_(planted) {}

  void on(Instant now, const Opened& opened);
  void on(Instant now, const Received& received);
  void on(Instant now, const PeerClosed& closed);
  void on(Instant now, const ReceiveFailed& failed);
  void on(Instant now, const SendFailed& failed);
  void on(Instant now, const Expired& expired);
  void on(Instant now, const LeadershipChanged& changed);
  void on(Instant now, const OpenChecked& facts);
  void on(Instant now, const SecretPromoted& promoted);
  void on(Instant now, const PromotionFailed& failed);
  void on(Instant now, const ResourceChanged& changed);
  void on(Instant now, const ResourceWithdrawn& withdrawn);
  void on(Instant now, const ImportApplied& applied);
  void on(Instant now, const ImportFailed& failed);
  void on(Instant now, const PeeringDeleted& deleted);

  // Opening (stream_open.cpp)
  void check_first(const ReplicationMessage& message);
  void admit(Instant now);
  void open_as_dialer(Instant now);
  void start(Instant now);

  // The running stream (stream.cpp)
  bool is_waiting() const;
  void handle(Instant now, const ReplicationMessage& message);
  void handle(Instant now, const Request& request);
  void handle(Instant now, const Response& response);
  void subscribe(Instant now, ResourceType type, const Request& request);
  void beat(Instant now);
  std::optional<Status> refuse(const Response& response) const;
  void refuse_malformed(Instant now, const std::string& cause);
  void acknowledge(Instant now, std::optional<Status> error);

  // What goes out (stream_send.cpp)
  bool wants(const Resource& resource) const;
  void send_resource(Instant now, const std::string& id, const Resource& resource);
  void send_held(Instant now);

  // Endings (stream_end.cpp)
  void end(Instant now, const Status& status) { end(now, status, text_of(status)); }
  void end(Instant now, Status status, std::string error);
  void drain(Instant now);
  void end_as_if_on_purpose(Instant now);
  void hang_up(Status status);

  void put(Output output) { outputs_.push_back(std::move(output)); }

  Side side_;
  StreamTracker* tracker_;
  std::optional<DialerIdentity> identity_;  // dialer only
  StreamTimings timings_;
  Mutants mutants_;

  Phase phase_ = Phase::created;
  Leadership leadership_;
  Open open_;          // acceptor: as received
  OpenChecked facts_;  // acceptor: what the store said about it
  bool deleted_while_opening_ = false;
  std::optional<StreamRegistration> registration_;
  Instant overdue_;  // when the peer's next heartbeat must have come
  using Arrival = std::variant<Received, PeerClosed, ReceiveFailed>;
  std::deque<Arrival> inbox_;
  std::optional<Response> importing_;  // the response that the importer is busy with

  std::set<ResourceType> subscribed_;
  std::uint64_t nonces_ = 0;
  using ResourceKey = std::pair<ResourceType, std::string>;
  std::vector<ResourceChanged> held_;          // not subscribed to yet, in order
  std::map<ResourceKey, Resource> last_sent_;  // of this stream, for suppressing duplicates

  std::vector<Output> outputs_;
};

}  // namespace peerlab::peering
