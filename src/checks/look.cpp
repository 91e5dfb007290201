#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "peerlab/checks/observed.hpp"
#include "peerlab/trace/text.hpp"

// How each check that needs no action is judged by what a trace has shown.
namespace peerlab::checks {
namespace {

using Names = std::vector<std::string>;

Names sorted(Names names) {
  std::sort(names.begin(), names.end());
  return names;
}

std::string list_text(const Names& names) {
  constexpr std::size_t most = 8;
  if (names.empty()) return "none";
  const auto shown = std::min(names.size(), most);
  const std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + std::ptrdiff_t(shown), ", "));
  return shown == names.size() ? text : fmt::format("{} and {} more", text, names.size() - shown);
}

/// What is in one list and not in the other: `web is too much, api is missing`.
std::string difference(const Names& actual, const Names& wanted) {
  Names more, missing;
  std::set_difference(actual.begin(), actual.end(), wanted.begin(), wanted.end(),
                      std::back_inserter(more));
  std::set_difference(wanted.begin(), wanted.end(), actual.begin(), actual.end(),
                      std::back_inserter(missing));
  std::string text;
  if (!more.empty()) text = list_text(more) + " is too much";
  if (!missing.empty()) {
    text += fmt::format("{}{} is missing", text.empty() ? "" : ", ", list_text(missing));
  }
  return text;
}

bool allowed(const std::optional<Count>& count, std::uint64_t actual) {
  return !count || count->holds(actual);
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view more) {
  return fmt::format("{} {}", number, number == 1 ? one : more);
}

/// ` (expected >= 1)`, or the same of each number by its name; empty if nothing is wrong.
std::string expected(bool holds, const std::optional<Count>& count, std::string_view what = {},
                     const std::optional<Count>& other = {}, std::string_view other_what = {}) {
  if (holds) return {};
  std::vector<std::string> parts;
  if (count) parts.push_back(fmt::format("{}{}", text(*count), what));
  if (other) parts.push_back(fmt::format("{}{}", text(*other), other_what));
  return fmt::format(" (expected {})", fmt::join(parts, ", "));
}

}  // namespace

Sight Observed::look(const LeaderCheck& check) const {
  const std::optional<std::string> host = leader(check.cluster);
  const auto changed = changed_.find(check.cluster);
  Sight sight;
  sight.since = changed == changed_.end() ? Instant{} : changed->second;
  sight.seen = host ? fmt::format("{} leads", *host) : std::string("nobody leads");
  sight.holds = host.has_value() == check.exists && (!check.is || host == check.is) &&
                (!check.is_not || host != check.is_not);
  return sight;
}

Sight Observed::look(const PeeringCheck& check, Instant now) const {
  const Knowledge& known = knowledge(check.in.cluster);
  const auto* told = known.peering(check.in, check.peer);
  if (told == nullptr) {
    return {!check.exists || check.only_if_state, "there is no such peering", known.changed()};
  }
  const trace::PeeringSeen& seen = told->fact;
  if (!check.exists)
    return {false, fmt::format("it is {} (expected none)", seen.state), told->since};
  if (check.state && seen.state != *check.state) {
    if (check.only_if_state) return {true, "it is " + seen.state, told->since};
    return {false, fmt::format("it is {} (expected {})", seen.state, *check.state), told->since};
  }
  const Id id(check.in.cluster, seen.id);
  const auto found = contacts_.find(id);
  const Contact contact = found == contacts_.end() ? Contact{} : found->second;
  const std::size_t streams = open_streams(id);
  if (check.connected && *check.connected != (streams > 0)) {
    return {false,
            streams > 0 ? fmt::format("it is {} and its stream is open", seen.state)
                        : fmt::format("it is {} without a stream", seen.state),
            contact.changed};
  }
  if (check.because && contact.because.find(*check.because) == std::string::npos) {
    return {false,
            contact.because.empty() ? "no stream of it has ended"
                                    : "its last stream ended with " + contact.because,
            contact.changed};
  }
  if (check.heartbeat_younger_than && now - contact.heard >= *check.heartbeat_younger_than) {
    return {false,
            fmt::format("it is {} and was last heard of {} ago", seen.state,
                        seconds_text(now - contact.heard)),
            contact.heard};
  }
  if (!allowed(check.imported, seen.imported.size())) {
    return {false,
            fmt::format("it imports {}{}", counted(seen.imported.size(), "service", "services"),
                        expected(false, check.imported)),
            told->since};
  }
  if (!allowed(check.exported, seen.exported.size())) {
    return {false,
            fmt::format("it exports {}{}", counted(seen.exported.size(), "service", "services"),
                        expected(false, check.exported)),
            told->since};
  }
  return {true, "it is " + seen.state, told->since};
}

