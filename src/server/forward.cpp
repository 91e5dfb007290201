#include "peerlab/server/forward.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace peerlab::server {
namespace {

constexpr std::string_view no_leader = "No cluster leader";

/// What a leader says when the caller should simply try again. (datacenter 1.9)
bool is_retryable(std::string_view error) {
  const auto says = [&](std::string_view part) {
    return error.find(part) != std::string_view::npos;
  };
  return says("please resubmit call for rechunking") ||
         says(
             "rate limit exceeded for operation that can only be performed by the leader, try "
             "again later");
}

}  // namespace

Direction direction(const CallNature& nature, const Settings& settings,
                    const Situation& situation) {
  if (!nature.datacenter.empty() && nature.datacenter != settings.datacenter.value()) {
    const DatacenterName wanted(nature.datacenter);
    if (!settings.federated.contains(wanted)) return Unroutable{"No path to datacenter"};
    return ToDatacenter{wanted};
  }
  if (nature.stale_read && situation.leader_ever_known) return ServeHere{};
  if (situation.leader) return ServeHere{};
  return ToLeader{};
}

LeaderSearch::Move LeaderSearch::look(Instant now, const Situation& situation) {
  if (situation.leader) return Serve{};
  if (!situation.leader_known) return retry(now, std::string(no_leader));
  if (situation.leader_address.empty()) {
    return GiveUp{"Raft leader not found in server lookup mapping"};
  }
  return Ask{situation.leader_address};
}

LeaderSearch::Move LeaderSearch::answered(Instant now, std::string_view error_text) {
  if (!is_retryable(error_text)) return Relay{};
  return retry(now, fmt::format("rpc error making call: {}", error_text));
}

LeaderSearch::Move LeaderSearch::unreachable(Instant now, bool at_end_of_stream, std::string why) {
  if (!at_end_of_stream || !read_) return GiveUp{std::move(why)};
  return retry(now, std::move(why));
}

LeaderSearch::Move LeaderSearch::retry(Instant now, std::string why) {
  if (now - begun_ >= hold_) return GiveUp{std::move(why)};
  // Pause n is uniform in [the last pause, max(1 ms, hold/16) * 2^(n-1)). The bound grows past any
  // hold after a few rounds, so the shift is kept small.
  const Duration unit = std::max<Duration>(std::chrono::milliseconds(1), hold_ / 16);
  const Duration bound = unit * (std::int64_t{1} << std::min(retries_, 20));
  ++retries_;
  const auto spread = static_cast<std::uint64_t>((bound - last_pause_).count());
  if (bound > last_pause_) last_pause_ += Duration(random_.below(spread));
  return Pause{now + last_pause_};
}

}  // namespace peerlab::server
