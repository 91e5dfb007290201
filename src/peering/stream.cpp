#include "peerlab/peering/stream.hpp"

#include <fmt/format.h>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"

/// The running stream: what each message from the peer leads to (peering spec 5.6 to 5.8).
namespace peerlab::peering {

PeerStream PeerStream::acceptor(StreamTracker& tracker, StreamTimings timings, Mutants planted) {
  return {Side::acceptor, tracker, std::nullopt, timings, planted};
}

PeerStream PeerStream::dialer(StreamTracker& tracker, DialerIdentity identity,
                              StreamTimings timings, Mutants planted) {
  return {Side::dialer, tracker, std::move(identity), timings, planted};
}

std::vector<Output> PeerStream::step(Instant now, const Input& input) {
  if (phase_ != Phase::ended) std::visit([&](const auto& event) { on(now, event); }, input);
  while (phase_ != Phase::ended && !is_waiting() && !inbox_.empty()) {
    const Arrival next = std::move(inbox_.front());
    inbox_.pop_front();
    std::visit([&](const auto& arrival) { on(now, arrival); }, next);
  }
  return std::exchange(outputs_, {});
}

/// Whether the next message must wait for an answer from the store or the importer.
bool PeerStream::is_waiting() const {
  return phase_ == Phase::checking || phase_ == Phase::promoting ||
         (phase_ == Phase::streaming && importing_);
}

void PeerStream::on(Instant now, const Received& received) {
  // A slow import must not look like a silent peer, so heartbeats do not queue.
  const bool is_heartbeat = std::holds_alternative<Heartbeat>(received.message);
  if (is_waiting() && !(is_heartbeat && phase_ == Phase::streaming)) {
    inbox_.emplace_back(received);
  } else if (phase_ == Phase::opening) {
    check_first(received.message);
  } else if (phase_ == Phase::streaming) {
    handle(now, received.message);
  }
  // While draining, what arrives is discarded.
}

void PeerStream::handle(Instant now, const ReplicationMessage& message) {
  if (!tracker_->is_current(*registration_)) {
    return end(now, {GrpcCode::aborted, "replaced by a newer stream of this peering", {}}, "");
  }
  // Looked at only when a message arrives (C-147).
  if (!leadership_.is_ours && !mutants_.has(Mutant::HB_046)) {
    return end(now, {GrpcCode::failed_precondition,
                     "node is not a leader anymore; cannot continue streaming",
                     leadership_.leader_address});
  }
  std::visit(Overloaded{
                 [&](const Request& request) { handle(now, request); },
                 [&](const Response& response) { handle(now, response); },
                 [&](const Heartbeat&) { beat(now); },
                 [&](const Terminated&) {
                   put(MarkTerminated{registration_->peering});
                   if (mutants_.has(Mutant::HB_059)) return;
                   tracker_->disconnected_gracefully(now, *registration_);
                   drain(now);
                 },
                 // C-149, and a second Open likewise.
                 [](const NoPayload&) {},
                 [](const Open&) {},
             },
             message);
}

void PeerStream::handle(Instant now, const Request& request) {
  const auto type = resource_type(request.resource_url);
  if (!type) {
    return end(now, {GrpcCode::invalid_argument,
                     "subscription request to unknown resource URL: " + request.resource_url,
                     {}});
  }
  if (!subscribed_.contains(*type)) return subscribe(now, *type, request);
  // Neither looks at the nonce (C-131), and nothing is sent again (C-130).
  if (request.error) {
    tracker_->received_nack(now, *registration_, request.error->message);
  } else {
    tracker_->received_ack(now, *registration_);
  }
}

void PeerStream::subscribe(Instant now, ResourceType type, const Request& request) {
  std::string objection;
  if (side_ == Side::dialer && !request.peer_id.value().empty() &&
      request.peer_id != identity_->remote) {
    objection = fmt::format(
        "initial subscription requests for a resource type must have consistent PeerID values: "
        "got=\"{}\" expected=\"{}\"",
        request.peer_id.value(), identity_->remote.value());
  } else if (!request.response_nonce.value().empty()) {
    objection = "initial subscription requests for a resource type must not contain a nonce";
  } else if (request.error) {
    objection = "initial subscription request for a resource type must not contain an error";
  }
  if (!objection.empty()) {
    return end(now, {GrpcCode::invalid_argument, objection, {}});
  }
  subscribed_.insert(type);
  tracker_->received_ack(now, *registration_);
  put(Subscribed{type});
  send_held(now);
}

void PeerStream::beat(Instant now) {
  tracker_->received_heartbeat(now, *registration_);
  // Nothing but a Heartbeat moves the deadline. A peer that still pushes resources but whose
  // heartbeats have stopped is dropped all the same (C-146).
  overdue_ = now + timings_.heartbeat_timeout;
  put(Arm{Timer::heartbeat_overdue, overdue_});
}

void PeerStream::handle(Instant now, const Response& response) {
  importing_ = response;
  if (auto refusal = refuse(response)) return acknowledge(now, std::move(refusal));
  const Resource& resource = std::get<Resource>(response.resource->value);
  if (const auto* service = std::get_if<ExportedService>(&resource)) {
    if (const auto cause = malformed(*service)) return refuse_malformed(now, *cause);
  }
  put(Import{response.resource_id, resource});
}

namespace {

Status upsert_error(const Response& response, const std::string& cause) {
  return {GrpcCode::internal,
          fmt::format("upsert error, ResourceURL: \"{}\", ResourceID: \"{}\": {}",
                      response.resource_url, response.resource_id, cause),
          {}};
}

}  // namespace

/// What is wrong with a response before anybody tries to apply it (spec 5.7, cases 1 to 7).
std::optional<Status> PeerStream::refuse(const Response& response) const {
  const auto invalid = [](std::string text) {
    return Status{GrpcCode::invalid_argument, std::move(text), {}};
  };
  if (!resource_type(response.resource_url)) {
    return invalid(
        fmt::format("received response for unknown resource type \"{}\"", response.resource_url));
  }
  if (response.nonce.value().empty()) {
    return invalid(fmt::format("received response without a nonce for: {}:{}",
                               response.resource_url, response.resource_id));
  }
  if (response.operation == Operation::unspecified) {
    return invalid("unsupported operation: \"OPERATION_UNSPECIFIED\"");
  }
  if (response.operation != Operation::upsert) {
    return invalid(
        fmt::format("unsupported operation: {}", static_cast<std::int32_t>(response.operation)));
  }
  if (!response.resource) return invalid("received upsert response with no content");
  const Any& any = *response.resource;
  if (any.type_url != response.resource_url) {
    return upsert_error(response,
                        fmt::format("mismatched resourceURL \"{}\" and Any typeUrl \"{}\"",
                                    response.resource_url, any.type_url));
  }
  if (const auto* undecoded = std::get_if<Undecoded>(&any.value)) {
    return upsert_error(response, "failed to unmarshal resource: " + undecoded->cause);
  }
  return std::nullopt;
}

/// Consul's importer panics on such a service (QP-10): an acceptor's stream ends there, and its
/// status goes on saying that it is connected (QP-26); a dialer's process dies.
void PeerStream::refuse_malformed(Instant now, const std::string& cause) {
  if (!mutants_.has(Mutant::QP_10)) {
    return acknowledge(
        now, upsert_error(*importing_, fmt::format("did not increment imported services count for "
                                                   "service=\"{}\": {}",
                                                   importing_->resource_id, cause)));
  }
  if (side_ == Side::dialer) put(Crash{cause});
  const Status status{GrpcCode::internal, "grpc: panic serving request", {}};
  if (mutants_.has(Mutant::QP_26)) {
    hang_up(status);
  } else {
    end(now, status);
  }
}

void PeerStream::on(Instant now, const ImportApplied&) {
  if (phase_ != Phase::streaming) return;  // ended meanwhile
  PEERLAB_ASSERT(importing_.has_value());
  const Resource& resource = std::get<Resource>(importing_->resource->value);
  if (const auto* list = std::get_if<ExportedServiceList>(&resource)) {
    tracker_->imported(*registration_, list->services);
  }
  acknowledge(now, std::nullopt);
}

void PeerStream::on(Instant now, const ImportFailed& failed) {
  if (phase_ != Phase::streaming) return;
  PEERLAB_ASSERT(importing_.has_value());
  acknowledge(now, upsert_error(*importing_, failed.cause));
}

/// Sends the ACK, or with an error the NACK, of the response at hand (C-120, C-128).
void PeerStream::acknowledge(Instant now, std::optional<Status> error) {
  if (error) {
    tracker_->receive_failed(now, *registration_, error->message);
  } else {
    tracker_->applied(now, *registration_);
  }
  const Nonce nonce = mutants_.has(Mutant::HB_055) ? Nonce() : importing_->nonce;
  put(Send{Request{PeerId(), nonce, importing_->resource_url, std::move(error)}});
  importing_.reset();
}

}  // namespace peerlab::peering
