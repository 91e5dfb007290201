// Secrets of peerings leave a cluster in a peering token and in no other way.

#include <fmt/format.h>

#include "peerlab/checks/secrets.hpp"
#include "rules.hpp"

namespace peerlab::checks {
namespace {

struct Told {
  std::string_view text;
  std::string what;  ///< what the text is, for the message
};

/// What a record lets people read, where it is something that could hold a secret.
std::optional<Told> told_by(const trace::Fact& fact) {
  if (const auto* answer = std::get_if<trace::HttpEnded>(&fact)) {
    if (answer->request.starts_with("POST /v1/peering/token")) return std::nullopt;
    return Told{answer->body, "the answer to " + answer->request};
  }
  if (const auto* end = std::get_if<trace::StreamEnded>(&fact)) {
    return Told{end->status, "the status of a stream"};
  }
  if (const auto* message = std::get_if<trace::PeerMessage>(&fact)) {
    return Told{message->error, "a refusal on a stream"};
  }
  if (const auto* entry = std::get_if<trace::ConfigSeen>(&fact)) {
    return Told{entry->body, "a config entry"};
  }
  return std::nullopt;
}

/// A client asks for the key of a leaf certificate in order to use it.
bool may_hold_key(const trace::Fact& fact) {
  const auto* answer = std::get_if<trace::HttpEnded>(&fact);
  return answer != nullptr && answer->request.find("/connect/ca/leaf/") != std::string::npos;
}

}  // namespace

Broken secrets_stay_secret(const trace::Trace& trace) {
  const KnownSecrets secrets(trace);
  for (const trace::Record& record : trace) {
    const std::optional<Told> told = told_by(record.fact);
    if (!told) continue;
    bool leaks = false;
    for_each_uuid(told->text, [&](std::size_t at) {
      leaks = leaks || secrets.contains(told->text.substr(at, 36));
    });
    if (leaks) return Violation{record.id, told->what + " shows the secret of a peering"};
    if (told->text.find("PRIVATE KEY-----") != std::string_view::npos &&
        !may_hold_key(record.fact)) {
      return Violation{record.id, told->what + " shows a private key"};
    }
  }
  return std::nullopt;
}

}  // namespace peerlab::checks
