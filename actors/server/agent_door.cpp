#include "actors/server/agent_door.hpp"

#include <utility>

#include "peerlab/catalog/queries.hpp"
#include "peerlab/engine/role.hpp"

namespace peerlab::actors {
namespace {

std::string error_of(const server::api::Input& end) {
  if (const auto* applied = std::get_if<server::api::Applied>(&end)) return applied->result.error;
  if (const auto* not_applied = std::get_if<server::api::NotApplied>(&end)) return not_applied->why;
  return "No cluster leader";
}

}  // namespace

void AgentDoor::on(engine::ConnectionId from, CatalogWrite&& write) {
  if (context_.situation.leader) {
    return context_.propose(
        server::CatalogCommand{std::move(write.command), std::move(write.partition)},
        [this, from](const server::api::Input& end) {
          context_.host.send(from, CatalogWritten{error_of(end)});
        });
  }
  // A server that took us for the leader is to look again.
  if (write.forwarded) return context_.host.abort(from);
  write.forwarded = true;
  leader_.call(std::move(write), [this, from](net::Frame&& reply) {
    if (reply.empty()) reply = CatalogWritten{"No cluster leader"};
    context_.host.send(from, std::move(reply));
  });
}

void AgentDoor::on(engine::ConnectionId from, const NodeRead& read) {
  const catalog::CatalogTables* tables = context_.state.catalog(read.partition);
  if (tables == nullptr) throw engine::Unhandled("no partition " + read.partition.value());
  NodeRows rows;
  const catalog::NodeServices stored = catalog::node_services(*tables, read.node).rows;
  if (stored.node != nullptr) rows.node = *stored.node;
  for (const catalog::Service* service : stored.services) rows.services.push_back(*service);
  for (const auto* check : catalog::node_checks(*tables, read.node).rows) {
    rows.checks.push_back(*check);
  }
  context_.host.send(from, std::move(rows));
}

}  // namespace peerlab::actors
