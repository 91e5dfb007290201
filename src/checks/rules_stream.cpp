// One end of a peer stream: what it sends, what it answers, and when it must be silent.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "rules.hpp"

namespace peerlab::checks {
namespace {

using trace::PeerMessage;
using Kind = PeerMessage::Kind;

/// The number that a nonce spells: at least 8 lower-case hex digits, 0 for anything else.
std::uint64_t number_of(const std::string& nonce) {
  if (nonce.size() < 8 || nonce.size() > 16) return 0;
  std::uint64_t number = 0;
  for (const char digit : nonce) {
    const bool decimal = digit >= '0' && digit <= '9';
    if (!decimal && (digit < 'a' || digit > 'f')) return 0;
    number = number * 16 + static_cast<std::uint64_t>(decimal ? digit - '0' : digit - 'a' + 10);
  }
  return number;
}

bool is_subscription(const PeerMessage& message) {
  return message.kind == Kind::request && message.nonce.empty() && message.error.empty();
}

}  // namespace

std::optional<StreamKey> Streams::of(const trace::Record& record) {
  const auto key = [&](std::uint64_t stream) {
    return StreamKey{record.where, lives_[record.where], stream};
  };
  if (ends_life(record.fact)) ++lives_[record.where];
  if (const auto* began = std::get_if<trace::StreamBegan>(&record.fact)) return key(began->stream);
  if (const auto* ended = std::get_if<trace::StreamEnded>(&record.fact)) return key(ended->stream);
  if (const auto* message = std::get_if<PeerMessage>(&record.fact)) return key(message->stream);
  return std::nullopt;
}

Broken nonces_grow(const trace::Trace& trace) {
  std::map<StreamKey, std::uint64_t> last;
  Streams streams;
  for (const trace::Record& record : trace) {
    const std::optional<StreamKey> stream = streams.of(record);
    const auto* message = std::get_if<PeerMessage>(&record.fact);
    if (message == nullptr || !message->sent || message->kind != Kind::response) continue;
    std::uint64_t& before = last[*stream];
    const std::uint64_t number = number_of(message->nonce);
    if (number == 0) {
      return Violation{record.id, fmt::format("`{}` is no nonce of ours", message->nonce)};
    }
    if (number <= before) {
      return Violation{record.id,
                       fmt::format("nonce {} comes after {:08x}", message->nonce, before)};
    }
    before = number;
  }
  return std::nullopt;
}

Broken answers_match(const trace::Trace& trace) {
  struct Open {
    std::set<std::string> nonces;  ///< of responses that have no answer yet
    std::set<std::string> types;   ///< that were subscribed to
  };
  // The answers that an end sends belong to the responses it got, and the other way round.
  std::map<std::pair<StreamKey, bool>, Open> open;
  Streams streams;
  for (const trace::Record& record : trace) {
    const std::optional<StreamKey> stream = streams.of(record);
    const auto* message = std::get_if<PeerMessage>(&record.fact);
    if (message == nullptr) continue;
    if (message->kind == Kind::response) {
      open[{*stream, message->sent}].nonces.insert(message->nonce);
    } else if (message->kind == Kind::request) {
      Open& others = open[{*stream, !message->sent}];
      if (is_subscription(*message)) {
        if (others.types.insert(message->type).second) continue;
        return Violation{record.id, fmt::format("an answer for {} without a nonce, or a second "
                                                "subscription to it",
                                                message->type)};
      }
      if (others.nonces.erase(message->nonce) > 0) continue;
      return Violation{record.id, fmt::format("nothing that nonce `{}` belongs to waits for an "
                                              "answer",
                                              message->nonce)};
    }
  }
  return std::nullopt;
}

Broken sent_as_asked(const trace::Trace& trace) {
  std::map<StreamKey, std::set<std::string>> asked;
  Streams streams;
  for (const trace::Record& record : trace) {
    const std::optional<StreamKey> stream = streams.of(record);
    const auto* message = std::get_if<PeerMessage>(&record.fact);
    if (message == nullptr) continue;
    std::set<std::string>& types = asked[*stream];
    if (!message->sent && is_subscription(*message)) {
      types.insert(message->type);
      // The list of names comes along with the services, and not only when it is asked for (QP-16).
      if (message->type == "ExportedService") types.insert("ExportedServiceList");
    }
    if (message->sent && message->kind == Kind::response && !types.contains(message->type)) {
      return Violation{record.id, fmt::format("the peer has not asked for {}", message->type)};
    }
  }
  return std::nullopt;
}

Broken acceptors_ask_no_addresses(const trace::Trace& trace) {
  std::set<StreamKey> dialed;
  Streams streams;
  for (const trace::Record& record : trace) {
    const std::optional<StreamKey> stream = streams.of(record);
    if (const auto* began = std::get_if<trace::StreamBegan>(&record.fact)) {
      if (began->dialed) dialed.insert(*stream);
    }
    const auto* message = std::get_if<PeerMessage>(&record.fact);
    if (message == nullptr || !message->sent || !is_subscription(*message)) continue;
    if (message->type != "PeeringServerAddresses" || dialed.contains(*stream)) {
      continue;
    }
    return Violation{record.id, "an acceptor asks for the addresses of a dialer"};
  }
  return std::nullopt;
}

Broken ended_streams_are_silent(const trace::Trace& trace) {
  std::set<StreamKey> ended;
  Streams streams;
  for (const trace::Record& record : trace) {
    const std::optional<StreamKey> stream = streams.of(record);
    if (std::holds_alternative<trace::StreamEnded>(record.fact)) ended.insert(*stream);
    const auto* message = std::get_if<PeerMessage>(&record.fact);
    if (message == nullptr || !ended.contains(*stream)) continue;
    return Violation{record.id, fmt::format("{} {} on a stream that has ended",
                                            message->sent ? "sends a" : "looks at a",
                                            trace::text(message->kind))};
  }
  return std::nullopt;
}

Broken only_leaders_stream(const trace::Trace& trace) {
  // A server that is deposed learns it on its streams with the next message at the latest, and
  // without any message they end by themselves after this time.
  constexpr Duration longest = std::chrono::minutes(2) + std::chrono::seconds(1);
  Leaders leaders;
  std::map<trace::Where, Instant> led_until;
  for (const trace::Record& record : trace) {
    if (leaders.leads(record.where)) led_until[record.where] = record.at;
    leaders.add(trace, record);
    if (ends_life(record.fact)) led_until.erase(record.where);
    if (std::holds_alternative<trace::HostResumed>(record.fact) &&
        led_until.contains(record.where)) {
      led_until[record.where] = record.at;  // it could notice nothing meanwhile
    }
    if (leaders.leads(record.where)) continue;
    if (std::holds_alternative<trace::StreamBegan>(record.fact)) {
      return Violation{record.id, fmt::format("{} begins a peer stream and does not lead",
                                              trace.name(record.where))};
    }
    const auto* message = std::get_if<PeerMessage>(&record.fact);
    if (message == nullptr || !message->sent || message->kind == Kind::terminated) continue;
    const auto until = led_until.find(record.where);
    if (until != led_until.end() && record.at <= until->second + longest) continue;
    return Violation{record.id, fmt::format("{} sends a {} on a peer stream and does not lead",
                                            trace.name(record.where), trace::text(message->kind))};
  }
  return std::nullopt;
}

}  // namespace peerlab::checks
