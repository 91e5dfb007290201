#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "peerlab/base/mutants.hpp"
#include "peerlab/base/names.hpp"
#include "peerlab/base/time.hpp"

namespace peerlab::peering {

/// What one server remembers of its own streams of one peering. Values survive a disconnect.
/// (Consul: agent/grpc-external/services/peerstream/stream_tracker.go, Status)
struct StreamStatus {
  bool connected = false;
  bool never_connected = true;
  std::optional<Instant> disconnect_time;
  std::string disconnect_error;  ///< empty while connected, and after a graceful end

  std::optional<Instant> last_ack;  ///< a subscription counts as an ACK
  std::optional<Instant> last_nack;
  std::string last_nack_message;

  std::optional<Instant>
      last_send_success;                   ///< of a Response; Requests and Heartbeats do not count
  std::optional<Instant> last_send_error;  ///< also the error that ended a dialer's attempt
  std::string last_send_error_message;

  std::optional<Instant> last_heartbeat;
  std::optional<Instant> last_receive_success;  ///< a resource was applied
  std::optional<Instant> last_receive_error;    ///< receiving failed, or applying did
  std::string last_receive_error_message;

  std::vector<std::string> imported_services;  ///< the last list received
  std::vector<std::string> exported_services;  ///< the last list put into a Response

  /// StreamStatus.LastReceive and LastSend of the API, which shows nothing as year 1.
  std::optional<Instant> last_receive() const;
  std::optional<Instant> last_send() const;

  friend bool operator==(const StreamStatus&, const StreamStatus&) = default;
};

/// What the API makes of the stored state: ACTIVE, FAILING, or the stored one itself.
enum class Liveness { connected, failed, idle };
Liveness liveness(const StreamStatus& status);

/// Says which stream of a peering speaks. A stream that was replaced by a newer one can no longer
/// change the status.
struct StreamRegistration {
  PeerId peering;  ///< our own ID of it
  std::uint64_t generation = 0;
};

/// The streams of one server, by our own ID of the peering. Kept in memory only: lost at a restart,
/// and nothing of it is replicated. The PeerStreams of the server write into it.
class StreamTracker {
 public:
  explicit StreamTracker(Mutants planted = {}) : mutants_(planted) {}

  /// Makes an entry that was never connected, unless there is one. A dialer does so before it
  /// dials.
  void track(const PeerId& peering);

  /// Registers the stream as the connected one. Nothing if another is connected and has been heard
  /// of within `patience`: that one is left alone. (Consul refuses whatever the state of the first
  /// and marks it as disconnected: QP-04.)
  std::optional<StreamRegistration> connect(Instant now, const PeerId& peering, Duration patience);

  void disconnected_gracefully(Instant now, const StreamRegistration& stream);
  void disconnected(Instant now, const StreamRegistration& stream, std::string error);
  /// The peering was deleted here: its entry goes.
  void forget(const PeerId& peering);

  void received_ack(Instant now, const StreamRegistration& stream);
  void received_nack(Instant now, const StreamRegistration& stream, const std::string& message);
  void received_heartbeat(Instant now, const StreamRegistration& stream);
  void applied(Instant now, const StreamRegistration& stream);
  void receive_failed(Instant now, const StreamRegistration& stream, std::string error);
  void imported(const StreamRegistration& stream, std::vector<std::string> services);
  void sent(Instant now, const StreamRegistration& stream);
  void exported(const StreamRegistration& stream, std::vector<std::string> services);
  void send_failed(Instant now, const StreamRegistration& stream, std::string error);
  /// An attempt of the dialer ended before it had a stream.
  void dial_failed(Instant now, const PeerId& peering, std::string error);

  /// True while the stream is the one that counts: not replaced, its peering not deleted.
  bool is_current(const StreamRegistration& stream) const;
  /// Nothing for a peering that this server never tracked.
  const StreamStatus* find(const PeerId& peering) const;
  /// The gauge `consul.peering.healthy`. `limit` is how old bad news may get: 2 min in Consul.
  bool healthy(Instant now, const PeerId& peering, Duration limit = std::chrono::minutes(2)) const;

  /// Changes with whatever a read of a peering shows of its stream, but for times.
  std::uint64_t revision() const { return revision_; }

  template <class Visitor>
  void describe(Visitor&& visit) const {
    for (const auto& [peering, entry] : entries_) visit(peering, entry.status);
  }

 private:
  struct Entry {
    StreamStatus status;
    std::uint64_t generation = 0;
    Instant opened;
  };
  Entry* current(const StreamRegistration& stream);

  std::map<PeerId, Entry> entries_;
  std::uint64_t generations_ = 0;
  std::uint64_t revision_ = 0;
  Mutants mutants_;
};

}  // namespace peerlab::peering
