#include "peerlab/checks/secrets.hpp"

#include <nlohmann/json.hpp>

#include "peerlab/base/hash.hpp"
#include "peerlab/peering/token.hpp"

namespace peerlab::checks {
namespace {

bool is_hex(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
}

bool is_uuid(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
    if (dash ? text[at] != '-' : !is_hex(text[at])) return false;
  }
  return text.size() == 36;
}

/// The establishment secret in the answer to a token request; empty if there is none.
std::string secret_in(const std::string& body) {
  const auto answer = nlohmann::json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("PeeringToken")) return {};
  if (!answer["PeeringToken"].is_string()) return {};
  const auto token = peering::decode_token(answer["PeeringToken"].get<std::string>());
  return token ? token->establishment_secret.value() : std::string();
}

}  // namespace

void KnownSecrets::add(const trace::Trace& trace) {
  for (const trace::Record& record : trace) {
    if (const auto* judged = std::get_if<trace::SecretJudged>(&record.fact)) {
      hashes_.insert(judged->secret);
    } else if (const auto* answer = std::get_if<trace::HttpEnded>(&record.fact)) {
      const std::string secret = secret_in(answer->body);
      if (!secret.empty()) hashes_.insert(hash_of(secret));
    }
  }
}

bool KnownSecrets::contains(std::string_view uuid) const { return hashes_.contains(hash_of(uuid)); }

void for_each_uuid(std::string_view text, const std::function<void(std::size_t)>& found) {
  // The first dash of a UUID stands behind its eighth character.
  for (std::size_t dash = text.find('-'); dash != std::string_view::npos;
       dash = text.find('-', dash + 1)) {
    if (dash >= 8 && is_uuid(text.substr(dash - 8, 36))) found(dash - 8);
  }
}

}  // namespace peerlab::checks
