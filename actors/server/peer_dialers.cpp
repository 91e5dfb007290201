#include "actors/server/peer_dialers.hpp"

#include <utility>

#include "peerlab/catalog/queries.hpp"
#include "peerlab/peering/addresses.hpp"

namespace peerlab::actors {
/// The reconnect loop of one peering. The record is read anew for each attempt, so that a change
/// of roots or addresses is not missed (QP-07).
struct PeerDialers::Loop {
  explicit Loop(const Mutants& mutants) : redial(mutants), ring(mutants) {}

  peering::Redial redial;
  peering::AddressRing ring;
  std::uint64_t attempt = 0;  ///< the dial under way; 0 if none
  Timers::Id timer = 0;       ///< until the next one
  std::unique_ptr<PeerLink> link{};
  Instant opened{};
};

PeerDialers::PeerDialers(ServerContext& context, GrpcDialer& dialer, const Exported& exported)
    : context_(context), dialer_(dialer), exported_(exported) {}

PeerDialers::~PeerDialers() = default;

/// Streams have been told of the new leader already, and have ended.
void PeerDialers::stop() {
  if (context_.config.mutants.has(Mutant::HB_026)) return;
  while (!loops_.empty()) forget(loops_.begin()->first);
}

void PeerDialers::for_each(const std::function<void(PeerLink&)>& visit) {
  std::vector<PeerId> open;
  for (const auto& [peering, loop] : loops_) {
    if (loop->link != nullptr) open.push_back(peering);
  }
  for (const PeerId& peering : open) {
    // A visit may end this link, or another.
    const auto loop = loops_.find(peering);
    if (loop != loops_.end() && loop->second->link != nullptr) visit(*loop->second->link);
  }
}

const peering::Peering* PeerDialers::wanted(const PeerId& peering) const {
  const peering::Peering* record = context_.state.peering().by_id(peering);
  if (record == nullptr || !record->is_active() || !record->should_dial()) return nullptr;
  if (record->remote_id.value().empty()) return nullptr;
  const peering::PeeringSecrets* secrets = context_.state.peering().secrets(peering);
  return secrets == nullptr || secrets->active.value().empty() ? nullptr : record;
}

void PeerDialers::pass() {
  std::vector<PeerId> idle;
  for (const auto& [peering, loop] : loops_) {
    if (loop->link == nullptr) idle.push_back(peering);
  }
  // A loop without a stream starts anew with every change of any peering (C: section 7.6).
  for (const PeerId& peering : idle) forget(peering);
  std::vector<PeerId> due;
  for (const peering::Peering* record : context_.state.peering().list_all()) {
    if (!loops_.contains(record->id) && wanted(record->id) != nullptr) due.push_back(record->id);
  }
  for (const PeerId& peering : due) {
    loops_.emplace(peering, std::make_unique<Loop>(context_.config.mutants));
    context_.streams.track(peering);
    dial(peering);
  }
}

/// Our own mesh gateways, where dialing goes through them (C: section 7.5).
std::vector<std::string> PeerDialers::gateways() const {
  const catalog::CatalogTables& catalog = context_.state.catalog();
  const auto* mesh = catalog::get_entry<catalog::MeshConfig>(catalog, "mesh");
  if (mesh == nullptr || !mesh->peering || !mesh->peering->peer_through_mesh_gateways) return {};
  return peering::gateway_lan_addresses(
      catalog::kind_health(catalog, catalog::service_kind::mesh_gateway).rows);
}

void PeerDialers::dial(const PeerId& peering) {
  const peering::Peering* record = wanted(peering);
  if (record == nullptr) return forget(peering);
  Loop& loop = *loops_.at(peering);
  loop.ring.replace(gateways(), record->addresses_to_dial());
  const std::uint64_t attempt = ++attempts_;
  loop.attempt = attempt;
  dialer_.dial(
      {loop.ring.next(), record->peer_ca_pems, record->peer_server_name},
      [this, peering, attempt](auto outcome) { dialled(peering, attempt, std::move(outcome)); });
}

void PeerDialers::dialled(const PeerId& peering, std::uint64_t attempt,
                          std::variant<engine::ConnectionId, peering::Status> outcome) {
  const auto found = loops_.find(peering);
  const bool current = found != loops_.end() && found->second->attempt == attempt;
  const peering::Peering* record = wanted(peering);
  const auto* connection = std::get_if<engine::ConnectionId>(&outcome);
  if (connection != nullptr && (!current || record == nullptr)) {
    context_.users.erase(*connection);
    context_.host.close(*connection);
  }
  if (!current) return;
  if (record == nullptr) return forget(peering);
  Loop& loop = *found->second;
  loop.attempt = 0;
  if (connection == nullptr) {
    const auto& status = std::get<peering::Status>(outcome);
    context_.streams.dial_failed(context_.host.now(), peering, peering::text_of(status));
    return again(peering, status.code, {});
  }
  loop.opened = context_.host.now();
  const server::Settings& settings = context_.config.settings;
  const peering::RemoteInfo self{record->partition.value(), settings.datacenter.value(),
                                 settings.locality};
  const peering::DialerIdentity identity{peering, record->remote_id,
                                         context_.state.peering().secrets(peering)->active, self};
  loop.link = std::make_unique<PeerLink>(
      context_, exported_, identity,
      [this, peering](const peering::Status& status) { ended(peering, status); });
  loop.link->open(*connection);
}

void PeerDialers::ended(const PeerId& peering, const peering::Status& status) {
  const auto found = loops_.find(peering);
  if (found == loops_.end()) return;
  Loop& loop = *found->second;
  context_.retire(std::move(loop.link));
  // A graceful end stops the loop.
  if (status.code == peering::GrpcCode::ok) return forget(peering);
  again(peering, status.code, context_.host.now() - loop.opened);
}

void PeerDialers::again(const PeerId& peering, peering::GrpcCode code, Duration lasted) {
  Loop& loop = *loops_.at(peering);
  const Duration pause = loop.redial.failed(code, lasted);
  loop.timer = context_.timers.at(context_.host.now() + pause, [this, peering] {
    loops_.at(peering)->timer = 0;
    dial(peering);
  });
}

void PeerDialers::forget(const PeerId& peering) {
  const auto found = loops_.find(peering);
  context_.timers.cancel(found->second->timer);
  if (found->second->link != nullptr) context_.retire(std::move(found->second->link));
  loops_.erase(found);
}

}  // namespace peerlab::actors
