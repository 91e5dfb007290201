#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "one_server.hpp"
#include "peerlab/mesh/sidecar.hpp"
#include "peerlab/peering/deferred_deletion.hpp"
#include "peerlab/peering/exporter.hpp"
#include "peerlab/peering/importer.hpp"
#include "peerlab/peering/open_check.hpp"
#include "peerlab/peering/stream.hpp"

namespace peerlab::tests {

/// Clusters of one server each, whose peer streams are connected at once wherever a record says
/// so. Messages arrive in order and without delay; timers do not run, so that nothing happens that
/// a test did not cause. Stands where the server role, links and TLS stand otherwise.
class PeeredServers {
 public:
  /// A new cluster of that name, instead of an earlier one. `configure` is called before it boots.
  OneServer& make(const std::string& name, const std::string& cluster_id,
                  const std::function<void(OneServer&)>& configure);
  OneServer& at(const std::string& name) { return *clusters_.at(name)->server; }
  bool has(const std::string& name) const { return clusters_.contains(name); }

  /// While set, no clean-up behind deleted peerings runs.
  bool hold_deletions = false;

  /// Lets everything happen that is due: streams, imports, clean-up.
  void settle();

 private:
  struct End;
  /// One connected stream.
  struct Link {
    std::unique_ptr<End> ends[2];  // dialer, acceptor
    bool open = true;
  };
  struct Cluster {
    std::unique_ptr<OneServer> server;
    std::unique_ptr<peering::DeferredDeletion> deletion;
  };
  struct End {
    Cluster* cluster;
    peering::PeerStream stream;
    std::optional<peering::Exporter> exporter;
    PeerId peering;  ///< our own id of it, once known
    std::optional<peering::Importing> importing;
  };
  using Work = std::function<void()>;

  server::api::Dialled exchange(const server::api::Dial& dial);
  Cluster* listener(const std::string& address);
  void connect_dialers();
  void clean_up();
  void tell(Link& link, int end, const peering::Input& input);
  void carry_out(Link& link, int end, const peering::Output& output);
  void start_exporter(Link& link, int end);
  void feed(Link& link, int end, const peering::Exporter::Outputs& outputs);
  void import(Link& link, int end, const peering::Importing::Output& output);
  void changed(Cluster& cluster, const store::Commit& commit);
  void export_from(End& end,
                   const std::function<peering::Exporter::Outputs(
                       peering::Exporter&, const peering::ExportSource&)>& ask,
                   Link& link, int index);

  std::map<std::string, std::unique_ptr<Cluster>> clusters_;
  std::vector<std::unique_ptr<Link>> links_;
  std::deque<Work> work_;
  std::set<std::pair<std::string, PeerId>> dialled_;
};

}  // namespace peerlab::tests
