#include "cluster.hpp"

#include <fmt/format.h>

#include "peerlab/base/assert.hpp"
#include "peerlab/base/overloaded.hpp"

namespace peerlab::consensus {

std::string pack(const std::vector<std::string>& machine) {
  std::string bytes;
  for (const std::string& item : machine) bytes += item + '\n';
  return bytes;
}

std::vector<std::string> unpack(const std::string& bytes) {
  std::vector<std::string> machine;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\n', at);
    machine.push_back(bytes.substr(at, end - at));
    at = end + 1;
  }
  return machine;
}

Cluster::Cluster(const Options& options) : options_(options), random_(options.seed) {
  Configuration founders;
  for (int at = 1; at <= options.servers; ++at) {
    founders.push_back(
        Server{ServerId(static_cast<std::uint64_t>(at)), fmt::format("s{}", at), true});
  }
  for (const Server& server : founders) {
    Host& host = hosts_[server.id];
    host.log = Log(bootstrapped(founders));
    host.disk = options.disk;
  }
  for (const Server& server : founders) restart(server.id);
}

ServerId Cluster::add_host() {
  const ServerId id(hosts_.rbegin()->first.value() + 1);
  hosts_[id].disk = options_.disk;
  restart(id);
  return id;
}

void Cluster::crash(ServerId server, std::size_t surviving_writes) {
  Host& host = this->host(server);
  host.raft.reset();
  host.log.crash(std::min(surviving_writes, host.log.waiting()));
  host.syncing = false;
  host.to_take.reset();
  ++host.life;
}

void Cluster::restart(ServerId server) {
  Host& host = this->host(server);
  PEERLAB_ASSERT(host.raft == nullptr);
  host.machine.clear();
  const std::string name = fmt::format("raft {} life {}", server.value(), host.life);
  host.raft = std::make_unique<Raft>(server, options_.timings, host.log.disk(), random_.fork(name),
                                     options_.mutants);
  safety_.start(server, host.log.disk());
  feed(server, Started{});
}

std::vector<ServerId> Cluster::all() const {
  std::vector<ServerId> ids;
  for (const auto& [id, host] : hosts_) ids.push_back(id);
  return ids;
}

std::optional<ServerId> Cluster::leader() const {
  std::optional<ServerId> best;
  Term highest;
  for (const auto& [id, host] : hosts_) {
    if (!host.raft) continue;
    const State state = host.raft->state();
    if (state.role == Role::leader && state.term > highest) {
      highest = state.term;
      best = id;
    }
  }
  return best;
}

void Cluster::isolate(ServerId server) {
  for (const auto& [other, host] : hosts_) {
    cut(server, other);
    cut(other, server);
  }
}

ProposalId Cluster::propose(ServerId server, std::string bytes) {
  const ProposalId id = next_id();
  feed(server, Propose{id, std::move(bytes)});
  return id;
}

std::optional<Cluster::Outcome> Cluster::outcome(ProposalId id) const {
  const auto found = outcomes_.find(id);
  if (found == outcomes_.end()) return std::nullopt;
  return found->second;
}

void Cluster::feed(ServerId server, const Input& input) {
  Host& host = this->host(server);
  carry_out(server, host.raft->step(now_, input));
  safety_.observe(server, host.raft->state());
  if (host.to_take) {
    const std::string bytes = *std::exchange(host.to_take, std::nullopt);
    feed(server, SnapshotTaken{bytes});
  }
}

std::uint64_t Cluster::schedule(Instant at, ServerId server, What what) {
  queue_.emplace(std::pair(at, ++sequence_), Event{server, host(server).life, std::move(what)});
  return sequence_;
}

Duration Cluster::spread(Duration base) {
  const auto width = static_cast<std::uint64_t>(base.count());
  return base + Duration(static_cast<std::int64_t>(random_.below(width)));
}

