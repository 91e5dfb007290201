#include "peerlab/trust/authority.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "issuing.hpp"
#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/trust/entropy.hpp"
#include "peerlab/trust/sni.hpp"

namespace peerlab::trust {
namespace {

using namespace std::chrono_literals;

/// New certificates are valid a minute back, for hosts whose clock is behind; roots are not.
constexpr Duration skew_allowance = 1min;
constexpr Duration cross_signed_ttl = 24h * 7;

std::int64_t seconds_of(Instant instant) { return unix_nanos(instant) / 1'000'000'000; }

Validity valid_from(Instant start, Duration ttl) {
  return {seconds_of(start), seconds_of(start + ttl)};
}

/// `pri-<random>.consul.ca.<first 8 of the cluster id>.consul`
std::string root_common_name(std::string_view cluster_id) {
  std::string random = random_base36(8);
  return fmt::format("pri-{}.consul.ca.{}.consul", random, cluster_id.substr(0, 8));
}

std::string lower(std::string_view text) {
  return std::string(trust_domain_of(text).value().substr(0, text.size()));
}

/// A root and its key with the next serial. The caller makes it the active one.
CaRoot add_root(CaState& state, Instant now) {
  const CaConfig& config = state.config;
  const auto key = PrivateKey::generate(config.key);
  const Validity validity = valid_from(now, config.root_ttl);
  const std::uint64_t serial = state.next_serial++;
  const auto certificate =
      self_sign({.common_name = root_common_name(lower(config.cluster_id)),
                 .names = {.dns = {},
                           .emails = {},
                           .ips = {},
                           .uris = {to_uri(SigningIdentity{state.trust_domain()})}},
                 .serial = serial,
                 .validity = validity},
                key);
  state.signing_key_pem = key.pem();
  return {.id = certificate.fingerprint(),
          .serial = serial,
          .signing_key_id = colon_hex(certificate.subject_key_id()),
          .external_trust_domain = lower(config.cluster_id),
          .validity = validity,
          .root_pem = certificate.pem(),
          .intermediate_pems = {},
          .active = true,
          .key = config.key,
          .rotated_out_at = std::nullopt};
}

void insert(std::vector<CaRoot>& roots, CaRoot root) {
  const auto at = std::ranges::lower_bound(roots, root.id, {}, &CaRoot::id);
  roots.insert(at, std::move(root));
}

/// Our own state holds what we wrote.
Certificate certificate_of(const std::string& pem) {
  auto certificate = Certificate::from_pem(pem);
  PEERLAB_ASSERT(certificate);
  return *std::move(certificate);
}

PrivateKey key_of(const std::string& pem) {
  auto key = PrivateKey::from_pem(pem);
  PEERLAB_ASSERT(key);
  return *std::move(key);
}

tl::unexpected<Error> refused(std::string text) {
  return failure(Errc::invalid_argument, std::move(text));
}

}  // namespace

Result<void> check(const CaConfig& config) {
  if (config.leaf_ttl < 1h) return refused("leaf cert TTL must be greater or equal than 1h0m0s");
  if (config.leaf_ttl > 8760h) return refused("leaf cert TTL must be less than 8760h0m0s");
  if (config.intermediate_ttl < 3h) {
    return refused("Intermediate Cert TTL must be greater or equal than 3h");
  }
  if (config.intermediate_ttl < 3 * config.leaf_ttl) {
    return refused(
        fmt::format("Intermediate Cert TTL must be greater or equal than 3 * LeafCertTTL (>={}).",
                    go_duration(3 * config.leaf_ttl)));
  }
  if (config.root_ttl <= config.intermediate_ttl) {
    return refused(fmt::format(
        "root cert TTL is set and is not greater than intermediate cert ttl. root cert ttl: {}, "
        "intermediate cert ttl: {}",
        go_duration(config.root_ttl), go_duration(config.intermediate_ttl)));
  }
  constexpr std::array ec{224, 256, 384, 521};
  constexpr std::array rsa{2048, 4096};
  if (config.key.type == KeySpec::Type::ec && std::ranges::count(ec, config.key.bits) == 0) {
    return refused("EC key length must be one of (224, 256, 384, 521) bits");
  }
  if (config.key.type == KeySpec::Type::rsa && std::ranges::count(rsa, config.key.bits) == 0) {
    return refused("RSA key length must be 2048 or 4096 bits");
  }
  return {};
}

const CaRoot& CaState::active_root() const {
  const auto root = std::ranges::find(roots, true, &CaRoot::active);
  PEERLAB_ASSERT(root != roots.end());
  return *root;
}

TrustBundle CaState::bundle() const {
  TrustBundle bundle{.trust_domain = trust_domain(),
                     .root_pems = {},
                     .peer = {},
                     .partition = {},
                     .exported_partition = {}};
  for (const auto& root : roots) bundle.root_pems.push_back(root.root_pem);
  return bundle;
}

CaState make_ca(const CaConfig& config, Instant now) {
  CaState state{.config = config, .roots = {}, .signing_key_pem = {}, .next_serial = 1};
  insert(state.roots, add_root(state, now));
  return state;
}

Result<CaState> reconfigure(const CaState& state, const CaConfig& config, Instant now) {
  CaState next = state;
  next.config = config;
  // The trust domain of a cluster is for ever: another id in a change is not looked at.
  next.config.cluster_id = state.config.cluster_id;
  if (auto ok = check(next.config); !ok) return tl::unexpected(std::move(ok).error());
  return next.config.key == state.config.key ? next : rotate(next, now);
}

CaState rotate(const CaState& state, Instant now) {
  CaState next = state;
  const Certificate old_certificate = certificate_of(state.active_root().root_pem);
  const PrivateKey old_key = key_of(state.signing_key_pem);
  for (auto& root : next.roots) {
    if (root.active) root.rotated_out_at = now;
    root.active = false;
  }
  CaRoot root = add_root(next, now);
  const Certificate cross_signed =
      cross_sign(certificate_of(root.root_pem), next.next_serial++,
                 valid_from(now - skew_allowance, cross_signed_ttl), old_certificate, old_key);
  root.intermediate_pems = {cross_signed.pem()};
  insert(next.roots, std::move(root));
  return next;
}

std::optional<CaState> prune(const CaState& state, Instant now) {
  CaState next = state;
  const auto outdated = [&](const CaRoot& root) {
    return !root.active && root.rotated_out_at &&
           now - *root.rotated_out_at > 2 * state.config.leaf_ttl;
  };
  if (std::erase_if(next.roots, outdated) == 0) return std::nullopt;
  return next;
}

Result<SpiffeId> requested_identity(const CertificateRequest& request) {
  if (request.names.uris.size() != 1) {
    return refused(
        fmt::format("CSR SAN contains an invalid number of URIs: {}", request.names.uris.size()));
  }
  if (!request.names.emails.empty()) {
    return refused("CSR SAN does not allow specifying email addresses");
  }
  auto id = parse_spiffe_id(request.names.uris.front());
  if (id && std::holds_alternative<SigningIdentity>(*id)) {
    return refused("SPIFFE ID in CSR must be a service, mesh-gateway, or agent ID");
  }
  return id;
}

/// Parsed once, by whoever makes the first certificate.
struct Signer::Material {
  std::string key_pem;
  std::optional<IssuerMaterial> parsed;

