#include "peerlab/text/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "peerlab/text/utf8.hpp"

namespace peerlab::text {

namespace {

struct Synonym {
  std::string_view word;
  std::string_view meant;
};

/// What people call things elsewhere: in other tools of the kind, in Consul, in YAML formats.
constexpr Synonym synonyms[] = {
    {"partition", "cut"},
    {"disconnect", "cut"},
    {"split", "cut"},
    {"isolate", "cut"},
    {"block", "cut"},
    {"reconnect", "heal"},
    {"repair", "heal"},
    {"recover", "heal"},
    {"sleep", "wait"},
    {"crash", "kill"},
    {"stop", "kill"},
    {"terminate", "kill"},
    {"shutdown", "kill"},
    {"boot", "start"},
    {"launch", "start"},
    {"reboot", "restart"},
    {"bounce", "restart"},
    {"freeze", "pause"},
    {"suspend", "pause"},
    {"unpause", "resume"},
    {"continue", "resume"},
    {"establish", "peer"},
    {"connect", "peer"},
    {"disband", "unpeer"},
    {"request", "call"},
    {"curl", "call"},
    {"traffic", "load"},
    {"apply", "write"},
    {"put", "write"},
    {"remove", "delete"},
    {"assert", "now"},
    {"expect", "now"},
    {"check", "now"},
    {"until", "eventually"},
    {"become", "eventually"},
    {"stays", "hold"},
    {"throughout", "hold"},
    {"loop", "repeat"},
    {"include", "use"},
    {"silence", "mute"},
    {"clock", "skew"},
    {"delay", "latency"},
    {"lag", "latency"},
    {"bandwidth", "rate"},
    {"drop", "loss"},
    {"timeout", "within"},
    {"deadline", "within"},
    {"duration", "for"},
    {"cluster", "in"},
    {"datacenter", "in"},
    {"dc", "in"},
    {"source", "from"},
    {"src", "from"},
    {"destination", "to"},
    {"dest", "to"},
    {"target", "to"},
    {"description", "about"},
    {"summary", "about"},
    {"title", "name"},
    {"variables", "vars"},
    {"imports", "include"},
    {"replicas", "instances"},
    {"count", "instances"},
    {"nodes", "servers"},
    {"gateway", "gateways"},
    {"acceptor", "accept"},
    {"dialer", "dial"},
    {"setup", "steps"},
    {"tests", "steps"},
    {"invariants", "always"},
    {"teardown", "finally"},
    {"entries", "config"},
    {"config_entries", "config"},
};

std::string folded(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (c == '_' || c == '-') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

/// Slips between two words, or anything above `most`.
std::size_t slips(std::string_view one, std::string_view other, std::size_t most) {
  constexpr std::size_t longest = 64;
  if (one.size() > longest || other.size() > longest) return most + 1;
  // Three rows of the usual table: swaps look two rows back.
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(other.size() + 1);
  for (std::size_t j = 0; j <= other.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& top = rows[(i + 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      row[j] = std::min(
          {above[j] + 1, row[j - 1] + 1, above[j - 1] + (one[i - 1] == other[j - 1] ? 0U : 1U)});
      const bool swapped =
          i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (swapped) row[j] = std::min(row[j], top[j - 2] + 1);
    }
  }
  return rows[one.size() % 3][other.size()];
}

}  // namespace

bool same_folded(std::string_view one, std::string_view other) {
  return folded(one) == folded(other);
}

std::optional<std::string> did_you_mean(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  const std::string wanted = folded(word);
  std::optional<std::string> two_away;
  std::optional<std::string> one_away;
  for (const std::string_view candidate : candidates) {
    const std::string offered = folded(candidate);
    if (offered == wanted) return std::string(candidate);
    const std::size_t shorter = std::min(wanted.size(), offered.size());
    const std::size_t most = shorter < 2 ? 0 : shorter < 5 ? 1 : 2;
    const std::size_t found = slips(wanted, offered, most);
    if (found > most) continue;
    auto& best = found == 1 ? one_away : two_away;
    if (!best) best = candidate;
  }
  if (one_away) return one_away;
  for (const Synonym& synonym : synonyms) {
    const auto meant = std::find(candidates.begin(), candidates.end(), synonym.meant);
    if (folded(synonym.word) == wanted && meant != candidates.end()) return std::string(*meant);
  }
  return two_away;
}

std::string enumerate(std::span<const std::string_view> words, std::string_view last) {
  constexpr std::size_t most = 12;
  std::string out;
  const std::size_t shown = std::min(words.size(), most);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
    out += quote(words[i]);
  }
  if (shown < words.size()) out += fmt::format(" {} {} more", last, words.size() - shown);
  return out;
}

}  // namespace peerlab::text
