#include "peerlab/trace/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::trace {
namespace {

#define PEERLAB_FACT(fact) \
  constexpr std::string_view name_of(const fact&) { return #fact; }
PEERLAB_FACT(HostStarted)
PEERLAB_FACT(HostStopped)
PEERLAB_FACT(HostCrashed)
PEERLAB_FACT(HostKilled)
PEERLAB_FACT(HostPaused)
PEERLAB_FACT(HostResumed)
PEERLAB_FACT(ConnectionOpened)
PEERLAB_FACT(ConnectionClosed)
PEERLAB_FACT(FrameSent)
PEERLAB_FACT(FrameDelivered)
PEERLAB_FACT(FrameDropped)
PEERLAB_FACT(TimerFired)
PEERLAB_FACT(CommandGiven)
PEERLAB_FACT(FaultApplied)
PEERLAB_FACT(LeadershipGained)
PEERLAB_FACT(LeadershipLost)
PEERLAB_FACT(ServerReady)
PEERLAB_FACT(PeeringSeen)
PEERLAB_FACT(PeeringGone)
PEERLAB_FACT(InstancesSeen)
PEERLAB_FACT(ConfigSeen)
PEERLAB_FACT(RootsSeen)
PEERLAB_FACT(PolicySeen)
PEERLAB_FACT(EntryApplied)
PEERLAB_FACT(StreamBegan)
PEERLAB_FACT(StreamEnded)
PEERLAB_FACT(PeerMessage)
PEERLAB_FACT(SecretJudged)
PEERLAB_FACT(HttpEnded)
PEERLAB_FACT(CallEnded)
PEERLAB_FACT(CallHop)
PEERLAB_FACT(CallServed)
PEERLAB_FACT(ProxyConfigured)
PEERLAB_FACT(ProxyReady)
PEERLAB_FACT(AgentReady)
PEERLAB_FACT(PartitionReady)
PEERLAB_FACT(CheckTurned)
PEERLAB_FACT(StepBegan)
PEERLAB_FACT(StepEnded)
PEERLAB_FACT(RunEnded)
#undef PEERLAB_FACT

/// `web of dc2`, or `web` for the cluster's own.
std::string of_peer(std::string_view what, std::string_view peer) {
  return peer.empty() ? std::string(what) : fmt::format("{} of {}", what, peer);
}

std::string message_text(const PeerMessage& f) {
  std::string text = fmt::format("{} {}", f.sent ? "sends" : "gets", trace::text(f.kind));
  if (!f.type.empty()) text += " for " + f.type;
  if (!f.resource_id.empty()) text += " " + f.resource_id;
  if (!f.nonce.empty()) text += ", nonce " + f.nonce;
  if (!f.error.empty()) text += ", refused: " + f.error;
  return text;
}

}  // namespace

std::string_view text(PeerMessage::Kind kind) {
  switch (kind) {
    case PeerMessage::Kind::open:
      return "open";
    case PeerMessage::Kind::request:
      return "request";
    case PeerMessage::Kind::response:
      return "response";
    case PeerMessage::Kind::terminated:
      return "terminated";
    case PeerMessage::Kind::heartbeat:
      return "heartbeat";
  }
  return "?";
}

std::string_view text(DropReason reason) {
  switch (reason) {
    case DropReason::lost:
      return "lost";
    case DropReason::cut:
      return "link cut";
    case DropReason::muted:
      return "host muted";
    case DropReason::queue_full:
      return "queue full";
    case DropReason::closed:
      return "connection closed";
    case DropReason::host_down:
      return "host down";
    case DropReason::unreachable:
      return "no such host or port";
  }
  return "?";
}

std::string_view name(const Fact& fact) {
  return std::visit([](const auto& value) { return name_of(value); }, fact);
}

std::string text(const Trace& trace, const Fact& fact) {
  return std::visit(
      Overloaded{
          [](const HostStarted&) -> std::string { return "starts"; },
          [](const HostStopped&) -> std::string { return "stops"; },
          [](const HostCrashed&) -> std::string { return "loses power"; },
          [](const HostKilled&) -> std::string { return "is killed"; },
          [](const HostPaused&) -> std::string { return "is paused"; },
          [](const HostResumed&) -> std::string { return "is resumed"; },
          [&](const ConnectionOpened& f) {
            return fmt::format("{} {} on port {}", f.dialed ? "is connected to" : "accepts",
                               trace.name(f.peer), f.port);
          },
          [](const ConnectionClosed& f) {
            return fmt::format("loses its connection with {} on port {}: {}", f.peer, f.port,
                               text(f.why));
          },
          [&](const FrameSent& f) {
            return fmt::format("sends {} to {} ({} bytes)", f.kind, trace.name(f.to), f.bytes);
          },
          [&](const FrameDelivered& f) {
            return fmt::format("gets {} from {} ({} bytes)", f.kind, trace.name(f.from), f.bytes);
          },
          [](const FrameDropped& f) { return fmt::format("drops {}: {}", f.kind, text(f.why)); },
          [](const TimerFired& f) { return fmt::format("timer {}/{} fires", f.owner, f.timer); },
          [](const CommandGiven& f) { return fmt::format("is told {}", f.kind); },
          [](const FaultApplied& f) { return net::text(f.fault); },
          [](const CallEnded& f) {
            return f.answered_by.empty()
                       ? fmt::format("calls {} in vain: {}", f.to, f.result)
                       : fmt::format("calls {} and is answered by {}", f.to, f.answered_by);
          },
          [](const CallHop& f) {
            if (!f.refused.empty()) return fmt::format("ends call {}: {}", f.call, f.refused);
            return fmt::format("sends call {} on to {} at {}", f.call, f.to, f.address);
          },
          [](const CallServed& f) {
            return fmt::format("lets call {} of {} through to {}", f.call, f.caller, f.service);
          },
          [](const ProxyConfigured& f) {
            return fmt::format("goes by configuration {}: {} listeners, {} clusters", f.version,
                               f.listeners, f.clusters);
          },
          [](const ProxyReady&) -> std::string { return "is ready"; },
          [](const AgentReady&) -> std::string { return "is ready"; },
          [](const PartitionReady&) -> std::string { return "is ready"; },
          [](const CheckTurned& f) { return fmt::format("check {} is {}", f.check, f.status); },
          [](const LeadershipGained& f) { return fmt::format("leads in term {}", f.term); },
          [](const LeadershipLost& f) { return fmt::format("leads no more in term {}", f.term); },
          [](const ServerReady&) -> std::string { return "is ready"; },
          [](const PeeringSeen& f) {
            return fmt::format("sees peering {} {}, {} imported, {} exported", f.peer, f.state,
                               f.imported.size(), f.exported.size());
          },
          [](const PeeringGone& f) { return fmt::format("sees peering {} gone", f.peer); },
          [](const InstancesSeen& f) {
            return fmt::format("sees {} with {} of {} instances passing",
                               of_peer(f.service, f.peer), f.passing, f.total);
          },
          [](const ConfigSeen& f) {
            return fmt::format("sees {} {}{}", f.kind, f.name, f.body.empty() ? " gone" : "");
          },
          [](const RootsSeen& f) {
            return fmt::format("sees {}: {}", of_peer("roots", f.peer), f.fingerprints.size());
          },
          [](const PolicySeen& f) {
            return fmt::format("sees that callers are {} unless an intention says otherwise",
                               f.allow ? "admitted" : "denied");
          },
          [](const EntryApplied& f) {
            return fmt::format("applies entry {} ({}, {} bytes)", f.index, f.kind, f.bytes);
          },
          [](const StreamBegan& f) {
            return fmt::format("{} a peer stream {} {}", f.dialed ? "opens" : "is called for",
                               f.dialed ? "to" : "by", f.peer.empty() ? "a stranger" : f.peer);
          },
          [](const StreamEnded& f) {
            return fmt::format("ends its stream with {}: {}",
                               f.peer.empty() ? "a stranger" : f.peer, f.status);
          },
          [](const PeerMessage& f) { return message_text(f); },
          [](const SecretJudged& f) {
            return fmt::format(
                "{} {} secret", f.accepted ? "accepts" : "refuses",
                f.kind == SecretJudged::Kind::stream ? "a stream" : "an establishment");
          },
          [](const HttpEnded& f) {
            return f.status == 0 ? fmt::format("{} in vain: {}", f.request, f.body)
                                 : fmt::format("{} is answered {}", f.request, f.status);
          },
          [](const StepBegan& f) { return fmt::format("step {}: {}", f.step + 1, f.title); },
          [](const StepEnded& f) {
            return f.passed ? fmt::format("step {} is done", f.step + 1)
                            : fmt::format("step {} failed: {}", f.step + 1, f.seen);
          },
          [](const RunEnded& f) {
            return f.why.empty() ? std::string("the run is over") : "the run is over: " + f.why;
          },
      },
      fact);
}

std::string text(const Trace& trace, const Record& record) {
  return fmt::format("{:>10}  {}  {}", seconds_text(record.at.time_since_epoch()),
                     trace.name(record.where), text(trace, record.fact));
}

std::string text(const Trace& trace) {
  std::string lines;
  for (const Record& record : trace) lines += text(trace, record) + '\n';
  return lines;
}

}  // namespace peerlab::trace