  const IssuerMaterial& get(const CaRoot& root) {
    if (!parsed) {
      CertificateChain intermediates;
      for (const auto& pem : root.intermediate_pems) {
        intermediates.push_back(certificate_of(pem));
      }
      parsed =
          IssuerMaterial{certificate_of(root.root_pem), key_of(key_pem), std::move(intermediates)};
    }
    return *parsed;
  }
};

Signer::Signer(const CaState& state, DatacenterName datacenter, Edition edition,
               const Mutants& mutants)
    : config_(state.config),
      root_(state.active_root()),
      datacenter_(std::move(datacenter)),
      edition_(edition),
      mutants_(mutants),
      material_(std::make_shared<Material>(Material{state.signing_key_pem, std::nullopt})) {}

Result<void> Signer::may_sign(const SpiffeId& id) const {
  const TrustDomain ours = trust_domain_of(config_.cluster_id);
  const auto same_datacenter = [&](const DatacenterName& theirs) -> Result<void> {
    if (theirs == datacenter_) return {};
    return refused(fmt::format("SPIFFE ID in CSR from a different datacenter: {}, we are {}",
                               theirs.value(), datacenter_.value()));
  };
  const auto same_domain = [&](const TrustDomain& theirs) -> Result<void> {
    if (same_trust_domain(theirs, ours)) return {};
    return refused(fmt::format("SPIFFE ID in CSR from a different trust domain: {}, we are {}",
                               theirs.value(), ours.value()));
  };
  const auto own_tenancy = [&](std::string_view ns,
                               const PartitionName& partition) -> Result<void> {
    if (or_default(ns) == "default" && or_default(partition.value()) == "default") return {};
    if (edition_ == Edition::enterprise || mutants_.has(Mutant::HB_114)) return {};
    return refused(
        fmt::format("Non default partition or namespace is supported in Enterprise only."
                    "Provided namespace is {} and partition is {}",
                    or_default(ns), or_default(partition.value())));
  };
  return std::visit(
      Overloaded{
          [&](const ServiceIdentity& s) {
            return same_datacenter(s.datacenter)
                .and_then([&] { return same_domain(s.trust_domain); })
                .and_then([&] { return own_tenancy(s.ns, s.partition); });
          },
          [&](const MeshGatewayIdentity& g) {
            return same_datacenter(g.datacenter)
                .and_then([&] { return same_domain(g.trust_domain); })
                .and_then([&] { return own_tenancy({}, g.partition); });
          },
          [&](const AgentIdentity& a) { return own_tenancy({}, a.partition); },
          [&](const ServerIdentity& s) { return same_domain(s.trust_domain); },
          [&](const SigningIdentity&) -> Result<void> {
            return refused("SPIFFE ID in CSR must be a service, mesh-gateway, or agent ID");
          },
      },
      id);
}

Result<Validity> Signer::validity(Instant now) const {
  if (seconds_of(now) > root_.validity.not_after) {
    return refused(
        fmt::format("root expired: certificate expired, expiration date: {}",
                    rfc3339(instant_of_unix_nanos(root_.validity.not_after * 1'000'000'000))));
  }
  return valid_from(now - skew_allowance, config_.leaf_ttl);
}

Result<CertificateChain> Signer::sign(const CertificateRequest& request, std::uint64_t serial,
                                      Instant now) const {
  auto id = requested_identity(request);
  if (!id) return tl::unexpected(std::move(id).error());
  if (auto ok = may_sign(*id); !ok) return tl::unexpected(std::move(ok).error());
  const auto validity = this->validity(now);
  if (!validity) return tl::unexpected(validity.error());

  AlternativeNames names = request.names;
  if (auto* agent = std::get_if<AgentIdentity>(&*id)) {
    // An agent may not know its trust domain yet when it asks; the signer does.
    agent->trust_domain = trust_domain_of(config_.cluster_id);
    names.uris = {to_uri(*id)};
  }
  return sign_leaf({.common_name = {}, .names = names, .serial = serial, .validity = *validity},
                   request.public_key, material_->get(root_));
}

Result<Leaf> Signer::issue(const SpiffeId& id, std::uint64_t serial, Instant now, Random random,
                           const std::vector<std::string>& dns_names) const {
  if (auto ok = may_sign(id); !ok) return tl::unexpected(std::move(ok).error());
  const auto validity = this->validity(now);
  if (!validity) return tl::unexpected(validity.error());

  Template leaf{.common_name = {},
                .names = {.dns = dns_names, .emails = {}, .ips = {}, .uris = {to_uri(id)}},
                .serial = serial,
                .validity = *validity};
  auto make = [leaf, random, material = material_, root = root_]() mutable {
    const EntropyScope scope(random);
    PrivateKey key = PrivateKey::generate();
    auto chain = sign_leaf(leaf, key.public_key(), material->get(root));
    return Leaf::Pair{std::move(key), std::move(chain)};
  };
  return Leaf({id, serial, *validity, root_.id}, std::move(make));
}

Result<Leaf> issue_server_leaf(const Signer& signer, const TrustDomain& trust_domain,
                               const DatacenterName& datacenter, std::uint64_t serial, Instant now,
                               Random random) {
  return signer.issue(ServerIdentity{trust_domain, datacenter}, serial, now, random,
                      {peering_server_name(datacenter, trust_domain)});
}

}  // namespace peerlab::trust
