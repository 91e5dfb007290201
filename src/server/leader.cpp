#include "peerlab/server/leader.hpp"

#include <algorithm>
#include <array>

namespace peerlab::server {
namespace {

using namespace std::chrono_literals;

/// Between two full comparisons of catalog and gossip.
constexpr Duration reconcile_interval = 60s;
/// After a failure to establish and a failure to hand leadership over.
constexpr Duration retry_interval = 5s;

struct Row {
  Duty duty;
  std::string_view name;
};

constexpr std::array start_order = {
    Row{Duty::acls, "ACLs"},
    Row{Duty::acl_replication, "ACL replication"},
    Row{Duty::token_reaping, "token reaping"},
    Row{Duty::tombstone_collection, "tombstone collection"},
    Row{Duty::session_timers, "session timers"},
    Row{Duty::autopilot, "autopilot"},
    Row{Duty::config_replication, "config entry replication"},
    Row{Duty::federation_replication, "federation state replication"},
    Row{Duty::federation_anti_entropy, "federation state anti-entropy"},
    Row{Duty::peering_streams, "peering streams"},
    Row{Duty::peering_deferred_deletion, "peering deferred deletion"},
    Row{Duty::connect_ca, "connect CA"},
    Row{Duty::config_bootstrap, "config entry bootstrap"},
    Row{Duty::consistent_reads, "consistent reads"},
};

// Not the reverse of the above. (datacenter 1.5, revokeLeadership)
constexpr std::array stop_order = {
    Duty::tombstone_collection,    Duty::session_timers,         Duty::peering_deferred_deletion,
    Duty::federation_anti_entropy, Duty::federation_replication, Duty::config_replication,
    Duty::acl_replication,         Duty::peering_streams,        Duty::connect_ca,
    Duty::token_reaping,           Duty::consistent_reads,       Duty::autopilot,
};

void append(std::vector<Leader::Output>& to, std::vector<Leader::Output> more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

std::string_view duty_name(Duty duty) {
  return std::ranges::find(start_order, duty, &Row::duty)->name;
}

std::vector<Leader::Output> Leader::step(Instant now, const Input& input) {
  return std::visit([&](const auto& event) { return on(now, event); }, input);
}

std::vector<Leader::Output> Leader::on(Instant now, const Gained&) {
  leading_ = true;
  return {Announce{}, Arm{now + reconcile_interval}, Barrier{}};
}

std::vector<Leader::Output> Leader::on(Instant, const Lost&) {
  leading_ = false;
  return revoke();
}

std::vector<Leader::Output> Leader::on(Instant, const BarrierPassed&) {
  if (!leading_ || starting_) return {};
  if (established_) return {Reconcile{}};
  return take_up(std::nullopt);
}

std::vector<Leader::Output> Leader::on(Instant, const BarrierFailed&) {
  return {};  // the timer brings the next one
}

std::vector<Leader::Output> Leader::on(Instant, const Started& started) {
  // An answer that comes after leadership was lost, or after a restart of the list, says nothing.
  if (starting_ != started.duty) return {};
  running_.insert(started.duty);
  return take_up(started.duty);
}

std::vector<Leader::Output> Leader::on(Instant, const StartFailed& failed) {
  if (starting_ != failed.duty) return {};
  // A CA that cannot be had is tried again in the background and costs nobody the leadership.
  if (failed.duty == Duty::connect_ca) {
    running_.insert(failed.duty);
    return take_up(failed.duty);
  }
  auto outputs = revoke();
  outputs.push_back(Transfer{});
  return outputs;
}

std::vector<Leader::Output> Leader::on(Instant now, const TransferFailed&) {
  if (!leading_) return {};
  return {Arm{now + retry_interval}};
}

std::vector<Leader::Output> Leader::on(Instant now, const Expired&) {
  if (!leading_) return {};
  return {Arm{now + reconcile_interval}, Barrier{}};
}

std::vector<Leader::Output> Leader::on(Instant, const Restored&) {
  if (!leading_) return {};
  auto outputs = revoke();
  append(outputs, take_up(std::nullopt));
  return outputs;
}

bool Leader::applies(Duty duty) const {
  switch (duty) {
    case Duty::acls:
      return settings_.acl_enabled;
    case Duty::token_reaping:
      return settings_.acl_enabled && !settings_.secondary;
    case Duty::acl_replication:
      return settings_.acl_enabled && settings_.secondary;
    case Duty::config_replication:
    case Duty::federation_replication:
      return settings_.secondary;
    case Duty::config_bootstrap:
      return !settings_.secondary;
    case Duty::peering_streams:
    case Duty::peering_deferred_deletion:
      return settings_.peering_enabled;
    case Duty::connect_ca:
      return settings_.connect_enabled;
    case Duty::tombstone_collection:
    case Duty::session_timers:
    case Duty::autopilot:
    case Duty::federation_anti_entropy:
    case Duty::consistent_reads:
      return true;
  }
  return true;
}

std::vector<Leader::Output> Leader::take_up(std::optional<Duty> after) {
  auto next = start_order.begin();
  if (after) next = std::next(std::ranges::find(start_order, *after, &Row::duty));
  next = std::find_if(next, start_order.end(), [&](const Row& row) { return applies(row.duty); });
  if (next == start_order.end()) {
    starting_.reset();
    established_ = true;
    return {Reconcile{}};
  }
  starting_ = next->duty;
  return {Start{next->duty}};
}

std::vector<Leader::Output> Leader::revoke() {
  std::vector<Output> outputs;
  for (const Duty duty : stop_order) {
    // What is just being started may have got half way.
    if (running_.contains(duty) || starting_ == duty) outputs.push_back(Stop{duty});
  }
  running_.clear();
  starting_.reset();
  established_ = false;
  return outputs;
}

}  // namespace peerlab::server
