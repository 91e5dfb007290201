#include "peerlab/peering/tracker.hpp"

#include <algorithm>
#include <utility>

namespace peerlab::peering {

std::optional<Instant> StreamStatus::last_receive() const {
  return std::max({last_heartbeat, last_receive_success, last_receive_error});
}

std::optional<Instant> StreamStatus::last_send() const {
  return std::max(last_send_success, last_send_error);
}

Liveness liveness(const StreamStatus& status) {
  if (status.connected) return Liveness::connected;
  return status.disconnect_error.empty() ? Liveness::idle : Liveness::failed;
}

void StreamTracker::forget(const PeerId& peering) {
  ++revision_;
  entries_.erase(peering);
}

void StreamTracker::track(const PeerId& peering) { entries_.try_emplace(peering); }

std::optional<StreamRegistration> StreamTracker::connect(Instant now, const PeerId& peering,
                                                         Duration patience) {
  ++revision_;
  const auto [found, is_new] = entries_.try_emplace(peering);
  Entry& entry = found->second;
  StreamStatus& status = entry.status;
  if (status.connected) {
    if (mutants_.has(Mutant::QP_04)) {
      status.connected = false;
      status.disconnect_time = now;
      status.disconnect_error =
          "there is an active stream for the given PeerID \"" + peering.value() + "\"";
      return std::nullopt;
    }
    const auto heard = std::max(
        {std::optional(entry.opened), status.last_receive(), status.last_ack, status.last_nack});
    if (now - *heard <= patience) return std::nullopt;
  }
  status.connected = true;
  status.disconnect_error.clear();
  // Consul clears neither the mark of a dialer's first registration nor the time of the last
  // disconnect, which it sets to year 1 instead (QP-12).
  if (is_new || !mutants_.has(Mutant::QP_12)) {
    status.never_connected = false;
    status.disconnect_time.reset();
  } else {
    status.disconnect_time = Instant::min();
  }
  entry.opened = now;
  // Streams that run beside each other under QP-04 share the entry.
  if (!mutants_.has(Mutant::QP_04) || entry.generation == 0) entry.generation = ++generations_;
  return StreamRegistration{peering, entry.generation};
}

void StreamTracker::disconnected_gracefully(Instant now, const StreamRegistration& stream) {
  disconnected(now, stream, "");
}

void StreamTracker::disconnected(Instant now, const StreamRegistration& stream, std::string error) {
  Entry* entry = current(stream);
  if (entry == nullptr) return;
  if (mutants_.has(Mutant::HB_051) && !error.empty()) return;
  ++revision_;
  entry->status.connected = false;
  entry->status.disconnect_time = now;
  entry->status.disconnect_error = std::move(error);
}

void StreamTracker::received_ack(Instant now, const StreamRegistration& stream) {
  Entry* entry = current(stream);
  if (entry == nullptr) return;
  entry->status.last_ack = now;
}

void StreamTracker::received_nack(Instant now, const StreamRegistration& stream,
                                  const std::string& message) {
  Entry* entry = current(stream);
  if (entry == nullptr) return;
  entry->status.last_nack = now;
  entry->status.last_nack_message = "client peer was unable to apply resource: " + message;
}

void StreamTracker::received_heartbeat(Instant now, const StreamRegistration& stream) {
  Entry* entry = current(stream);
  if (entry == nullptr) return;
  entry->status.last_heartbeat = now;
}

void StreamTracker::applied(Instant now, const StreamRegistration& stream) {
  Entry* entry = current(stream);
  if (entry == nullptr) return;
  entry->status.last_receive_success = now;
}

void StreamTracker::receive_failed(Instant now, const StreamRegistration& stream,
                                   std::string error) {
  Entry* entry = current(stream);
  if (entry == nullptr) return;
  entry->status.last_receive_error = now;
  entry->status.last_receive_error_message = std::move(error);
}

void StreamTracker::imported(const StreamRegistration& stream, std::vector<std::string> services) {
  Entry* entry = current(stream);
  if (entry == nullptr) return;
  ++revision_;
  entry->status.imported_services = std::move(services);
}

void StreamTracker::sent(Instant now, const StreamRegistration& stream) {
  if (Entry* entry = current(stream)) entry->status.last_send_success = now;
}

void StreamTracker::exported(const StreamRegistration& stream, std::vector<std::string> services) {
  Entry* entry = current(stream);
  if (entry == nullptr) return;
  ++revision_;
  entry->status.exported_services = std::move(services);
}

void StreamTracker::send_failed(Instant now, const StreamRegistration& stream, std::string error) {
  if (current(stream) != nullptr) dial_failed(now, stream.peering, std::move(error));
}

void StreamTracker::dial_failed(Instant now, const PeerId& peering, std::string error) {
  const auto found = entries_.find(peering);
  if (found == entries_.end()) return;
  found->second.status.last_send_error = now;
  found->second.status.last_send_error_message = std::move(error);
}

bool StreamTracker::is_current(const StreamRegistration& stream) const {
  const auto found = entries_.find(stream.peering);
  return found != entries_.end() && found->second.generation == stream.generation;
}

const StreamStatus* StreamTracker::find(const PeerId& peering) const {
  const auto found = entries_.find(peering);
  return found == entries_.end() ? nullptr : &found->second.status;
}

bool StreamTracker::healthy(Instant now, const PeerId& peering, Duration limit) const {
  const StreamStatus* status = find(peering);
  if (status == nullptr || status->never_connected) return false;
  // Year 1 (QP-12) and "never" lie longer ago than any limit. Compared without a subtraction, which
  // would overflow.
  const auto longer_ago = [&](std::optional<Instant> when) { return !when || *when < now - limit; };
  if (status->disconnect_time && (longer_ago(status->disconnect_time) ||
                                  (mutants_.has(Mutant::HB_052) && !status->connected))) {
    return false;
  }
  if (status->last_nack > status->last_ack && longer_ago(status->last_ack)) return false;
  return status->last_receive_error <= status->last_receive_success ||
         !longer_ago(status->last_receive_error);
}

StreamTracker::Entry* StreamTracker::current(const StreamRegistration& stream) {
  if (!is_current(stream)) return nullptr;
  return &entries_.find(stream.peering)->second;
}

}  // namespace peerlab::peering
