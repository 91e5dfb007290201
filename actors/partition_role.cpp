#include "actors/partition_role.hpp"

#include <utility>

namespace peerlab::actors {
namespace {

/// Numbers its own requests. Those of steps count from 1.
constexpr std::uint64_t own_call = 0;

constexpr Duration again_after = std::chrono::seconds(1);
constexpr engine::TimerKey again(1, 0);

}  // namespace

std::string tenant_name(const std::string& partition_path) { return "tenant:" + partition_path; }

void PartitionRole::write_next() {
  if (written_ == setup_.entries.size()) {
    host_.record(trace::PartitionReady{});
    return;
  }
  std::string target = "/v1/config?cas=0";
  if (!setup_.partition.empty()) target += "&partition=" + setup_.partition;
  // Any server will do; after a failure, another.
  const std::string& server = setup_.servers[tries_ % setup_.servers.size()];
  make({own_call,
        {server, http_port},
        server::api::request("PUT", target, setup_.entries[written_]),
        std::chrono::seconds(10)});
}

void PartitionRole::ended(std::uint64_t call, int status) {
  if (call != own_call) return;
  if (status == 200) {
    ++written_;
    return write_next();
  }
  ++tries_;
  host_.arm(again, host_.now() + again_after);
}

void PartitionRole::on(const engine::Due& due) {
  if (due.key == again) return write_next();
  OperatorRole::on(due);
}

}  // namespace peerlab::actors
