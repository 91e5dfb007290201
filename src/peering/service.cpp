#include "peerlab/peering/service.hpp"

#include <fmt/format.h>

#include <utility>

#include "service_rules.hpp"
#include "validate.hpp"

namespace peerlab::peering {

Status unknown(std::string text) { return {GrpcCode::unknown, std::move(text), {}}; }

std::optional<Status> check_enabled(const ClusterView& cluster) {
  if (cluster.peering_enabled) return std::nullopt;
  return Status{GrpcCode::failed_precondition, "peering must be enabled to use this endpoint", {}};
}

std::optional<Status> check_right(const acl::Authorizer& authorizer, acl::Resource resource,
                                  acl::Access access, acl::Scope scope) {
  auto right = authorizer.require({resource, access, {}, scope});
  if (right) return std::nullopt;
  return unknown(std::move(right.error().detail));
}

bool has_ca(const ClusterView& cluster) {
  return cluster.trust_domain && !cluster.root_pems.empty();
}

namespace {

std::optional<Status> check_place(const PartitionName& partition, const ClusterView& cluster) {
  if (auto refusal = check_enabled(cluster)) return refusal;
  if (is_known_partition(partition, cluster.edition)) return std::nullopt;
  return Status{GrpcCode::invalid_argument, "Partitions are a Consul Enterprise feature", {}};
}

std::optional<Status> check_texts(const PeerName& name,
                                  const std::map<std::string, std::string>& meta,
                                  const Mutants& mutants) {
  if (auto fault = fault_of_name(name, mutants)) return unknown(std::move(*fault));
  if (auto fault = fault_of_meta(meta)) return unknown(std::move(*fault));
  return std::nullopt;
}

/// Why the cluster cannot make a token that its peers could use; nothing where it can (spec 1.3).
std::optional<Status> check_tls(const ClusterView& cluster, const Mutants& mutants) {
  if (!mutants.has(Mutant::HB_029)) {
    if (!cluster.connect_enabled) {
      return unknown(
          "connect.enabled must be set to true in the server's configuration when generating "
          "peering tokens");
    }
    if (!cluster.grpc_tls) {
      return unknown("TLS for gRPC must be enabled when generating peering tokens");
    }
  }
  if (!has_ca(cluster)) return unknown("CA has not finished initializing");
  return std::nullopt;
}

}  // namespace

std::optional<Status> check(const GenerateTokenRequest& request, const ClusterView& cluster,
                            const Mutants& mutants) {
  if (auto refusal = check_place(request.partition, cluster)) return refusal;
  return check_texts(request.peer_name, request.meta, mutants);
}

std::variant<PeeringToken, Status> check(const EstablishRequest& request,
                                         const ClusterView& cluster, const Mutants& mutants) {
  // Consul makes no partition check here (QP-15); in Community Edition it then ignores the
  // partition.
  if (auto refusal = check_enabled(cluster)) return *refusal;
  if (auto fault = fault_of_name(request.peer_name, mutants)) return unknown(std::move(*fault));
  auto token = decode_token(request.peering_token);
  if (!token) return unknown(std::move(token.error().detail));
  if (auto valid = validate_token(*token, mutants); !valid) {
    return unknown(std::move(valid.error().detail));
  }
  if (auto fault = fault_of_meta(request.meta)) return unknown(std::move(*fault));
  return std::move(*token);
}

std::optional<Status> check(const NameRequest& request, const ClusterView& cluster) {
  return check_place(request.partition, cluster);
}

std::optional<Status> check(const ListRequest& request, const ClusterView& cluster) {
  return check_place(request.partition, cluster);
}

std::variant<TokenProposal, Status> begin_token(const GenerateTokenRequest& request,
                                                const ServiceContext& context, Random& random) {
  const auto& [cluster, tables, tracker, authorizer, mutants] = context;
  if (auto refusal = check_right(authorizer, acl::Resource::peering, acl::Access::write)) {
    return *refusal;
  }
  if (auto refusal = check_tls(cluster, mutants)) return *refusal;

  const PartitionName partition = stored_partition(request.partition, cluster.edition);
  Peering peering;
  if (const Peering* old = tables.by_name(partition, request.peer_name)) {
    if (old->should_dial() && !mutants.has(Mutant::HB_006)) {
      return unknown(
          fmt::format("cannot create peering with name: \"{}\"; there is already an "
                      "established peering",
                      request.peer_name.value()));
    }
    // As it stands, Meta included (C-044). A TERMINATED or DELETING record is then left alone by
    // the store, the secret as well, and the token is dead (QP-01).
    peering = *old;
    if (mutants.has(Mutant::HB_002)) peering.state = PeeringState::undefined;
  } else {
    peering.id = PeerId(random.uuid());
    peering.name = request.peer_name;
    peering.partition = partition;
    peering.meta = request.meta;
    peering.state = PeeringState::pending;
  }
  const EstablishmentSecret secret(random.uuid());
  PeeringToken token;
  token.ca = cluster.root_pems;
  for (std::string& pem : token.ca) {
    if (!pem.ends_with('\n')) pem += '\n';
  }
  token.manual_server_addresses = request.server_external_addresses;
  token.server_name = trust::peering_server_name(cluster.datacenter, *cluster.trust_domain);
  token.peer_id = peering.id;
  token.establishment_secret = secret;
  token.remote = {partition.value(), cluster.datacenter.value(), cluster.locality};
  SecretsWrite secrets{peering.id, GenerateTokenWrite{secret}};
  return TokenProposal{{std::move(peering), std::move(secrets)}, std::move(token)};
}

std::variant<std::string, Status> finish_token(TokenProposal proposal, const ClusterView& cluster,
                                               const Mutants& mutants) {
  auto addresses = token_server_addresses(cluster.peer_through_gateways, cluster.servers,
                                          cluster.gateways, mutants);
  if (!addresses) return unknown(std::move(addresses.error().detail));
  proposal.token.server_addresses = std::move(*addresses);
  return encode_token(proposal.token);
}

Status write_failed(const Error& error) {
  return unknown("failed to write peering: " + error.detail);
}

namespace {

std::optional<StreamStatus> stream_of(const Peering& peering, const StreamTracker& tracker) {
  const StreamStatus* status = tracker.find(peering.id);
  return status == nullptr ? std::nullopt : std::optional(*status);
}

}  // namespace

std::variant<std::optional<ShownPeering>, Status> read(const NameRequest& request,
                                                       const ServiceContext& context,
                                                       store::WatchSet* watches) {
  if (auto refusal = check_right(context.authorizer, acl::Resource::peering, acl::Access::read)) {
    return *refusal;
  }
  const Peering* peering = context.tables.by_name(
      stored_partition(request.partition, context.cluster.edition), request.name, watches);
  if (peering == nullptr) return std::nullopt;
  return ShownPeering{*peering, stream_of(*peering, context.tracker)};
}

std::variant<std::vector<ShownPeering>, Status> list(const ListRequest& request,
                                                     const ServiceContext& context,
                                                     store::WatchSet* watches) {
  if (auto refusal = check_right(context.authorizer, acl::Resource::peering, acl::Access::read)) {
    return *refusal;
  }
  std::vector<ShownPeering> shown;
  for (const Peering* peering :
       context.tables.list(stored_partition(request.partition, context.cluster.edition), watches)) {
    const bool blind = context.mutants.has(Mutant::HB_043);
    shown.push_back({*peering, blind ? std::nullopt : stream_of(*peering, context.tracker)});
  }
  return shown;
}

std::string to_json(const ShownPeering& shown, const Mutants& mutants) {
  return to_json(shown.peering, shown.stream ? &*shown.stream : nullptr, mutants);
}

std::string to_json(const std::vector<ShownPeering>& shown, const Mutants& mutants) {
  std::string out = "[";
  for (const auto& one : shown) out += (out.size() > 1 ? "," : "") + to_json(one, mutants);
  return out + "]";
}

std::variant<std::optional<WritePeering>, Status> remove(Instant now, const NameRequest& request,
                                                         const ServiceContext& context) {
  if (auto refusal = check_right(context.authorizer, acl::Resource::peering, acl::Access::write)) {
    return *refusal;
  }
  const Peering* old = context.tables.by_name(
      stored_partition(request.partition, context.cluster.edition), request.name);
  if (old == nullptr || old->state == PeeringState::deleting) return std::nullopt;
  // All other fields are dropped. The addresses stay, so that the record does not change sides.
  Peering peering;
  peering.id = old->id;
  peering.name = old->name;
  peering.partition = old->partition;
  peering.state = PeeringState::deleting;
  peering.deleted_at = now;
  peering.manual_server_addresses = old->manual_server_addresses;
  peering.peer_server_addresses = old->peer_server_addresses;
  return WritePeering{std::move(peering), std::nullopt};
}

std::variant<std::optional<StoredTrustBundle>, Status> read_trust_bundle(
    const NameRequest& request, const ServiceContext& context, store::WatchSet* watches) {
  if (auto refusal = check_right(context.authorizer, acl::Resource::service, acl::Access::write,
                                 acl::Scope::any)) {
    return *refusal;
  }
  const StoredTrustBundle* bundle = context.tables.trust_bundle(
      stored_partition(request.partition, context.cluster.edition), request.name, watches);
  return bundle == nullptr ? std::nullopt : std::optional(*bundle);
}

int http_status(const Status& status) {
  const bool denied = status.message.find("Permission denied") != std::string::npos ||
                      status.message.find("ACL not found") != std::string::npos;
  if (denied || status.code == GrpcCode::permission_denied) return 403;
  if (status.code == GrpcCode::resource_exhausted) return 429;
  if (status.code == GrpcCode::unavailable) return 503;
  return status.code == GrpcCode::ok ? 200 : 500;
}

}  // namespace peerlab::peering
