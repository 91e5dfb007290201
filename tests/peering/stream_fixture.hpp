#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "peerlab/peering/stream.hpp"

/// What the tests of the peer stream share: one end of a stream, and questions about its outputs.
namespace peerlab::peering::tests {

using namespace std::chrono_literals;

inline constexpr Instant start{};
inline const PeerId our_id{"11111111-1111-1111-1111-111111111111"};
inline const PeerId their_id{"22222222-2222-2222-2222-222222222222"};
inline const StreamSecret secret{"33333333-3333-3333-3333-333333333333"};

/// All outputs of one kind, in order.
template <class Kind>
std::vector<Kind> all(const std::vector<Output>& outputs) {
  std::vector<Kind> found;
  for (const Output& output : outputs) {
    if (const auto* kind = std::get_if<Kind>(&output)) found.push_back(*kind);
  }
  return found;
}

/// All messages of one kind that were sent, in order.
template <class Kind>
std::vector<Kind> sent(const std::vector<Output>& outputs) {
  std::vector<Kind> found;
  for (const Send& send : all<Send>(outputs)) {
    if (const auto* kind = std::get_if<Kind>(&send.message)) found.push_back(*kind);
  }
  return found;
}

inline std::optional<Status> hangup(const std::vector<Output>& outputs) {
  const auto found = all<Hangup>(outputs);
  if (found.empty()) return std::nullopt;
  return found.back().status;
}

/// `Unknown: heartbeat timeout`, or `up` where the stream goes on.
inline std::string ending(const std::vector<Output>& outputs) {
  const auto status = hangup(outputs);
  if (!status) return "up";
  return status->code == GrpcCode::ok ? "OK" : code_name(status->code) + ": " + status->message;
}

inline std::optional<Instant> armed(Timer timer, const std::vector<Output>& outputs) {
  std::optional<Instant> due;
  for (const Arm& arm : all<Arm>(outputs)) {
    if (arm.timer == timer) due = arm.due;
  }
  return due;
}

inline OpenChecked good_facts() {
  OpenChecked facts;
  facts.id = our_id;
  facts.secret = SecretAccepted{};
  return facts;
}

inline Request subscription(ResourceType type) {
  return {PeerId(), Nonce(), std::string(type_url(type)), std::nullopt};
}

inline Response upsert(const std::string& nonce, const std::string& id, Resource resource) {
  const std::string url(type_url(type_of(resource)));
  return {Nonce(nonce), url, id, Any{url, std::move(resource)}, Operation::upsert};
}

/// One stream with its server's tracker.
struct OneStream {
  explicit OneStream(Side side, Mutants planted = {})
      : tracker(planted),
        stream(side == Side::acceptor
                   ? PeerStream::acceptor(tracker, {}, planted)
                   : PeerStream::dialer(tracker, {our_id, their_id, secret, {"", "dc2", {}}}, {},
                                        planted)),
        opened(stream.step(start, Opened{})) {
    if (side == Side::acceptor) {
      stream.step(start, Received{Open{our_id, secret, RemoteInfo{"", "dc2", {}}}});
      opened = stream.step(start, good_facts());
    }
  }

  std::vector<Output> at(Duration after, const Input& input) {
    return stream.step(start + after, input);
  }
  std::vector<Output> receive(Duration after, const ReplicationMessage& message) {
    return at(after, Received{message});
  }
  const StreamStatus& status() const { return *tracker.find(our_id); }

  StreamTracker tracker;
  PeerStream stream;
  std::vector<Output> opened;  ///< what it did before anything else came
};

struct AcceptorStream : OneStream {
  explicit AcceptorStream(Mutants planted = {}) : OneStream(Side::acceptor, planted) {}
};
struct DialerStream : OneStream {
  explicit DialerStream(Mutants planted = {}) : OneStream(Side::dialer, planted) {}
};

/// An acceptor that has not seen an Open yet.
struct OpeningStream {
  explicit OpeningStream(Mutants planted = {})
      : tracker(planted), stream(PeerStream::acceptor(tracker, {}, planted)) {
    stream.step(start, Opened{});
  }

  std::vector<Output> open(const Open& open = {our_id, secret, std::nullopt}) {
    return stream.step(start, Received{open});
  }
  std::vector<Output> answer(const Input& input) { return stream.step(start, input); }

  StreamTracker tracker;
  PeerStream stream;
};

}  // namespace peerlab::peering::tests
