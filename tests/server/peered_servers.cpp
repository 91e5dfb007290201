#include "peered_servers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "peerlab/base/hash.hpp"
#include "peerlab/base/overloaded.hpp"
#include "peerlab/catalog/queries.hpp"
#include "peerlab/trust/sni.hpp"

namespace peerlab::tests {
namespace {

using namespace server::api;

Result<void> outcome(const server::ApplyResult& result) {
  if (result.failed()) return failure(Errc::invalid_argument, result.error);
  return {};
}

std::string own_server_name(const OneServer& server) {
  return trust::peering_server_name(server.settings.datacenter,
                                    server.state.ca().find()->ca.trust_domain());
}

peering::Status unavailable(std::string why) {
  return {peering::GrpcCode::unavailable,
          fmt::format("connection error: desc = \"{}\"", std::move(why)),
          {}};
}

}  // namespace

OneServer& PeeredServers::make(const std::string& name, const std::string& cluster_id,
                               const std::function<void(OneServer&)>& configure) {
  auto& cluster = clusters_[name];
  cluster = std::make_unique<Cluster>();
  cluster->server = std::make_unique<OneServer>();
  OneServer& server = *cluster->server;
  server.random = Random(hash_of(name + cluster_id));
  configure(server);
  cluster->deletion =
      std::make_unique<peering::DeferredDeletion>(server.settings.peering_enabled, server.mutants);
  server.dial = [this](const Dial& dial) { return exchange(dial); };
  if (server.settings.connect_enabled) {
    server.boot(cluster_id);
  } else {
    server.register_self();
  }
  server.changed = [this, cluster = cluster.get()](const store::Commit& commit) {
    work_.push_back([this, cluster, commit] { changed(*cluster, commit); });
  };
  return server;
}

void PeeredServers::settle() {
  dialled_.clear();
  while (true) {
    while (!work_.empty()) {
      const Work next = std::move(work_.front());
      work_.pop_front();
      next();
    }
    connect_dialers();
    if (work_.empty()) clean_up();
    if (work_.empty()) return;
  }
}

PeeredServers::Cluster* PeeredServers::listener(const std::string& address) {
  for (auto& [name, cluster] : clusters_) {
    const auto& settings = cluster->server->settings;
    if (settings.grpc_tls_port > 0 &&
        address == fmt::format("{}:{}", settings.address, settings.grpc_tls_port)) {
      return cluster.get();
    }
  }
  return nullptr;
}

/// ExchangeSecret with the checks of TLS that stand before it, in the words of Go.
Dialled PeeredServers::exchange(const Dial& dial) {
  Cluster* cluster = listener(dial.address);
  if (cluster == nullptr) {
    const std::string host = dial.address.substr(0, dial.address.rfind(':'));
    const bool is_name = host.ends_with(".invalid");
    return {unavailable(
        is_name ? fmt::format("transport: Error while dialing: dial tcp: lookup {} on "
                              "127.0.0.53:53: no such host",
                              host)
                : fmt::format("transport: Error while dialing: dial tcp {}: connect: connection "
                              "refused",
                              dial.address))};
  }
  OneServer& server = *cluster->server;
  if (dial.ca.empty()) return {unavailable("error reading server preface: EOF")};
  constexpr std::string_view handshake =
      "transport: authentication handshake failed: tls: failed to verify certificate: x509: ";
  if (dial.ca != server.state.ca().find()->ca.bundle().root_pems) {
    return {unavailable(fmt::format("{}certificate signed by unknown authority", handshake))};
  }
  if (dial.server_name != own_server_name(server)) {
    return {unavailable(fmt::format("{}certificate is valid for {}, not {}", handshake,
                                    own_server_name(server), dial.server_name))};
  }
  const auto judged = peering::judge_exchange(dial.peer_id, dial.secret,
                                              server.state.peering().secrets(dial.peer_id),
                                              peering::StreamSecret(server.random.uuid()));
  if (const auto* status = std::get_if<peering::Status>(&judged)) return {*status};
  const auto& write = std::get<peering::SecretsWrite>(judged);
  const auto applied = outcome(server.apply(peering::Command(write)));
  if (!applied) return {peering::exchange_failed(applied.error())};
  return {std::get<peering::ExchangeSecretWrite>(write.change).pending};
}

/// A stream for every active record that dials, has a secret and finds somebody listening.
void PeeredServers::connect_dialers() {
  for (auto& [name, cluster] : clusters_) {
    OneServer& server = *cluster->server;
    for (const auto* record : server.state.peering().list_all()) {
      const auto* secrets = server.state.peering().secrets(record->id);
      const bool wanted = record->should_dial() && record->is_active() && secrets != nullptr &&
                          !secrets->active.value().empty();
      const bool has_link = std::ranges::any_of(links_, [&](const auto& link) {
        return link->open && link->ends[0]->peering == record->id;
      });
      // One attempt at a time: the next one would come after a pause.
      if (!wanted || has_link || !dialled_.insert({name, record->id}).second) continue;
      Cluster* other = listener(record->addresses_to_dial()[0]);
      if (other == nullptr) {
        server.streams.track(record->id);
        server.streams.dial_failed(server.now, record->id, "connection refused");
        continue;
      }
      auto link = std::make_unique<Link>();
      peering::DialerIdentity identity{record->id,
                                       record->remote_id,
                                       secrets->active,
                                       {"", server.settings.datacenter.value(), {}}};
      link->ends[0].reset(new End{
          cluster.get(), peering::PeerStream::dialer(server.streams, identity, {}, server.mutants),
          std::nullopt, record->id, std::nullopt});
      link->ends[1].reset(
          new End{other,
                  peering::PeerStream::acceptor(other->server->streams, {}, other->server->mutants),
                  std::nullopt,
                  {},
                  std::nullopt});
      Link& made = *link;
      links_.push_back(std::move(link));
      tell(made, 1, peering::Opened{});
      tell(made, 0, peering::Opened{});
    }
  }
}

void PeeredServers::clean_up() {
  if (hold_deletions) return;
  for (auto& [name, cluster] : clusters_) {
    OneServer& server = *cluster->server;
    const peering::DeletionView view{server.state.peering(), [&](const PartitionName& partition) {
                                       return server.state.catalog(partition);
                                     }};
    peering::DeferredDeletion::Input input = peering::DeferredDeletion::Woken{};
    while (const auto output = cluster->deletion->step(server.now, input, view)) {
      if (const auto* arm = std::get_if<peering::DeferredDeletion::Arm>(&*output)) {
        server.now = std::max(server.now, arm->due);
        input = peering::DeferredDeletion::Due{};
      } else {
        const auto& command = std::get<peering::DeferredDeletion::Propose>(*output).command;
        input = peering::DeferredDeletion::Applied{outcome(server.apply(command))};
      }
    }
  }
}

void PeeredServers::tell(Link& link, int end, const peering::Input& input) {
  work_.push_back([this, &link, end, input] {
    End& at = *link.ends[end];
    if (at.stream.has_ended()) return;
    for (const auto& output : at.stream.step(at.cluster->server->now, input)) {
      carry_out(link, end, output);
    }
    if (at.stream.is_connected() && !at.exporter) start_exporter(link, end);
  });
}

void PeeredServers::carry_out(Link& link, int end, const peering::Output& output) {
  End& at = *link.ends[end];
  OneServer& server = *at.cluster->server;
  std::visit(
      Overloaded{
          [&](const peering::Send& send) { tell(link, 1 - end, peering::Received{send.message}); },
          [](const peering::Arm&) {},
          [&](const peering::CheckOpen& open) {
            const auto facts = peering::check_open(server.state.peering(), open,
                                                   server.state.ca().find() != nullptr);
            at.peering = facts.id;
            tell(link, end, facts);
          },
          [&](const peering::PromoteSecret& promote) {
            const auto applied =
                outcome(server.apply(peering::promotion(server.state.peering(), promote)));
            if (applied) {
              tell(link, end, peering::SecretPromoted{});
            } else {
              tell(link, end, peering::PromotionFailed{applied.error().detail});
            }
          },
          [](const peering::Subscribed&) {},
          [&](const peering::Import& wanted) {
            const auto* record = server.state.peering().by_id(at.peering);
            if (record == nullptr) return;
            const peering::ImportTarget target{*server.state.catalog(record->partition),
                                               server.state.peering(), record->id, record->name,
                                               record->partition};
            at.importing.emplace(
                peering::plan_import(target, wanted.resource_id, wanted.resource, server.mutants));
            import(link, end, at.importing->start());
          },
          [&](const peering::MarkTerminated& marked) {
            server.apply(peering::Command(peering::TerminatePeering{marked.peering}));
          },
          [&](const peering::HalfClose&) { tell(link, 1 - end, peering::PeerClosed{}); },
          [&](const peering::Hangup& hangup) {
            link.open = false;
            if (end == 1 && hangup.status.code != peering::GrpcCode::ok) {
              tell(link, 0, peering::ReceiveFailed{hangup.status});
            } else {
              tell(link, 1 - end, peering::PeerClosed{});
            }
          },
          [](const peering::Crash&) { PEERLAB_ASSERT(false); },
      },
      output);
}

void PeeredServers::import(Link& link, int end, const peering::Importing::Output& output) {
  End& at = *link.ends[end];
  std::visit(Overloaded{
                 [&](const peering::ImportWrite& write) {
                   OneServer& server = *at.cluster->server;
                   const auto applied = std::visit(
                       Overloaded{
                           [&](const catalog::Command& command) {
                             return server.apply(server::CatalogCommand{command});
                           },
                           [&](const peering::Command& command) { return server.apply(command); },
                       },
                       write.command);
                   import(link, end, at.importing->applied(outcome(applied)));
                 },
                 [&](const auto& told) { tell(link, end, told); },
             },
             output);
}

void PeeredServers::export_from(End& end,
                                const std::function<peering::Exporter::Outputs(
                                    peering::Exporter&, const peering::ExportSource&)>& ask,
                                Link& link, int index) {
  OneServer& server = *end.cluster->server;
  if (server.state.ca().find() == nullptr) return;
  const auto bundle = server.state.ca().find()->ca.bundle();
  const mesh::OwnCluster own{server.settings.datacenter, PartitionName("default"), bundle};
  const auto servers = catalog::service_health(server.state.catalog(), ServiceName("consul")).rows;
  const peering::ExportSource source{server.state.catalog(), server.state.catalog(), own,
                                     server.settings.connect_enabled, servers};
  for (const auto& output : ask(*end.exporter, source)) {
    std::visit([&](const auto& told) { tell(link, index, told); }, output);
  }
}

void PeeredServers::start_exporter(Link& link, int end) {
  End& at = *link.ends[end];
  const auto* record = at.cluster->server->state.peering().by_id(at.peering);
  if (record == nullptr) return;
  at.exporter.emplace(record->name, at.cluster->server->mutants);
  export_from(
      at, [](auto& exporter, const auto& source) { return exporter.start(source); }, link, end);
}

void PeeredServers::changed(Cluster& cluster, const store::Commit& commit) {
  for (auto& link : links_) {
    for (int end : {0, 1}) {
      End& at = *link->ends[end];
      if (at.cluster != &cluster || !link->open) continue;
      if (at.exporter) {
        export_from(
            at, [&](auto& exporter, const auto& source) { return exporter.on(commit, source); },
            *link, end);
      }
      const auto* record = cluster.server->state.peering().by_id(at.peering);
      if (!at.peering.value().empty() && (record == nullptr || !record->is_active())) {
        // Deleted here; a record that the peer has terminated ends by the stream itself.
        if (record == nullptr || record->deleted_at) {
          tell(*link, end, peering::PeeringDeleted{});
          cluster.server->streams.forget(at.peering);
        }
      }
    }
  }
}

}  // namespace peerlab::tests