Sight Observed::look(const ServicesCheck& check) const {
  const Knowledge& known = knowledge(check.in.cluster);
  const auto* told = known.peering(check.in, check.peer);
  const bool imported = check.way == ServicesCheck::Way::imported;
  if (told == nullptr) return {false, "there is no such peering", known.changed()};
  const Names actual = sorted(imported ? told->fact.imported : told->fact.exported);
  std::string seen = list_text(actual);
  if (!allowed(check.count, actual.size())) {
    return {false,
            fmt::format("{}: {}{}", counted(actual.size(), "service", "services"), seen,
                        expected(false, check.count)),
            told->since};
  }
  if (check.services && actual != *check.services) {
    return {false, fmt::format("{} (expected {})", seen, list_text(*check.services)), told->since};
  }
  if (check.exports_of) {
    const Knowledge& other = knowledge(check.exports_of->cluster);
    const std::set<std::string> names = other.exports(*check.exports_of, check.as_peer);
    const std::string off = difference(actual, Names(names.begin(), names.end()));
    if (!off.empty()) return {false, off, std::max(told->since, other.changed())};
  }
  return {true, std::move(seen), told->since};
}

Sight Observed::look(const InstancesCheck& check) const {
  const Knowledge& known = knowledge(check.in.cluster);
  const auto* told = known.instances(check.in, check.peer, check.service);
  const trace::InstancesSeen seen = told == nullptr ? trace::InstancesSeen{} : told->fact;
  const bool holds = allowed(check.total, seen.total) && allowed(check.passing, seen.passing);
  return {holds,
          fmt::format("{} of {} pass{}", seen.passing, seen.total,
                      expected(holds, check.passing, " passing", check.total, " in all")),
          told == nullptr ? known.changed() : told->since};
}

Sight Observed::look(const RootsCheck& check) const {
  const Knowledge& known = knowledge(check.in.cluster);
  const auto* told = known.roots(check.in, check.of_peer);
  const Names actual = told == nullptr ? Names() : sorted(told->fact.fingerprints);
  const Instant since = told == nullptr ? known.changed() : told->since;
  if (!allowed(check.count, actual.size())) {
    return {false, fmt::format("there are {}{}", actual.size(), expected(false, check.count)),
            since};
  }
  if (check.equals_roots_of) {
    const auto* other =
        knowledge(check.equals_roots_of->cluster).roots({check.equals_roots_of->cluster}, "");
    const Names wanted = other == nullptr ? Names() : sorted(other->fact.fingerprints);
    // Two clusters that nothing is known of do not agree on anything.
    if (actual != wanted || actual.empty()) {
      return {false,
              fmt::format("they are {} and not the {} of {}", actual.size(), wanted.size(),
                          check.equals_roots_of->cluster),
              other == nullptr ? since : std::max(since, other->since)};
    }
  }
  return {true, fmt::format("there are {}", actual.size()), since};
}

Sight Observed::look(const MessagesCheck& check) const {
  const Begin begin = begin_of(check.since);
  std::uint64_t count = 0;
  Instant last = begin.at;
  for (std::size_t index = begin.messages; index < messages_.size(); ++index) {
    const auto& [cluster, what, at] = messages_[index];
    if (cluster != check.cluster || (check.sent && what.sent != *check.sent)) continue;
    if (check.kind && trace::text(what.kind) != *check.kind) continue;
    if (check.type && what.type != *check.type) continue;
    if (check.error && what.error.find(*check.error) == std::string::npos) continue;
    if (!check.peer.empty()) {
      const auto peer = peers_.find({cluster, what.peering});
      if (peer == peers_.end() || peer->second != check.peer) continue;
    }
    ++count;
    last = at;
  }
  const bool holds = check.count.holds(count);
  return {holds, fmt::format("{} of them{}", count, expected(holds, check.count)), last};
}

Sight Observed::look(const WorkCheck& check, Instant now) const {
  const Begin begin = begin_of(check.since);
  std::uint64_t count = 0, largest = 0;
  Instant last = begin.at;
  for (std::size_t index = begin.writes; index < writes_.size(); ++index) {
    const auto& [cluster, bytes, at] = writes_[index];
    if (cluster != check.cluster || (check.last && now - at > *check.last)) continue;
    ++count;
    largest = std::max(largest, bytes);
    last = at;
  }
  const bool holds = allowed(check.log_entries, count) && allowed(check.largest_log_entry, largest);
  return {holds,
          fmt::format(
              "{}, the largest of {} bytes{}", counted(count, "entry", "entries"), largest,
              expected(holds, check.log_entries, " entries", check.largest_log_entry, " bytes")),
          last};
}

}  // namespace peerlab::checks
