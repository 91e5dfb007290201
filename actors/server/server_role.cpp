#include "actors/server/server_role.hpp"

#include <utility>

#include "peerlab/trust/authority.hpp"
#include "peerlab/trust/entropy.hpp"

namespace peerlab::actors {

ServerRole::ServerRole(engine::Host& host, const ServerConfig& config)
    : context_(host, config),
      raft_(host, context_.timers, raft_owner(), config.id, config.timings,
            consensus::bootstrapped(config.founders), config.mutants),
      dialer_(context_),
      exchange_(context_, dialer_),
      leader_calls_(context_),
      http_(context_, exchange_),
      granter_(context_, leader_calls_),
      streams_(context_, dialer_),
      cleanup_(context_),
      grpc_(context_, granter_, [this](engine::ConnectionId peer) { streams_.accept(peer); }),
      certificate_(context_, leader_calls_,
                   [this](const trust::Leaf& leaf) {
                     grpc_.set_leaf(leaf);
                     look_whether_ready();
                   }),
      proxies_(context_, certificate_),
      agents_(context_, leader_calls_),
      duties_(context_, [this] { reconcile(); }),
      sightings_(context_) {
  context_.raft = &raft_;
  using server::Duty;
  const auto at_once = [](auto start) {
    return [start](const std::function<void(bool)>& done) {
      start();
      done(true);
    };
  };
  duties_.add(Duty::peering_streams,
              {at_once([this] { streams_.start(); }), [this] { streams_.stop(); }});
  duties_.add(Duty::peering_deferred_deletion,
              {at_once([this] { cleanup_.start(); }), [this] { cleanup_.stop(); }});
  duties_.add(Duty::connect_ca, {[this](auto done) { make_ca(std::move(done)); }, {}});
}

void ServerRole::start() {
  context_.host.listen(rpc_port);
  context_.host.listen(http_port);
  context_.host.listen(grpc_tls_port);
  raft_.start();
}

// --- what comes in ---

void ServerRole::on(net::Frame&& frame, engine::ConnectionId from) {
  context_.retired.clear();
  take(std::move(frame), from);
  sightings_.look();
}

void ServerRole::take(net::Frame&& frame, engine::ConnectionId from) {
  const auto user = context_.users.find(from);
  if (user != context_.users.end()) return user->second->on_frame(std::move(frame));
  if (frame.is<RaftFrame>()) {
    RaftFrame message = frame.take<RaftFrame>();
    raft_.received(message.from, std::move(message.message));
  } else if (frame.is<HttpRequest>()) {
    http_.on(from, frame.take<HttpRequest>());
  } else if (frame.is<ForwardedRequest>()) {
    http_.on(from, frame.take<ForwardedRequest>());
  } else if (frame.is<ForwardedAnswer>()) {
    http_.on(from, frame.take<ForwardedAnswer>());
  } else if (const auto* exchange = frame.get_if<ForwardedExchange>()) {
    // A server that took us for the leader is to look again: two that take each other for it would
    // hand the call to and fro.
    if (!context_.situation.leader) return context_.host.abort(from);
    granter_.exchange(exchange->request, [this, from](SecretGranter::Grant grant) {
      context_.host.send(from, ForwardedGrant{std::move(grant)});
    });
  } else if (frame.is<SerialRequest>()) {
    if (!context_.situation.leader) return context_.host.abort(from);
    certificate_.take_serial(
        [this, from](std::uint64_t serial) { context_.host.send(from, SerialReply{serial}); });
  } else if (const auto* wish = frame.get_if<ProxySubscribe>()) {
    proxies_.subscribe(from, *wish);
  } else if (frame.is<CatalogWrite>()) {
    agents_.on(from, frame.take<CatalogWrite>());
  } else if (const auto* read = frame.get_if<NodeRead>()) {
    agents_.on(from, *read);
  } else {
    unhandled(frame.name());
  }
}

void ServerRole::on(const engine::Due& due) {
  context_.retired.clear();
  context_.timers.fire(due);
  sightings_.look();
}

void ServerRole::on(engine::Command&& command) {
  if (!command.what.is<TransferLeadership>()) unhandled(command.what.name());
  raft_.transfer([](const auto&) {});
}

void ServerRole::on(const engine::Accepted& accepted) {
  if (accepted.port == grpc_tls_port) grpc_.accepted(accepted.id);
}

void ServerRole::on(const engine::Connected& connected) {
  const auto user = context_.users.find(connected.id);
  if (user != context_.users.end()) user->second->on_connected();
}

void ServerRole::on(const engine::Closed& closed) {
  context_.retired.clear();
  const auto user = context_.users.find(closed.id);
  if (user != context_.users.end()) {
    user->second->on_closed(closed.why);
  } else {
    std::erase_if(raft_links_, [&](const auto& link) { return link.second == closed.id; });
    http_.closed(closed.id, closed.why);
  }
  sightings_.look();
}

// --- what Raft decides ---

RaftMember::Owner ServerRole::raft_owner() {
  return {
      [this](consensus::ServerId to, const consensus::Message& message) { send_raft(to, message); },
      [this](consensus::Index index, const std::string& bytes) { apply(index, bytes); },
      [this](consensus::Index, const std::string& snapshot) { restore(snapshot); },
      [this] { return context_.state.snapshot(context_.config.mutants); },
      [this] { look_at_leadership(); },
  };
}

void ServerRole::send_raft(consensus::ServerId to, const consensus::Message& message) {
  auto link = raft_links_.find(to);
  if (link == raft_links_.end()) {
    const consensus::Configuration configuration = raft_.state().configuration;
    const consensus::Server* server = consensus::find(configuration, to);
    if (server == nullptr) return;
    link = raft_links_.emplace(to, context_.host.connect(address_of(server->address))).first;
  }
  context_.host.send(link->second, RaftFrame{context_.config.id, message});
}

void ServerRole::apply(consensus::Index index, const std::string& bytes) {
  const server::State::Change change = context_.state.apply(
      index.value(), bytes, context_.config.mutants, context_.config.settings.node);
  // What this server proposed is asked for later, and only a leader proposes.
  if (raft_.leads()) context_.results[index] = change.result;
  http_.committed(change.commit);
  streams_.committed(change.commit);
  cleanup_.committed(change.commit);
  sightings_.committed(change.commit);
  proxies_.committed(change.commit);
  certificate_.look();
  look_whether_ready();
}

void ServerRole::restore(const std::string& snapshot) {
  const Result<void> restored = context_.state.restore(snapshot);
  if (!restored) throw engine::Unhandled("a snapshot of our own: " + restored.error().detail);
  http_.restored();
  streams_.restored();
  sightings_.restored();
  proxies_.restored();
  certificate_.look();
}

void ServerRole::look_at_leadership() {
  const consensus::State raft = raft_.state();
  server::Situation& situation = context_.situation;
  const bool led = situation.leader;
  situation.leader = raft_.leads();
  situation.leader_known = raft.leader.has_value();
  situation.leader_ever_known = situation.leader_ever_known || situation.leader_known;
  situation.leader_address.clear();
  situation.server_addresses.clear();
  for (const consensus::Server& server : raft.configuration) {
    if (server.voter) situation.server_addresses.push_back(server.address);
    if (raft.leader == server.id) situation.leader_address = server.address;
  }
  // Before the duties end: streams tell their peers why.
  streams_.leadership_changed();
  if (situation.leader && !led) {
    context_.host.record(trace::LeadershipGained{raft.term.value()});
    duties_.gained();
  } else if (!situation.leader && led) {
    context_.host.record(trace::LeadershipLost{raft.term.value()});
    context_.results.clear();
    duties_.lost();
  }
  certificate_.look();
}

void ServerRole::look_whether_ready() {
  if (was_ready_ || !grpc_.leaf()) return;
  if (context_.situation.leader ? !duties_.is_ready() : !context_.situation.leader_known) return;
  was_ready_ = true;
  context_.host.record(trace::ServerReady{});
}

// --- what a leader does ---

void ServerRole::reconcile() {
  reconcile({}, context_.config.members);
  for (const auto& [partition, agents] : context_.config.agents) reconcile(partition, agents);
}

void ServerRole::reconcile(const PartitionName& partition,
                           const std::vector<server::Member>& members) {
  const server::Settings& settings = context_.config.settings;
  for (const server::Member& member : members) {
    if (const auto command = server::reconcile(member, settings.node, settings.datacenter,
                                               *context_.state.catalog(partition))) {
      context_.propose(server::CatalogCommand{*command, partition},
                       [](const server::api::Input&) {});
    }
  }
}

void ServerRole::make_ca(std::function<void(bool)> done) {
  if (context_.state.ca().find() != nullptr) return done(true);
  Random random = context_.host.random("ca");
  trust::CaConfig config;
  config.cluster_id = random.uuid();
  if (const auto& own = context_.config.settings.cluster_id; !own.empty()) config.cluster_id = own;
  const trust::EntropyScope entropy(random);
  const trust::CaState ca = trust::make_ca(config, context_.host.now());
  context_.propose(server::CaCommand(server::SetCa{ca, 0}),
                   [done = std::move(done)](const server::api::Input& end) {
                     done(std::holds_alternative<server::api::Applied>(end));
                   });
}

}  // namespace peerlab::actors
