#include "actors/server/peer_link.hpp"

#include <utility>

#include "peerlab/base/overloaded.hpp"

namespace peerlab::actors {
namespace {

using peering::Importing;

/// Carries out the writes of one import, one after the other.
class ImportRun : public std::enable_shared_from_this<ImportRun> {
 public:
  using Done = std::function<void(std::optional<std::string>)>;

  ImportRun(ServerContext& context, peering::ImportPlan plan, PartitionName partition, Done done)
      : context_(context),
        importing_(std::move(plan)),
        partition_(std::move(partition)),
        done_(std::move(done)) {}

  void start() { carry_out(importing_.start()); }

 private:
  void carry_out(const Importing::Output& output) {
    std::visit(Overloaded{
                   [&](const peering::ImportWrite& write) { propose(write); },
                   [&](const peering::ImportApplied&) { done_(std::nullopt); },
                   [&](const peering::ImportFailed& failed) { done_(failed.cause); },
               },
               output);
  }

  void propose(const peering::ImportWrite& write) {
    const auto wrap = Overloaded{
        [&](const catalog::Command& command) {
          return server::Command(server::CatalogCommand{command, partition_});
        },
        [](const peering::Command& command) { return server::Command(command); },
    };
    context_.propose(std::visit(wrap, write.command),
                     [self = shared_from_this()](const server::api::Input& end) {
                       self->carry_out(self->importing_.applied(result_of(end)));
                     });
  }

  ServerContext& context_;
  Importing importing_;
  PartitionName partition_;
  Done done_;
};

}  // namespace

PeerLink::PeerLink(ServerContext& context, const Exported& exported, Ended ended)
    : context_(context), exported_(exported), run_(context, owner(std::move(ended))) {}

PeerLink::PeerLink(ServerContext& context, const Exported& exported,
                   const peering::DialerIdentity& identity, Ended ended)
    : context_(context), exported_(exported), run_(context, identity, owner(std::move(ended))) {}

StreamRun::Owner PeerLink::owner(Ended ended) {
  return {
      [this](peering::ResourceType) {
        if (!exporter_) export_all();
      },
      [this](const peering::Import& what, std::function<void(std::optional<std::string>)> done) {
        import(what, std::move(done));
      },
      std::move(ended),
  };
}

// --- what goes out ---

/// The stream holds back what the peer has not subscribed to yet.
void PeerLink::export_all() {
  const peering::Peering* peering = context_.state.peering().by_id(*run_.peering());
  if (peering == nullptr) return;  // deleted meanwhile; the stream is about to be told
  peer_ = peering->name;
  partition_ = peering->partition;
  exporter_.emplace(peer_, context_.config.mutants);
  restored();
}

template <class Change>
void PeerLink::tell(const Change& change) {
  const catalog::CatalogTables* catalog = context_.state.catalog(partition_);
  if (!exporter_ || catalog == nullptr) return;
  mesh::OwnCluster own{context_.config.settings.datacenter,
                       PartitionName(partition_.value().empty() ? "default" : partition_.value()),
                       exported_.roots};
  own.bundle.exported_partition = partition_;
  const peering::ExportSource source{*catalog, context_.state.catalog(), own,
                                     context_.config.settings.connect_enabled,
                                     exported_.ready_servers};
  for (const peering::Exporter::Output& output : change(*exporter_, source)) {
    std::visit([this](const auto& what) { run_.step(what); }, output);
  }
}

void PeerLink::committed(const store::Commit& commit) {
  tell([&](auto& exporter, const auto& source) { return exporter.on(commit, source); });
}
void PeerLink::restored() {
  tell([](auto& exporter, const auto& source) { return exporter.start(source); });
}
void PeerLink::roots_changed() {
  tell([](auto& exporter, const auto& source) { return exporter.roots_changed(source); });
}
void PeerLink::servers_changed() {
  tell([](auto& exporter, const auto& source) { return exporter.servers_changed(source); });
}

// --- what comes in ---

void PeerLink::import(const peering::Import& import,
                      std::function<void(std::optional<std::string>)> done) {
  const peering::PeeringTables& peerings = context_.state.peering();
  const PeerId id = *run_.peering();
  const peering::Peering* peering = peerings.by_id(id);
  const catalog::CatalogTables* catalog =
      peering == nullptr ? nullptr : context_.state.catalog(peering->partition);
  if (catalog == nullptr) return done("peering does not exist or has been marked for deletion");
  peering::ImportPlan plan =
      plan_import({*catalog, peerings, id, peering->name, peering->partition}, import.resource_id,
                  import.resource, context_.config.mutants);
  std::make_shared<ImportRun>(context_, std::move(plan), peering->partition, std::move(done))
      ->start();
}

}  // namespace peerlab::actors
