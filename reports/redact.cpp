#include "reports/redact.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "peerlab/base/encoding.hpp"

namespace peerlab::reports {
namespace {

/// A part of a text that is a secret, and what is shown in its place.
struct Secret {
  std::size_t begin = 0, end = 0;
  std::string_view instead;
};
using Secrets = std::vector<Secret>;

template <class Found>
void for_each(std::string_view text, std::string_view word, Found&& found) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + word.size())) {
    found(at);
  }
}

bool is_base64(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '+' ||
         character == '/' || character == '=' || character == '-' || character == '_';
}

/// Base64 of an object that begins like a token; how it goes on does not matter, for it may have
/// been cut off.
void find_tokens(std::string_view text, Secrets& secrets) {
  constexpr std::string_view object = "eyJ";  // `{"` and half of a letter
  for_each(text, object, [&](std::size_t begin) {
    if (begin > 0 && is_base64(text[begin - 1]) && text[begin - 1] != '=') return;
    std::size_t end = begin;
    while (end < text.size() && (is_base64(text[end]) || text[end] == '.')) ++end;
    while (text[end - 1] == '.') --end;  // the end of a sentence, or of a text that was cut off
    const std::string_view digits = text.substr(begin, end - begin);
    const std::string_view first = digits.substr(0, digits.find_first_of("=.-_"));
    const auto json = from_base64(first.substr(0, first.size() / 4 * 4));
    if (!json) return;
    for (const std::string_view key : {"{\"CA\":", "EstablishmentSecret", "\"alg\":"}) {
      if (json->find(key) == std::string::npos) continue;
      secrets.push_back({begin, end, "[redacted token]"});
      return;
    }
  });
}

void find_private_keys(std::string_view text, Secrets& secrets) {
  constexpr std::string_view kind = "PRIVATE KEY-----";
  for_each(text, "-----BEGIN ", [&](std::size_t begin) {
    const std::size_t head = text.find(kind, begin);
    if (head == std::string_view::npos || head - begin > 40) return;
    // To the end of the block. Where the text breaks off, line ends may be escapes: `\n`.
    std::size_t end = head + kind.size();
    while (end < text.size() &&
           (is_base64(text[end]) ||
            std::string_view("\n\r\t \\|").find(text[end]) != std::string_view::npos)) {
      ++end;
    }
    const std::size_t tail = text.substr(0, end).find(kind, head + kind.size());
    if (tail != std::string_view::npos) end = tail + kind.size();
    secrets.push_back({begin, end, "[redacted key]"});
  });
}

/// The quotation mark at `at`, plain or as JSON and XML escape it; empty if there is none.
std::string_view quote_at(std::string_view text, std::size_t at) {
  for (const std::string_view quote : {"\\\"", "&quot;", "\"", "'"}) {
    if (text.substr(at).starts_with(quote)) return quote;
  }
  return {};
}

/// The value that follows a key which ends at `at`: nothing if it is no key.
void find_value(std::string_view text, std::size_t at, Secrets& secrets) {
  const auto skip_blanks = [&] {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  };
  at += quote_at(text, at).size();
  skip_blanks();
  if (at >= text.size() || (text[at] != ':' && text[at] != '=')) return;
  ++at;
  skip_blanks();
  at += quote_at(text, at).size();
  // No secret of Consul's holds any of these, and each of them may end it: a quotation mark in one
  // of its forms, a line that was cut off, or the text around.
  if (text.substr(at, 2) == "${") return;  // a variable of a scenario
  const std::size_t stop = std::min(text.find_first_of(" \t\r\n\\,;&}])\"'<", at), text.size());
  if (stop > at) secrets.push_back({at, stop, "[redacted]"});
}

void find_named(std::string_view text, Secrets& secrets) {
  for (const std::string_view key :
       {"PeeringToken", "EstablishmentSecret", "StreamSecret", "StreamSecretID", "SecretID",
        "PrivateKey", "PrivateKeyPEM", "X-Consul-Token", "x-consul-token", "?token", "&token"}) {
    for_each(text, key, [&](std::size_t at) { find_value(text, at + key.size(), secrets); });
  }
}

}  // namespace

std::string Redactor::operator()(std::string text) const {
  if (reveal_) return text;
  Secrets secrets;
  find_tokens(text, secrets);
  find_private_keys(text, secrets);
  find_named(text, secrets);
  checks::for_each_uuid(text, [&](std::size_t at) {
    if (secrets_.contains(std::string_view(text).substr(at, 36))) {
      secrets.push_back({at, at + 36, "[redacted secret]"});
    }
  });
  if (secrets.empty()) return text;
  std::stable_sort(secrets.begin(), secrets.end(),
                   [](const Secret& one, const Secret& other) { return one.begin < other.begin; });
  std::string shown;
  std::size_t done = 0;
  for (const Secret& secret : secrets) {
    // Of two that overlap, the first is shown as one; what the other has beyond it goes, too.
    if (secret.begin >= done) {
      shown.append(text, done, secret.begin - done);
      shown += secret.instead;
    }
    done = std::max(done, secret.end);
  }
  return shown.append(text, done);
}

}  // namespace peerlab::reports
