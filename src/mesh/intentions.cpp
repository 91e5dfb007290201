#include "peerlab/mesh/intentions.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace peerlab::mesh {
namespace {

constexpr std::string_view any = "*";

std::string_view ns_of(const std::string& ns) { return trust::or_default(ns); }

/// 0 for a name, 1 for `ns/*`, 2 for `*/*`.
int width(std::string_view ns, std::string_view name) {
  if (name != any) return 0;
  return ns_of(std::string(ns)) == any ? 2 : 1;
}

auto order(const Intention& i) {
  return std::tuple(-precedence(i), i.source.peer, trust::or_default(i.source.partition.value()),
                    ns_of(i.source.ns), i.source.name,
                    trust::or_default(i.destination.partition.value()), ns_of(i.destination.ns),
                    i.destination.service);
}

}  // namespace

int precedence(const Intention& intention) {
  return 9 - 3 * width(intention.destination.ns, intention.destination.service.value()) -
         width(intention.source.ns, intention.source.name.value());
}

bool concerns(const Intention& intention, const trust::ServiceRef& destination) {
  const auto& wanted = intention.destination;
  const bool partition = trust::or_default(wanted.partition.value()) ==
                         trust::or_default(destination.partition.value());
  const bool ns = ns_of(wanted.ns) == any || ns_of(wanted.ns) == ns_of(destination.ns);
  const bool name = wanted.service.value() == any || wanted.service == destination.service;
  return partition && ns && name;
}

std::vector<Intention> candidates(const std::vector<Intention>& all,
                                  const trust::ServiceRef& destination) {
  std::vector<Intention> out;
  for (const auto& intention : all) {
    if (concerns(intention, destination)) out.push_back(intention);
  }
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return order(a) < order(b); });
  std::set<IntentionSource> seen;
  std::erase_if(out, [&](const Intention& i) { return !seen.insert(i.source).second; });
  return out;
}

bool covers(const IntentionSource& wide, const IntentionSource& narrow) {
  if (wide.peer != narrow.peer ||
      trust::or_default(wide.partition.value()) != trust::or_default(narrow.partition.value())) {
    return false;
  }
  if (width(wide.ns, wide.name.value()) <= width(narrow.ns, narrow.name.value())) return false;
  return ns_of(wide.ns) == any || ns_of(wide.ns) == ns_of(narrow.ns);
}

}  // namespace peerlab::mesh
