#include <fmt/format.h>

#include "catalog/config_checks.hpp"
#include "catalog/writer.hpp"
#include "peerlab/catalog/config_write.hpp"
#include "peerlab/catalog/queries.hpp"

namespace peerlab::catalog {

namespace {

std::string key_of(std::string_view kind, std::string_view name) {
  return store::key({kind, name});
}

/// Kinds by which a service gets a virtual IP although nothing of it runs.
bool gives_virtual_ip(std::string_view kind, std::string_view name) {
  return name != "*" && (kind == ServiceResolver::kind || kind == ServiceSplitter::kind ||
                         kind == ServiceRouter::kind || kind == ServiceDefaults::kind ||
                         kind == ServiceIntentions::kind);
}

bool uses_provider(const std::optional<IntentionJwt>& jwt, std::string_view provider) {
  if (!jwt) return false;
  for (const IntentionJwtProvider& used : jwt->providers) {
    if (used.name == provider) return true;
  }
  return false;
}

bool uses_provider(const ServiceIntentions& entry, std::string_view provider) {
  if (uses_provider(entry.jwt, provider)) return true;
  for (const SourceIntention& source : entry.sources) {
    for (const IntentionPermission& permission : source.permissions) {
      if (uses_provider(permission.jwt, provider)) return true;
    }
  }
  return false;
}

std::vector<std::string> providers_of(const ServiceIntentions& entry) {
  std::vector<std::string> names;
  const auto add = [&](const std::optional<IntentionJwt>& jwt) {
    if (!jwt) return;
    for (const IntentionJwtProvider& provider : jwt->providers) names.push_back(provider.name);
  };
  add(entry.jwt);
  for (const SourceIntention& source : entry.sources) {
    for (const IntentionPermission& permission : source.permissions) add(permission.jwt);
  }
  return names;
}

bool has_permissions(const ServiceIntentions& entry) {
  for (const SourceIntention& source : entry.sources) {
    if (!source.permissions.empty()) return true;
  }
  return false;
}

std::string mutual_tls_of(const ConfigEntry* entry) {
  if (entry == nullptr) return "";
  if (const auto* defaults = std::get_if<ProxyDefaults>(entry)) return defaults->mutual_tls_mode;
  if (const auto* defaults = std::get_if<ServiceDefaults>(entry)) return defaults->mutual_tls_mode;
  return "";
}

}  // namespace

Result<bool> Writer::apply(const UpsertConfig& command) {
  const std::string_view kind = kind_of(command.entry);
  const std::string_view name = name_of(command.entry);
  const ConfigEntry* existing = tables_.config_entries.find(key_of(kind, name));
  if (command.cas) {
    const std::uint64_t modified = existing != nullptr ? tail_of(*existing).indexes.modify : 0;
    if (modified != *command.cas) return false;
  }
  if (existing != nullptr && same_content(*existing, command.entry)) return true;

  const ConfigChange change{kind, name, &command.entry};
  if (auto allowed = check_references(change); !allowed) {
    return tl::unexpected<Error>(allowed.error());
  }
  ConfigEntry entry = command.entry;
  tail_of(entry).indexes = stamped(existing != nullptr ? &tail_of(*existing).indexes : nullptr);
  if (gives_virtual_ip(kind, name)) {
    auto address = assign_virtual_ip({}, ServiceName(std::string(name)));
    if (!address) return tl::unexpected<Error>(address.error());
  }
  bump("config-entries");
  tables_.config_entries.put(std::move(entry));
  return true;
}

Result<bool> Writer::apply(const DeleteConfig& command) {
  const std::string key = key_of(command.kind, command.name);
  const ConfigEntry* existing = tables_.config_entries.find(key);
  if (existing == nullptr) return true;
  if (command.cas && tail_of(*existing).indexes.modify != *command.cas) return false;

  const ConfigChange change{command.kind, command.name, nullptr};
  if (auto allowed = check_references(change); !allowed) {
    return tl::unexpected<Error>(allowed.error());
  }
  bump("config-entries");
  tables_.config_entries.erase(key);
  const std::string instances = peer_key({}, {command.name});
  if (gives_virtual_ip(command.kind, command.name) &&
      tables_.services.scan_by(services_by::name, instances).empty()) {
    free_virtual_ip({}, ServiceName(command.name));
  }
  return true;
}

Result<void> Writer::check_references(const ConfigChange& change) const {
  if (mutual_tls_of(change.entry) == "permissive") {
    const ConfigEntry* mesh =
        tables_.config_entries.find(key_of(MeshConfig::kind, MeshConfig::kind));
    if (mesh == nullptr || !std::get<MeshConfig>(*mesh).allow_enabling_permissive_mutual_tls) {
      return refuse(
          "cannot set MutualTLSMode=permissive because AllowEnablingPermissiveMutualTLS=false in "
          "the mesh config entry");
    }
  }
  if (change.entry != nullptr) {
    if (const auto* intentions = std::get_if<ServiceIntentions>(change.entry)) {
      std::vector<std::string> missing;
      for (const std::string& provider : providers_of(*intentions)) {
        if (tables_.config_entries.find(key_of("jwt-provider", provider)) != nullptr) continue;
        missing.push_back(
            fmt::format("Referenced JWT Provider does not exist. Provider Name: {}", provider));
      }
      if (auto known = check(missing); !known) return known;
    }
  } else if (change.kind == "jwt-provider") {
    for (const ConfigEntry* entry :
         tables_.config_entries.scan(store::key({ServiceIntentions::kind}))) {
      if (!uses_provider(std::get<ServiceIntentions>(*entry), change.name)) continue;
      return refuse(
          fmt::format("cannot delete jwt provider config entry referenced by an intention. "
                      "Provider name: {}, intention name: {}",
                      change.name, name_of(*entry)));
    }
  }
  return check_permissions(change).and_then([&]() -> Result<void> {
    return check_graph_ ? check_graph_(tables_, change) : Result<void>();
  });
}

/// Permissions judge requests, so they need a protocol that has requests (traffic 4.3). The rule
/// holds whichever of the two entries changes.
Result<void> Writer::check_permissions(const ConfigChange& change) const {
  const auto fits = [&](const ServiceIntentions& entry) -> Result<void> {
    const std::string protocol = protocol_of(tables_, ServiceName(entry.name), &change);
    if (!has_permissions(entry) || is_http_like(protocol)) return {};
    return refuse(
        fmt::format("service \"{}\" has protocol \"{}\", which is incompatible with L7 intentions "
                    "permissions",
                    entry.name, protocol));
  };
  if (change.entry != nullptr && change.kind == ServiceIntentions::kind) {
    return fits(std::get<ServiceIntentions>(*change.entry));
  }
  if (change.kind != ServiceDefaults::kind && change.kind != ProxyDefaults::kind) return {};
  for (const ConfigEntry* entry :
       tables_.config_entries.scan(store::key({ServiceIntentions::kind}))) {
    if (change.kind == ServiceDefaults::kind && name_of(*entry) != change.name) continue;
    if (auto fit = fits(std::get<ServiceIntentions>(*entry)); !fit) return fit;
  }
  return {};
}

}  // namespace peerlab::catalog
