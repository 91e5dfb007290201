#include "bench_roles.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace peerlab::apps {
namespace {

using engine::ConnectionId;
using engine::Due;
using engine::Host;
using engine::TimerKey;

constexpr net::Port port = 8502;

}  // namespace

net::HostName bench_host(std::uint32_t datacenter, std::string_view entity) {
  std::string name = "dc" + std::to_string(datacenter) + "/";
  name += entity;
  return net::HostName(std::move(name));
}

net::HostName bench_host(std::uint32_t datacenter, std::string_view entity, std::uint32_t id) {
  return net::HostName(bench_host(datacenter, entity).value() + std::to_string(id));
}

// --- leader ---

Leader::Leader(Host& host, BenchRun& run, std::uint32_t datacenter)
    : host_(host), run_(run), datacenter_(datacenter) {}

Leader::~Leader() {
  std::uint64_t sum = mix(mix(datacenter_, 1U << 20U), acks_);
  for (std::uint64_t slot = 0; slot < table_.size(); ++slot) {
    if (table_[slot] != 0) sum += mix(mix(datacenter_, slot), table_[slot]);
  }
  run_.tally.state += sum;
}

void Leader::start() {
  table_.resize(std::size_t{run_.world.datacenters} * slots_per_datacenter);
  host_.listen(port);
  ConnectionId gateway;
  if (run_.world.gateways)
    gateway = host_.connect({bench_host(datacenter_, "gateway").value(), port});
  std::uint32_t i = 0;
  for (const std::uint32_t peer : peers_of(datacenter_, run_.world)) {
    const ConnectionId connection =
        run_.world.gateways ? gateway : host_.connect({bench_host(peer, "leader").value(), port});
    peers_.push_back({peer, connection});
    const Duration first = run_.seeded.first_firing(datacenter_ * 100ULL + i, heartbeat_period);
    host_.arm(TimerKey(0, i), run_.zero + first);
    ++i;
  }
}

void Leader::note(Kind kind, std::uint64_t value) {
  run_.tally.event(host_.now() - run_.zero, kind, datacenter_, value);
}

void Leader::on(const engine::Accepted&) {}

void Leader::on(const Due& due) {
  Peer& peer = peers_[due.key.timer];
  note(Kind::heartbeat_timer, due.key.timer);
  host_.send(peer.connection, Heartbeat{datacenter_, peer.datacenter, ++peer.heartbeats});
  host_.arm(due.key, host_.now() + heartbeat_period);
}

void Leader::on(net::Frame&& frame, ConnectionId from) {
  const auto me = static_cast<std::uint16_t>(datacenter_);
  if (const auto* replicate = frame.get_if<Replicate>()) {
    note(Kind::replicate, replicate->from ^ replicate->n << 8U);
    table_[replicate->from * std::size_t{slots_per_datacenter} + replicate->service] = replicate->n;
    host_.send(from, Ack{me, replicate->from, replicate->service, replicate->n});
  } else if (const auto* ack = frame.get_if<Ack>()) {
    note(Kind::ack, ack->from ^ ack->n << 8U);
    ++acks_;
  } else if (const auto* heartbeat = frame.get_if<Heartbeat>()) {
    note(Kind::heartbeat, heartbeat->from ^ heartbeat->n << 8U);
  } else if (const auto* update = frame.get_if<Update>()) {
    note(Kind::update, update->service ^ update->version << 8U);
    for (const Peer& peer : peers_) {
      host_.send(peer.connection, Replicate{me,
                                            static_cast<std::uint16_t>(peer.datacenter),
                                            static_cast<std::uint32_t>(update->service),
                                            update->version,
                                            {}});
    }
  } else if (const auto* ping = frame.get_if<FollowerPing>()) {
    note(Kind::ping, ping->follower ^ ping->n << 8U);
    host_.send(from, Pong{ping->follower, ping->n});
  } else {
    Role::on(std::move(frame), from);
  }
}

// --- follower and service ---

Member::Member(Host& host, BenchRun& run, What what, std::uint32_t datacenter, std::uint32_t id)
    : host_(host), run_(run), what_(what), datacenter_(datacenter), id_(id) {}

void Member::start() {
  leader_ = host_.connect({bench_host(datacenter_, "leader").value(), port});
  const bool follower = what_ == What::follower;
  const Duration first =
      run_.seeded.first_firing(datacenter_ * 100ULL + (follower ? 50 : 70) + id_,
                               follower ? heartbeat_period : run_.world.service_period);
  host_.arm(TimerKey(0, 0), run_.zero + first);
}

void Member::on(const Due& due) {
  const Duration at = host_.now() - run_.zero;
  ++count_;
  if (what_ == What::follower) {
    run_.tally.event(at, Kind::follower_timer, datacenter_, id_);
    host_.send(leader_, FollowerPing{id_, count_});
    host_.arm(due.key, host_.now() + heartbeat_period);
  } else {
    run_.tally.event(at, Kind::service_timer, datacenter_, id_);
    host_.send(leader_, Update{id_, count_});
    host_.arm(due.key, host_.now() + run_.world.service_period);
  }
}

void Member::on(net::Frame&& frame, ConnectionId from) {
  const auto* pong = frame.get_if<Pong>();
  if (pong == nullptr) return Role::on(std::move(frame), from);
  run_.tally.event(host_.now() - run_.zero, Kind::pong, datacenter_,
                   pong->follower ^ pong->n << 8U);
}

// --- gateway ---

Gateway::Gateway(Host& host, BenchRun& run, std::uint32_t datacenter)
    : host_(host), run_(run), datacenter_(datacenter) {}

void Gateway::start() {
  host_.listen(port);
  gateways_.resize(run_.world.datacenters);
  for (const std::uint32_t peer : peers_of(datacenter_, run_.world))
    gateways_[peer] = host_.connect({bench_host(peer, "gateway").value(), port});
}

void Gateway::on(const engine::Accepted& accepted) {
  if (accepted.from == bench_host(datacenter_, "leader")) leader_ = accepted.id;
}

void Gateway::on(net::Frame&& frame, ConnectionId from) {
  Kind kind{};
  std::uint32_t to = 0;
  std::uint64_t n = 0;
  if (const auto* replicate = frame.get_if<Replicate>()) {
    kind = Kind::replicate;
    to = replicate->to;
    n = replicate->n;
  } else if (const auto* ack = frame.get_if<Ack>()) {
    kind = Kind::ack;
    to = ack->to;
    n = ack->n;
  } else if (const auto* heartbeat = frame.get_if<Heartbeat>()) {
    kind = Kind::heartbeat;
    to = heartbeat->to;
    n = heartbeat->n;
  } else {
    return Role::on(std::move(frame), from);
  }
  run_.tally.event(host_.now() - run_.zero, Kind::relay, datacenter_,
                   static_cast<std::uint64_t>(kind) ^ n << 8U);
  host_.send(to == datacenter_ ? leader_ : gateways_[to], std::move(frame));
}

}  // namespace peerlab::apps
