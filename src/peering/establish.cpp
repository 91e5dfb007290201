#include "peerlab/peering/establish.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "peerlab/base/assert.hpp"
#include "service_rules.hpp"
#include "validate.hpp"

namespace peerlab::peering {
namespace {

/// Both ends of the peering would be the same cluster. Only (datacenter, trust domain) are
/// compared, so this covers one partition and two partitions of a cluster alike (datacenter spec
/// 5.4). The mutants each leave a part of that out.
bool is_same_cluster(const std::string& own_name, const PeeringToken& token,
                     const PartitionName& partition, const Mutants& mutants) {
  if (token.server_name != own_name || mutants.has(Mutant::HB_010)) return false;
  const std::string& theirs = token.remote.partition;
  const auto plain = [](const std::string& name) { return name.empty() ? "default" : name; };
  const bool same_partition = plain(theirs) == plain(partition.value());
  if (mutants.has(Mutant::HB_007) && same_partition) return false;
  if (mutants.has(Mutant::HB_008) && same_partition && theirs != partition.value()) return false;
  if (mutants.has(Mutant::HB_009) && !same_partition) return false;
  return true;
}

/// As Go's multierror prints a list.
std::string text_of(const std::vector<std::string>& errors) {
  std::string out =
      fmt::format("{} error{} occurred:\n", errors.size(), errors.size() == 1 ? "" : "s");
  for (const auto& error : errors) out += fmt::format("\t* {}\n", error);
  return out + "\n";
}

}  // namespace

EstablishCall::EstablishCall(EstablishRequest request, PeeringToken token, Random random,
                             Mutants mutants, EstablishTimings timings)
    : request_(std::move(request)),
      token_(std::move(token)),
      random_(random),
      mutants_(mutants),
      timings_(std::move(timings)) {}

EstablishCall::Output EstablishCall::start(const ServiceContext& context) {
  const auto& [cluster, tables, tracker, authorizer, mutants] = context;
  if (auto refusal = check_right(authorizer, acl::Resource::peering, acl::Access::write)) {
    return answer(*refusal);
  }
  const PartitionName partition = stored_partition(
      mutants.has(Mutant::HB_004) ? PartitionName() : request_.partition, cluster.edition);
  const Peering* old = tables.by_name(partition, request_.peer_name);

  if (!cluster.connect_enabled || !has_ca(cluster)) {
    const std::string_view where = cluster.connect_enabled ? "" : "failed to fetch roots: ";
    return answer(unknown(
        fmt::format("failed to fetch TLS materials: {}CA has not finished initializing", where)));
  }
  const std::string own_name =
      trust::peering_server_name(cluster.datacenter, *cluster.trust_domain);
  if (is_same_cluster(own_name, token_, partition, mutants)) {
    return answer(unknown(fmt::format(
        "cannot create a peering within the same cluster \"{}\". Refer to the `exported-services` "
        "documentation if you want to export between partitions without peering",
        own_name)));
  }
  if (old != nullptr && !old->should_dial() && !mutants.has(Mutant::HB_006)) {
    return answer(
        unknown(fmt::format("cannot create peering with name: \"{}\"; there is an "
                            "existing peering expecting to be dialed",
                            request_.peer_name.value())));
  }
  // The whole record is replaced, whatever it held. Only the addresses of a stream that is up are
  // fresher than those of any token (C-052).
  const StreamStatus* stream = old == nullptr ? nullptr : tracker.find(old->id);
  const bool connected = stream != nullptr && stream->connected && !mutants.has(Mutant::HB_016);
  peering_ = Peering{};
  peering_.id = old != nullptr ? old->id : PeerId(random_.uuid());
  peering_.name = request_.peer_name;
  peering_.partition = partition;
  peering_.meta = request_.meta;
  peering_.remote_id = token_.peer_id;
  peering_.peer_ca_pems = token_.ca;
  peering_.peer_server_name = token_.server_name;
  peering_.peer_server_addresses = connected ? old->peer_server_addresses : token_.server_addresses;
  peering_.manual_server_addresses = token_.manual_server_addresses;
  peering_.remote = token_.remote;

  gateways_ = cluster.peer_through_gateways ? gateway_lan_addresses(cluster.gateways)
                                            : std::vector<std::string>();
  stage_ = Stage::first_write;
  return Propose{{peering_, std::nullopt}};
}

EstablishCall::Output EstablishCall::step(Instant now, const Input& input) {
  return std::visit([&](const auto& event) { return on(now, event); }, input);
}

EstablishCall::Output EstablishCall::on(Instant now, const Applied& applied) {
  PEERLAB_ASSERT(stage_ == Stage::first_write || stage_ == Stage::last_write);
  if (!applied.result) return answer(write_failed(applied.result.error()));
  if (stage_ == Stage::last_write) return answer({});
  if (gateways_.empty()) return begin_list(now, Stage::all);
  stage_ = Stage::gateways;
  if (mutants_.has(Mutant::HB_024)) return begin_list(now, Stage::gateways);
  return Arm{now + timings_.gateway_wait};
}

EstablishCall::Output EstablishCall::on(Instant now, const Due&) {
  if (stage_ == Stage::retry) {
    stage_ = Stage::created;
    return StartOver{};
  }
  PEERLAB_ASSERT(stage_ == Stage::gateways || stage_ == Stage::all);
  if (ring_.empty()) return begin_list(now, stage_);
  // The budget is looked at before an attempt only; one that hangs is not cut short.
  return now - list_began_ < timings_.budget ? attempt(now) : give_up(now);
}

EstablishCall::Output EstablishCall::begin_list(Instant now, Stage stage) {
  stage_ = stage;
  ring_ = gateways_;
  if (stage == Stage::all) {
    const auto& servers = peering_.addresses_to_dial();
    ring_.insert(ring_.end(), servers.begin(), servers.end());
  }
  next_ = 0;
  list_began_ = now;
  failures_.clear();
  return attempt(now);
}

EstablishCall::Output EstablishCall::attempt(Instant) {
  const std::string& address = ring_[next_++ % ring_.size()];
  return Exchange{address,
                  peering_.peer_ca_pems,
                  peering_.peer_server_name,
                  {peering_.remote_id, token_.establishment_secret}};
}

EstablishCall::Output EstablishCall::on(Instant now, const Exchanged& exchanged) {
  PEERLAB_ASSERT(stage_ == Stage::gateways || stage_ == Stage::all);
  if (const auto* failure = std::get_if<Status>(&exchanged.answer)) return collect(now, *failure);
  stage_ = Stage::last_write;
  peering_.state = PeeringState::establishing;
  const auto& secret = std::get<ExchangeSecretResponse>(exchanged.answer).stream_secret;
  return Propose{{peering_, SecretsWrite{peering_.id, EstablishWrite{secret}}}};
}

EstablishCall::Output EstablishCall::collect(Instant now, Status failure) {
  if (failure.code == GrpcCode::permission_denied) {
    // What was heard through a gateway counts for nothing: the full list is asked, too.
    if (stage_ == Stage::gateways) return begin_list(now, Stage::all);
    return fail(now, {GrpcCode::permission_denied,
                      "a new peering token must be generated: " + failure.message,
                      {}});
  }
  const std::string& address = ring_[(next_ - 1) % ring_.size()];
  failure.message = fmt::format("failed to exchange peering secret through address \"{}\": {}",
                                address, peering::text_of(failure));
  failures_.push_back(std::move(failure));
  if (mutants_.has(Mutant::HB_024)) return give_up(now);
  const auto quarter = static_cast<std::uint64_t>(timings_.pause.count() / 4);
  const Duration extra(static_cast<std::int64_t>(quarter == 0 ? 0 : random_.below(quarter)));
  return Arm{now + timings_.pause + extra};
}

EstablishCall::Output EstablishCall::give_up(Instant now) {
  if (stage_ == Stage::gateways && !mutants_.has(Mutant::HB_024)) {
    return begin_list(now, Stage::all);
  }
  std::vector<std::string> texts;
  for (const Status& failure : failures_) texts.push_back(failure.message);
  return fail(now, {failures_.front().code, text_of(texts), {}});
}

EstablishCall::Output EstablishCall::fail(Instant now, Status status) {
  if (status.code != GrpcCode::resource_exhausted || retries_ == timings_.retries.size()) {
    return answer(std::move(status));
  }
  ring_.clear();
  stage_ = Stage::retry;
  const Duration wait = timings_.retries[retries_++];
  // gRPC spreads its retries by a fifth to either side.
  const auto spread = static_cast<std::uint64_t>(wait.count() / 5 * 2);
  const Duration extra(static_cast<std::int64_t>(spread == 0 ? 0 : random_.below(spread)));
  return Arm{now + wait - wait / 5 + extra};
}

EstablishCall::Output EstablishCall::answer(Status status) {
  stage_ = Stage::done;
  return Answer{std::move(status)};
}

}  // namespace peerlab::peering
