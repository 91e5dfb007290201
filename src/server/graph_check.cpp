#include "graph_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "peerlab/catalog/queries.hpp"

namespace peerlab::server {
namespace {

/// The config entries as they would be after the change.
class Proposed {
 public:
  Proposed(const catalog::CatalogTables& tables, const catalog::ConfigChange& change)
      : tables_(tables), change_(change) {}

  template <class Entry>
  const Entry* get(std::string_view name) const {
    if (change_.kind == Entry::kind && change_.name == name) {
      return change_.entry == nullptr ? nullptr : std::get_if<Entry>(change_.entry);
    }
    return catalog::get_entry<Entry>(tables_, name);
  }

  /// All names that have an entry of that kind, the changed one included.
  template <class Entry>
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto* entry : catalog::config_entries(tables_, Entry::kind).rows) {
      found.emplace(catalog::name_of(*entry));
    }
    if (change_.kind == Entry::kind) found.emplace(change_.name);
    return found;
  }

  std::string protocol(const std::string& service) const {
    return catalog::protocol_of(tables_, ServiceName(service), &change_);
  }

 private:
  const catalog::CatalogTables& tables_;
  const catalog::ConfigChange& change_;
};

std::string target(const std::string& service, const DatacenterName& datacenter) {
  return fmt::format("{}.default.default.{}", service, datacenter.value());
}

const catalog::ResolverRedirect* redirect_of(const Proposed& entries, const std::string& service) {
  const auto* resolver = entries.get<catalog::ServiceResolver>(service);
  return resolver != nullptr && resolver->redirect ? &*resolver->redirect : nullptr;
}

Result<void> check_circles(const Proposed& entries, const std::string& service,
                           const DatacenterName& datacenter) {
  std::vector<std::string> way{service};
  while (true) {
    const auto* redirect = redirect_of(entries, way.back());
    if (redirect == nullptr || !redirect->peer.empty() || redirect->service.empty()) return {};
    if (!redirect->datacenter.empty() && redirect->datacenter != datacenter.value()) return {};
    if (redirect->service == way.back()) return {};  // only another subset
    const bool circle = std::ranges::find(way, redirect->service) != way.end();
    way.push_back(redirect->service);
    if (!circle) continue;
    std::string text;
    for (const std::string& stop : way) {
      text += (text.empty() ? "" : " -> ") + target(stop, datacenter);
    }
    return failure(Errc::invalid_argument,
                   fmt::format("detected circular resolver redirect: [{}]", text));
  }
}

Result<void> check_protocol(const Proposed& entries, const std::string& service) {
  const std::string protocol = entries.protocol(service);
  const bool advanced = entries.get<catalog::ServiceRouter>(service) != nullptr ||
                        entries.get<catalog::ServiceSplitter>(service) != nullptr;
  if (!advanced || catalog::is_http_like(protocol)) return {};
  return failure(Errc::invalid_argument,
                 fmt::format("discovery chain \"{}\" uses a protocol \"{}\" that does not permit "
                             "advanced routing or splitting behavior",
                             service, protocol));
}

bool is_exported(const Proposed& entries, const std::string& service) {
  const auto exports_it = [&](const catalog::ExportedService& item) {
    const bool named = item.name.value() == service || item.name.value() == "*";
    return named && std::ranges::any_of(item.consumers, [](const auto& consumer) {
             return !consumer.peer.value().empty();
           });
  };
  // There is one at most, which bears the name of its partition.
  return std::ranges::any_of(
      entries.names<catalog::ExportedServices>(), [&](const std::string& name) {
        const auto* exports = entries.get<catalog::ExportedServices>(name);
        return exports != nullptr && std::ranges::any_of(exports->services, exports_it);
      });
}

Result<void> check_export(const Proposed& entries, const std::string& service,
                          const DatacenterName& datacenter) {
  const auto* redirect = redirect_of(entries, service);
  if (redirect == nullptr || !is_exported(entries, service)) return {};
  if (!redirect->peer.empty()) {
    return failure(
        Errc::invalid_argument,
        fmt::format("peer exported service \"{}\" contains cross-peer resolver redirect", service));
  }
  const std::string protocol = entries.protocol(service);
  const bool elsewhere = !redirect->service.empty() && redirect->service != service;
  if (!elsewhere || catalog::is_http_like(protocol)) return {};
  return failure(Errc::invalid_argument,
                 fmt::format("peer exported service \"{}\" uses protocol=\"{}\" and cannot "
                             "introduce new discovery chain targets like \"{}\"",
                             service, protocol, target(redirect->service, datacenter)));
}

/// The services whose chains the change may break.
std::set<std::string> affected(const Proposed& entries, const catalog::ConfigChange& change) {
  const std::string_view kind = change.kind;
  if (kind == catalog::ServiceResolver::kind || kind == catalog::ServiceRouter::kind ||
      kind == catalog::ServiceSplitter::kind || kind == catalog::ServiceDefaults::kind) {
    return {std::string(change.name)};
  }
  std::set<std::string> all;
  if (kind == catalog::ProxyDefaults::kind || kind == catalog::ExportedServices::kind) {
    all = entries.names<catalog::ServiceResolver>();
    all.merge(entries.names<catalog::ServiceRouter>());
    all.merge(entries.names<catalog::ServiceSplitter>());
  }
  return all;
}

}  // namespace

Result<void> check_graph(const catalog::CatalogTables& tables, const catalog::ConfigChange& change,
                         const DatacenterName& datacenter) {
  const Proposed entries(tables, change);
  for (const std::string& service : affected(entries, change)) {
    if (auto fine = check_circles(entries, service, datacenter); !fine) return fine;
    if (auto fine = check_protocol(entries, service); !fine) return fine;
    if (auto fine = check_export(entries, service, datacenter); !fine) return fine;
  }
  return {};
}

}  // namespace peerlab::server
