#include "peerlab/mesh/config_entries.hpp"

namespace peerlab::mesh {
namespace {

Action action_of(std::string_view text) { return text == "allow" ? Action::allow : Action::deny; }

HeaderMatch header_match(const catalog::IntentionHeader& header) {
  using Form = HeaderMatch::Form;
  HeaderMatch out{.name = header.name,
                  .form = Form::present,
                  .value = {},
                  .invert = header.invert,
                  .ignore_case = header.ignore_case};
  const auto take = [&](Form form, const std::string& value) {
    if (value.empty()) return;
    out.form = form;
    out.value = value;
  };
  take(Form::exact, header.exact);
  take(Form::prefix, header.prefix);
  take(Form::suffix, header.suffix);
  take(Form::contains, header.contains);
  take(Form::regex, header.regex);
  return out;
}

HttpMatch http_match(const catalog::IntentionHttp& http) {
  HttpMatch out{.path_exact = http.path_exact,
                .path_prefix = http.path_prefix,
                .path_regex = http.path_regex,
                .headers = {},
                .methods = http.methods};
  for (const auto& header : http.header) out.headers.push_back(header_match(header));
  return out;
}

/// The upstream settings that hold for one upstream, the nearest first.
std::vector<const catalog::UpstreamConfig*> settings_for(const catalog::Upstream& upstream,
                                                         const catalog::ServiceDefaults* defaults) {
  std::vector<const catalog::UpstreamConfig*> out;
  if (defaults == nullptr || !defaults->upstream_config) return out;
  for (const auto& override : defaults->upstream_config->overrides) {
    if (override.name == upstream.destination_name.value() &&
        override.peer == upstream.destination_peer) {
      out.push_back(&override);
    }
  }
  if (defaults->upstream_config->defaults) out.push_back(&*defaults->upstream_config->defaults);
  return out;
}

}  // namespace

std::vector<Intention> intentions_of(const catalog::ServiceIntentions& entry,
                                     const PartitionName& partition) {
  std::vector<Intention> out;
  for (const auto& source : entry.sources) {
    Intention intention;
    intention.destination = {ServiceName(entry.name), {}, partition};
    const bool elsewhere = !source.partition.value().empty();
    intention.source = {source.name, {}, elsewhere ? source.partition : partition, source.peer};
    for (const auto& permission : source.permissions) {
      intention.permissions.push_back(
          {action_of(permission.action),
           permission.http ? http_match(*permission.http) : HttpMatch{}});
    }
    if (intention.permissions.empty()) intention.action = action_of(source.action);
    out.push_back(std::move(intention));
  }
  return out;
}

ModeSettings mode_settings(const catalog::ProxyDefaults* global,
                           const catalog::ServiceDefaults* defaults,
                           const catalog::Service& proxy) {
  ModeSettings out;
  if (global != nullptr) out.proxy_defaults = global->mesh_gateway.mode;
  out.proxy_registration = proxy.proxy.mesh_gateway.mode;
  if (defaults == nullptr) return out;
  out.service_defaults = defaults->mesh_gateway.mode;
  if (!defaults->upstream_config) return out;
  if (defaults->upstream_config->defaults) {
    out.upstream_defaults = defaults->upstream_config->defaults->mesh_gateway.mode;
  }
  for (const auto& override : defaults->upstream_config->overrides) {
    out.overrides.push_back(
        {{ServiceName(override.name), override.peer}, override.mesh_gateway.mode});
  }
  return out;
}

catalog::Upstream with_central_config(catalog::Upstream upstream,
                                      const catalog::ServiceDefaults* caller_defaults) {
  for (const auto* setting : settings_for(upstream, caller_defaults)) {
    if (setting->connect_timeout_ms != 0) {
      upstream.config.emplace("connect_timeout_ms", setting->connect_timeout_ms);
    }
  }
  return upstream;
}

}  // namespace peerlab::mesh
