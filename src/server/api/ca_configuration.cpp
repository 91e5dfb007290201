#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "handlers.hpp"
#include "json_text.hpp"
#include "peerlab/trust/entropy.hpp"

// GET and PUT /v1/connect/ca/configuration. (HTTP spec 3.6, traffic spec 1.6)
namespace peerlab::server::api {
namespace {

constexpr std::string_view disabled = "Connect must be enabled in order to use this endpoint";

/// What a PUT carries. A configuration replaces the stored one as a whole.
struct Wanted {
  std::string provider;
  trust::CaConfig config;
  bool has_state = false;  ///< one that is not empty
};

/// `72h`, as Consul shows the TTLs that it was given.
std::string short_duration(Duration duration) {
  std::string text = go_duration(duration);
  for (const std::string_view zero : {"m0s", "h0m"}) {
    if (text.ends_with(zero)) text.resize(text.size() - 2);
  }
  return text;
}

bool same_name(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

/// A text of Go's time.ParseDuration, or a number of nanoseconds.
Result<void> read_ttl(const GoJson& json, Duration& out) {
  std::optional<Duration> read;
  if (json.kind == GoJson::Kind::string) read = parse_go_duration(json.text);
  if (json.kind == GoJson::Kind::number) {
    std::int64_t nanoseconds = 0;
    const char* end = json.text.data() + json.text.size();
    const auto [rest, error] = std::from_chars(json.text.data(), end, nanoseconds);
    if (error == std::errc() && rest == end) read = Duration(nanoseconds);
  }
  if (!read) return failure(Errc::invalid_argument, "error decoding config: invalid duration");
  out = *read;
  return {};
}

/// The members that the built-in provider knows. It drops others without a word.
Result<void> read_config(const GoJson& json, trust::CaConfig& config) {
  for (const auto& [name, value] : json.members) {
    Result<void> good;
    if (same_name(name, "LeafCertTTL")) good = read_ttl(value, config.leaf_ttl);
    if (same_name(name, "IntermediateCertTTL")) good = read_ttl(value, config.intermediate_ttl);
    if (same_name(name, "RootCertTTL")) good = read_ttl(value, config.root_ttl);
    if (!good) return good;
    if (same_name(name, "PrivateKeyType")) {
      const bool rsa = value.text == "rsa";
      if (!rsa && value.text != "ec") {
        return failure(Errc::invalid_argument, "private key type must be either 'ec' or 'rsa'");
      }
      config.key.type = rsa ? trust::KeySpec::Type::rsa : trust::KeySpec::Type::ec;
    }
    if (same_name(name, "PrivateKeyBits")) {
      config.key.bits = 0;
      std::from_chars(value.text.data(), value.text.data() + value.text.size(), config.key.bits);
    }
  }
  return {};
}

Result<Wanted> read_body(const std::string& body) {
  const auto json = read_go_json(body, GoJsonExtent::first);
  if (!json) return failure(Errc::malformed_message, json.error());
  Wanted wanted;
  for (const auto& [name, value] : json->members) {
    if (same_name(name, "Provider")) {
      wanted.provider = value.text;
    } else if (same_name(name, "Config")) {
      if (auto good = read_config(value, wanted.config); !good) return tl::unexpected(good.error());
    } else if (same_name(name, "State")) {
      wanted.has_state = !value.members.empty();
    } else if (!same_name(name, "ForceWithoutCrossSigning") &&
               !same_name(name, "force_without_cross_signing") && !same_name(name, "CreateIndex") &&
               !same_name(name, "ModifyIndex")) {
      return failure(Errc::malformed_message,
                     fmt::format("json: unknown field {}", go_json_quote(name)));
    }
  }
  return wanted;
}

Page show(const View& view, const acl::Authorizer& asking, store::WatchSet* watches) {
  if (!view.settings.connect_enabled) return failed_page(std::string(disabled));
  if (auto may = asking.require({acl::Resource::operator_, acl::Access::write}); !may) {
    return failed_page(may.error().detail);
  }
  const CaRow* row = view.state.ca().find(watches);
  if (row == nullptr) return failed_page("CA has not finished initializing");
  const trust::CaConfig& config = row->ca.config;
  JsonObject shown;
  shown.add("IntermediateCertTTL", short_duration(config.intermediate_ttl))
      .add("LeafCertTTL", short_duration(config.leaf_ttl));
  if (config.key != trust::KeySpec()) {
    shown.add("PrivateKeyBits", config.key.bits)
        .add("PrivateKeyType", trust::to_text(config.key.type));
  }
  shown.add("RootCertTTL", short_duration(config.root_ttl));
  // The first PUT replaces what the agent's configuration said, its cluster id included.
  if (!view.settings.cluster_id.empty() && row->create_index == row->modify_index) {
    shown.add("cluster_id", view.settings.cluster_id);
  }
  Page page{json(JsonObject()
                     .add("Provider", "consul")
                     .raw("Config", shown.text())
                     .raw("State", "null")
                     .add("ForceWithoutCrossSigning", false)
                     .add("CreateIndex", row->create_index)
                     .add("ModifyIndex", row->modify_index)
                     .text())};
  page.with_metadata = false;
  return page;
}

Step change(const View& view, const Exchange& exchange, const Wanted& wanted) {
  const auto asking = authorizer(view, exchange);
  if (!asking) return done(asking.error());
  if (!view.settings.connect_enabled) return done(failed(std::string(disabled)));
  if (auto may = (*asking)->require({acl::Resource::operator_, acl::Access::write}); !may) {
    return done(failed(may.error().detail));
  }
  const CaRow* row = view.state.ca().find();
  if (row == nullptr) return done(failed("CA has not finished initializing"));
  if (wanted.has_state) {
    return done(failed(
        400, "Provider State is read-only. It must be omitted or identical to the current value"));
  }
  if (wanted.provider != "consul") {
    return done(failed(fmt::format("could not initialize provider: unknown CA provider {}",
                                   go_json_quote(wanted.provider))));
  }
  const trust::EntropyScope entropy(view.random);
  auto next = trust::reconfigure(row->ca, wanted.config, view.now);
  if (!next) return done(failed("error configuring provider: " + next.error().detail));
  const Answer empty{200, {{"Content-Type", "application/json; charset=utf-8"}}, {}, false};
  if (*next == row->ca) return done(empty);
  return propose(CaCommand(SetCa{*std::move(next), row->modify_index}),
                 [empty](const Applied& applied) {
                   return applied.result.failed() ? failed(applied.result.error) : empty;
                 });
}

}  // namespace

Prepared ca_configuration(const ExchangePtr& exchange, const View&) {
  if (exchange->request().method == "GET") {
    const auto options = exchange->read_options();
    if (!options) return refused(options.error());
    return Serving([exchange, options = *options](const View& view) {
      return read_as(view, *exchange, options, {}, show);
    });
  }
  auto wanted = read_body(exchange->request().body);
  if (!wanted) {
    return refused(failed(400, fmt::format("Request decode failed: {}", wanted.error().detail)));
  }
  return Serving([exchange, wanted = *std::move(wanted)](const View& view) {
    return change(view, *exchange, wanted);
  });
}

}  // namespace peerlab::server::api