void Cluster::run_for(Duration duration) {
  const Instant horizon = now_ + duration;
  while (handle_next(horizon)) {
  }
  now_ = horizon;
}

bool Cluster::run_until(const std::function<bool()>& done, Duration limit) {
  const Instant horizon = now_ + limit;
  while (!done()) {
    if (!handle_next(horizon)) return done();
  }
  return true;
}

bool Cluster::handle_next(Instant horizon) {
  if (queue_.empty() || queue_.begin()->first.first > horizon) return false;
  auto first = queue_.extract(queue_.begin());
  const auto [at, sequence] = first.key();
  const Event event = std::move(first.mapped());
  now_ = at;
  Host& host = this->host(event.server);
  const bool from_outside = std::holds_alternative<Deliver>(event.what);
  if (!host.raft || (!from_outside && host.life != event.life)) return true;
  if (std::holds_alternative<Wake>(event.what) && host.wake != sequence) return true;
  ++events_;
  hasher_.add(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
  hasher_.add(event.server.value());
  std::visit(Overloaded{
                 [&](const Deliver& deliver) {
                   add(hasher_, deliver.message);
                   feed(event.server, Received{deliver.from, deliver.message});
                 },
                 [&](const Wake&) { feed(event.server, Expired{}); },
                 [&](const Sync& synced) {
                   host.log.sync(synced.upto);
                   host.syncing = false;
                   feed(event.server, Written{synced.upto});
                 },
             },
             event.what);
  return true;
}

void Cluster::carry_out(ServerId server, const std::vector<Output>& outputs) {
  for (const Output& output : outputs) {
    safety_.observe(server, output);
    carry_out(server, output);
  }
  sync(server);
}

void Cluster::carry_out(ServerId server, const Output& output) {
  Host& host = this->host(server);
  std::visit(Overloaded{
                 [&](const Send& out) { send(server, out); },
                 [&](const Append& out) { host.log.write(out); },
                 [&](const SaveVote& out) { host.log.write(out); },
                 [&](const Truncate& out) { host.log.write(out); },
                 [&](const PutSnapshot& out) { host.log.write(out); },
                 [&](const Arm& out) { host.wake = schedule(out.due, server, Wake{}); },
                 [&](const Committed& out) { host.machine.push_back(out.bytes); },
                 [&](const TakeSnapshot&) { host.to_take = pack(host.machine); },
                 [&](const Completed& out) { outcomes_[out.id] = out.index; },
                 [&](const Refused& out) { outcomes_[out.id] = out.why; },
                 [&](const Restore& out) {
                   host.machine = unpack(out.bytes);
                   seen_.push_back(Seen{now_, server, out});
                 },
                 [&](const auto& out) {
                   seen_.push_back(Seen{now_, server, out});
                 },
             },
             output);
}

void Cluster::send(ServerId from, const Send& send) {
  if (cuts_.contains({from, send.to}) || !hosts_.contains(send.to)) return;
  if (options_.loss_in_1000 > 0 && random_.below(1000) < options_.loss_in_1000) return;
  // In order, as on one TCP connection.
  Instant& arrival = last_arrival_[{from, send.to}];
  arrival = std::max(arrival, now_ + spread(options_.latency));
  schedule(arrival, send.to, Deliver{from, send.message});
}

/// One sync at a time; it covers all that was written before it began.
void Cluster::sync(ServerId server) {
  Host& host = this->host(server);
  if (host.syncing || host.log.waiting() == 0) return;
  host.syncing = true;
  schedule(now_ + spread(host.disk), server, Sync{host.log.last_ticket()});
}

std::uint64_t Cluster::digest() const {
  Hasher hasher = hasher_;
  for (const auto& [id, host] : hosts_) {
    if (!host.raft) continue;
    host.raft->describe([&](std::string_view what, const auto& value) {
      hasher.add(what);
      hasher.add(value);
    });
  }
  return hasher.digest();
}

}  // namespace peerlab::consensus
