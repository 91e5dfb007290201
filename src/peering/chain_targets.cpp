#include "peerlab/peering/chain_targets.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "peerlab/catalog/queries.hpp"

namespace peerlab::peering {
namespace {

using catalog::CatalogTables;
using catalog::FailoverTarget;
using catalog::ResolverFailover;
using catalog::ServiceResolver;

std::string or_else(const std::string& text, const std::string& otherwise) {
  return text.empty() ? otherwise : text;
}

/// Walks from a name through its entries and notes where it ends.
class Walk {
 public:
  Walk(const CatalogTables& tables, std::string datacenter, std::string partition,
       store::WatchSet* watches)
      : tables_(tables),
        home_{{}, {}, "default", std::move(partition), std::move(datacenter), {}},
        watches_(watches) {}

  void route(const std::string& service) {
    const auto* router = catalog::get_entry<catalog::ServiceRouter>(tables_, service, watches_);
    if (router != nullptr) {
      for (const auto& route : router->routes) {
        if (!route.destination) continue;
        const std::string next = or_else(route.destination->service, service);
        if (route.destination->service_subset.empty()) {
          split(next);
        } else {
          resolve(at(next, route.destination->service_subset));
        }
      }
    }
    // What no route matches goes to the service itself.
    split(service);
  }

  void resolve(const ChainTarget& asked) {
    const ChainTarget target = settle(asked);
    note(target);
    const auto* resolver = resolver_of(target);
    if (resolver == nullptr) return;
    auto failover = resolver->failover.find(target.subset);
    if (failover == resolver->failover.end()) failover = resolver->failover.find("*");
    if (failover == resolver->failover.end()) return;
    // A failover target is settled by redirects, but its own failover does not count.
    for (const ChainTarget& next : alternatives(target, failover->second)) note(settle(next));
  }

  std::vector<ChainTarget> targets() const {
    std::vector<ChainTarget> out;
    for (const auto& [id, target] : found_) out.push_back(target);
    return out;
  }

 private:
  void note(const ChainTarget& target) { found_.emplace(target.id(), target); }

  ChainTarget at(std::string service, std::string subset) const {
    ChainTarget out = home_;
    out.service = std::move(service);
    out.subset = std::move(subset);
    return out;
  }

  void split(const std::string& service) {
    const auto* splitter = catalog::get_entry<catalog::ServiceSplitter>(tables_, service, watches_);
    if (splitter == nullptr || !split_.insert(service).second) return resolve(at(service, ""));
    for (const auto& leg : splitter->splits) {
      const std::string next = or_else(leg.service, service);
      if (!leg.service_subset.empty() || next == service) {
        resolve(at(next, leg.service_subset));
      } else {
        split(next);
      }
    }
  }

  const ServiceResolver* resolver_of(const ChainTarget& target) const {
    if (!target.peer.value().empty()) return nullptr;
    return catalog::get_entry<ServiceResolver>(tables_, target.service, watches_);
  }

  /// Follows redirects, as often as there are names to be led to.
  ChainTarget settle(ChainTarget target) const {
    for (std::set<std::string> seen; seen.insert(target.id()).second;) {
      const ServiceResolver* resolver = resolver_of(target);
      if (resolver == nullptr) break;
      if (!resolver->redirect) {
        if (target.subset.empty()) target.subset = resolver->default_subset;
        break;
      }
      const auto& redirect = *resolver->redirect;
      target.service = or_else(redirect.service, target.service);
      target.subset = redirect.service_subset;
      target.ns = or_else(redirect.namespace_, target.ns);
      target.partition = or_else(redirect.partition, target.partition);
      target.datacenter = or_else(redirect.datacenter, target.datacenter);
      if (!redirect.peer.empty()) {
        target.peer = PeerName(redirect.peer);
        target.datacenter.clear();
      }
    }
    return target;
  }

  static std::vector<ChainTarget> alternatives(const ChainTarget& from,
                                               const ResolverFailover& failover) {
    ChainTarget base = from;
    base.service = or_else(failover.service, from.service);
    base.subset = failover.service.empty() ? or_else(failover.service_subset, from.subset)
                                           : failover.service_subset;
    base.ns = or_else(failover.namespace_, from.ns);
    std::vector<ChainTarget> out;
    for (const std::string& datacenter : failover.datacenters) {
      out.push_back(base);
      out.back().datacenter = datacenter;
    }
    for (const FailoverTarget& target : failover.targets) {
      ChainTarget next = base;
      next.service = or_else(target.service, from.service);
      next.subset = target.service_subset;
      next.ns = or_else(target.namespace_, from.ns);
      next.partition = or_else(target.partition, from.partition);
      next.datacenter = or_else(target.datacenter, from.datacenter);
      if (!target.peer.empty()) {
        next.peer = PeerName(target.peer);
        next.datacenter.clear();
      }
      out.push_back(std::move(next));
    }
    if (out.empty()) out.push_back(std::move(base));
    return out;
  }

  const CatalogTables& tables_;
  ChainTarget home_;
  store::WatchSet* watches_;
  std::map<std::string, ChainTarget> found_;
  std::set<std::string> split_;
};

}  // namespace

std::string ChainTarget::id() const {
  const std::string front = subset.empty() ? service : fmt::format("{}.{}", subset, service);
  const std::string back =
      peer.value().empty() ? datacenter : fmt::format("external.{}", peer.value());
  return fmt::format("{}.{}.{}.{}", front, ns, partition, back);
}

Chain chain_of(const CatalogTables& tables, const ServiceName& service,
               const DatacenterName& datacenter, const PartitionName& partition,
               store::WatchSet* watches) {
  Chain chain{catalog::protocol_of(tables, service, nullptr, watches), {}};
  Walk walk(tables, datacenter.value(), partition.value().empty() ? "default" : partition.value(),
            watches);
  // Routers and splitters are for HTTP alone.
  if (catalog::is_http_like(chain.protocol)) {
    walk.route(service.value());
  } else {
    ChainTarget start{service.value(),    {},
                      "default",          partition.value().empty() ? "default" : partition.value(),
                      datacenter.value(), {}};
    walk.resolve(start);
  }
  chain.targets = walk.targets();
  return chain;
}

}  // namespace peerlab::peering
