#include "actors/server/peer_streams.hpp"

#include <utility>

#include "peerlab/catalog/queries.hpp"

namespace peerlab::actors {
namespace {

// What is watched. Ascending: peers must know the roots before they can dial a new address.
constexpr store::Waiters::Id roots = 1;
constexpr store::Waiters::Id servers = 2;
constexpr store::Waiters::Id peerings = 3;

// How often a leader goes over its peerings to dial them (C: section 7.6).
constexpr Duration pass_interval = std::chrono::seconds(5);
constexpr int pass_burst = 5;

}  // namespace

void PeerStreams::accept(engine::ConnectionId connection) {
  const std::uint64_t number = ++accepts_;
  auto link =
      std::make_unique<PeerLink>(context_, exported_, [this, number](const peering::Status&) {
        const auto own = accepted_.find(number);
        context_.retire(std::move(own->second));
        accepted_.erase(own);
      });
  PeerLink& opened = *link;
  accepted_.emplace(number, std::move(link));
  opened.open(connection);
}

void PeerStreams::for_each(const std::function<void(PeerLink&)>& visit) {
  std::vector<std::uint64_t> open;
  for (const auto& [number, link] : accepted_) open.push_back(number);
  for (const std::uint64_t number : open) {
    // A visit may end this link, or another.
    const auto link = accepted_.find(number);
    if (link != accepted_.end()) visit(*link->second);
  }
  dialers_.for_each(visit);
}

void PeerStreams::leadership_changed() {
  const peering::LeadershipChanged change{
      {context_.situation.leader, context_.situation.leader_address}};
  for_each([&](PeerLink& link) { link.step(change); });
}

void PeerStreams::committed(const store::Commit& commit) {
  if (waiters_.size() == 0) {  // the first entry of all
    restored();
  } else {
    for (const store::Waiters::Id id : waiters_.wake(commit)) {
      if (id == roots) {
        read_roots();
        for_each([](PeerLink& link) { link.roots_changed(); });
      } else if (id == servers) {
        read_servers();
        for_each([](PeerLink& link) { link.servers_changed(); });
      } else {
        read_peerings();
      }
    }
  }
  for_each([&](PeerLink& link) { link.committed(commit); });
}

void PeerStreams::restored() {
  waiters_.abandon();
  read_roots();
  read_servers();
  for_each([](PeerLink& link) { link.restored(); });
  read_peerings();
}

void PeerStreams::read_roots() {
  store::WatchSet watches;
  context_.state.ca().index(&watches);
  const server::CaRow* row = context_.state.ca().find();
  waiters_.wait(roots, std::move(watches));
  exported_.roots = row == nullptr ? trust::TrustBundle{} : row->ca.bundle();
}

void PeerStreams::read_servers() {
  store::WatchSet watches;
  exported_.ready_servers =
      catalog::service_health(context_.state.catalog(), ServiceName("consul"), {}, &watches).rows;
  waiters_.wait(servers, std::move(watches));
  catalog::keep_passing(exported_.ready_servers);
}

void PeerStreams::read_peerings() {
  store::WatchSet watches;
  for (const peering::Peering* peering : context_.state.peering().list_all(&watches)) {
    context_.state.peering().secrets(peering->id, &watches);
  }
  waiters_.wait(peerings, std::move(watches));
  if (!context_.config.mutants.has(Mutant::QP_22)) end_deleted();
  sync();
}

void PeerStreams::start() {
  passes_.emplace(pass_interval, pass_burst);
  sync();
}

void PeerStreams::stop() {
  passes_.reset();
  context_.timers.cancel(next_pass_);
  dialers_.stop();
}

void PeerStreams::sync() {
  if (!passes_ || next_pass_ != 0) return;
  if (const std::optional<Instant> later = passes_->take(context_.host.now())) {
    next_pass_ = context_.timers.at(*later, [this] {
      next_pass_ = 0;
      sync();
    });
    return;
  }
  end_deleted();
  dialers_.pass();
}

/// Streams whose peering is no longer active tell the peer so. Consul waits for the next pass of
/// its sync, which is rationed (QP-22).
void PeerStreams::end_deleted() {
  for_each([this](PeerLink& link) {
    if (!link.peering()) return;
    const peering::Peering* record = context_.state.peering().by_id(*link.peering());
    if (record == nullptr || !record->is_active()) link.step(peering::PeeringDeleted{});
  });
}

}  // namespace peerlab::actors
