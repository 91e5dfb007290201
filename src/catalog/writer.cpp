#include "catalog/writer.hpp"

#include "catalog/config_checks.hpp"

namespace peerlab::catalog {

std::string peered_row(std::string_view row, const PeerName& peer) {
  if (peer.value().empty()) return std::string(row);
  return "peer." + lower_case(peer.value()) + ":" + std::string(row);
}

std::string service_row(const ServiceName& name) { return "service." + lower_case(name.value()); }

std::string node_row(const NodeName& name) { return "node." + lower_case(name.value()); }

RaftIndexes Writer::stamped(const RaftIndexes* existing) const {
  const std::uint64_t now = tables_.store().raft_index();
  return {existing != nullptr ? existing->create : now, now};
}

void Writer::bump(std::string_view row, const PeerName& peer) {
  tables_.store().bump(tables_.index_row(peered_row(row, peer)));
}

Result<bool> CatalogTables::apply(const Command& command, const Mutants& mutants,
                                  const GraphCheck& check_graph) {
  Writer writer(*this, mutants, check_graph);
  return std::visit([&](const auto& kind) { return writer.apply(kind); }, command);
}

}  // namespace peerlab::catalog
