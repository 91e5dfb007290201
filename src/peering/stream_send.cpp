#include <fmt/format.h>

#include <algorithm>

#include "peerlab/peering/stream.hpp"

/// What a stream sends on its own account: resources of the exporter, each only after the peer
/// asked for its kind, and heartbeats.
namespace peerlab::peering {

/// An exporter sends both the list and the services to whoever subscribed to services; a
/// subscription to the list alone has no effect (C-137, C-138).
bool PeerStream::wants(const Resource& resource) const {
  if (phase_ != Phase::streaming) return false;
  if (mutants_.has(Mutant::HB_047)) return true;
  const ResourceType type = type_of(resource);
  return subscribed_.contains(
      type == ResourceType::exported_service_list ? ResourceType::exported_service : type);
}

void PeerStream::on(Instant now, const ResourceChanged& changed) {
  if (phase_ == Phase::draining) return;
  if (wants(changed.resource)) return send_resource(now, changed.id, changed.resource);
  const auto same = std::find_if(held_.begin(), held_.end(), [&](const ResourceChanged& held) {
    return held.id == changed.id && held.resource.index() == changed.resource.index();
  });
  if (same == held_.end()) {
    held_.push_back(changed);
  } else {
    same->resource = changed.resource;
  }
}

void PeerStream::on(Instant, const ResourceWithdrawn& withdrawn) {
  last_sent_.erase({withdrawn.type, withdrawn.id});
  std::erase_if(held_, [&](const ResourceChanged& held) {
    return held.id == withdrawn.id && type_of(held.resource) == withdrawn.type;
  });
}

void PeerStream::send_held(Instant now) {
  const auto first_sent =
      std::stable_partition(held_.begin(), held_.end(),
                            [&](const ResourceChanged& held) { return !wants(held.resource); });
  const std::vector<ResourceChanged> due(first_sent, held_.end());
  held_.erase(first_sent, held_.end());
  for (const ResourceChanged& change : due) send_resource(now, change.id, change.resource);
}

void PeerStream::send_resource(Instant now, const std::string& id, const Resource& resource) {
  // C-141. Nothing is remembered across streams (C-142).
  const ResourceType type = type_of(resource);
  const auto [last, is_new] = last_sent_.try_emplace({type, id}, resource);
  if (!is_new) {
    if (last->second == resource) return;
    last->second = resource;
  }
  if (const auto* list = std::get_if<ExportedServiceList>(&resource)) {
    tracker_->exported(*registration_, list->services);
  }
  const std::string url(type_url(type));
  put(Send{Response{Nonce(fmt::format("{:08x}", ++nonces_)), url, id, Any{url, resource},
                    Operation::upsert}});
  tracker_->sent(now, *registration_);
}

void PeerStream::on(Instant now, const SendFailed& failed) {
  if (phase_ != Phase::streaming) return;
  // What came of it shows in the status; the reader of a broken stream ends it.
  if (std::holds_alternative<Response>(failed.message)) {
    tracker_->send_failed(now, *registration_, failed.cause);
  }
  const bool is_request = std::holds_alternative<Request>(failed.message);
  if (!is_request && !std::holds_alternative<Open>(failed.message)) return;
  // The stream has ended before our message was out, and its status is on the way. Consul does not
  // wait for it and takes a refusal for a broken line (QP-21).
  if (failed.cause == "EOF" && !mutants_.has(Mutant::QP_21)) return;
  std::string text = "failed to send initial stream request: ";
  if (is_request) {
    const auto& request = std::get<Request>(failed.message);
    text = request.response_nonce.value().empty() && !request.error
               ? fmt::format("failed to send subscription for \"{}\" to stream: ",
                             request.resource_url)
               : "failed to send to stream: ";
  }
  text += failed.cause;
  end(now, {GrpcCode::unknown, text, {}}, text);
}

void PeerStream::on(Instant now, const Expired& expired) {
  const auto timed_out = [&] {
    // HB-082: whatever kept it from ending, the peering went on as ACTIVE without a heartbeat.
    if (mutants_.has(Mutant::HB_082)) return;
    end(now, {GrpcCode::unknown, "heartbeat timeout", {}}, "heartbeat timeout");
  };
  switch (expired.timer) {
    case Timer::heartbeat_due:
      if (phase_ != Phase::streaming) return;
      // At two minutes both timers are due, and Consul sends nothing more.
      if (now >= overdue_) return timed_out();
      put(Send{Heartbeat{}});
      return put(Arm{Timer::heartbeat_due, now + timings_.heartbeat_interval});
    case Timer::heartbeat_overdue:
      if (phase_ == Phase::streaming && now >= overdue_) timed_out();
      return;
    case Timer::drained:
      if (phase_ == Phase::draining) hang_up({});
      return;
  }
}

}  // namespace peerlab::peering
